/// The answers of name servers, for as long as they hold. No clock: `now` is an argument.
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "name_answer.hpp"
#include "trawl/base/clock.hpp"

namespace trawl::net {

class NameCache {
public:
    /// As many as systemd-resolved keeps (CACHE_MAX). A name with two addresses takes half a kilobyte: 2 MB in all.
    static constexpr std::size_t kNamesMax = 4096;

    explicit NameCache(std::size_t names_max = kNamesMax) noexcept : names_max_(names_max) {}

    /// The answer for `name`; null when there is none that still holds.
    [[nodiscard]] std::shared_ptr<const NameAnswer> find(const std::string& name, TimePoint now);
    /// Keeps an answer, in place of the one before it, if it may be kept. When there are too many names, the one that
    /// would end first goes.
    void keep(const std::string& name, std::shared_ptr<const NameAnswer> answer, TimePoint now);
    void clear() noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }

    /// How long an answer is kept.
    [[nodiscard]] static Duration time_of(const NameAnswer& answer) noexcept;

private:
    struct Kept {
        std::shared_ptr<const NameAnswer> answer;
        TimePoint until;
    };
    void forget(const std::string& name);

    std::size_t names_max_;
    std::unordered_map<std::string, Kept> names_;
    std::set<std::pair<TimePoint, std::string>> ends_;  // the same, by their ends
};

}  // namespace trawl::net
