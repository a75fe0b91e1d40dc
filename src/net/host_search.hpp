/// From a host's name to its addresses: which names to ask for, one after the other, and what the answers of both
/// families come to. No I/O and no clock.
///
/// Rules: the first name that has an address of either family is the host: addresses of two names are never mixed. A
/// name is left for the next one when servers say that it has none. One family's failure is none while the other has
/// addresses.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "name_answer.hpp"

namespace trawl::net {

class HostSearch {
public:
    /// `names` are asked for in this order, with search domains and the root's dot; there is one at least. When none of
    /// them exists, `otherwise` is the outcome, if it is not null.
    explicit HostSearch(std::vector<std::string> names, NameAnswerPtr otherwise = nullptr)
        : names_(std::move(names)), otherwise_(std::move(otherwise)) {}

    /// The name that is to be asked for now.
    [[nodiscard]] const std::string& name() const noexcept { return names_[at_]; }
    /// What `family` of name() came to.
    void answered(Family family, NameAnswerPtr answer) { answers_[index_of(family)] = std::move(answer); }
    /// Goes on to the next name, when there is nothing behind name(); false when there is no such thing to do.
    bool go_on();
    /// Both families of the last name that was to be asked for have answered.
    [[nodiscard]] bool is_over() const noexcept { return ipv4() != nullptr && ipv6() != nullptr; }
    /// All addresses that were found, in order, or why there are none. Requires: is_over().
    [[nodiscard]] NameAnswer outcome() const;

private:
    [[nodiscard]] const NameAnswer* ipv4() const noexcept { return answers_[index_of(Family::kIPv4)].get(); }
    [[nodiscard]] const NameAnswer* ipv6() const noexcept { return answers_[index_of(Family::kIPv6)].get(); }
    [[nodiscard]] bool is_absent() const noexcept;
    [[nodiscard]] bool is_without_address() const noexcept;
    [[nodiscard]] NameAnswer absence() const;

    std::vector<std::string> names_;
    NameAnswerPtr otherwise_;
    std::size_t at_ = 0;
    bool is_known_ = false;  // one of the names before is there, without an address
    PerFamily<NameAnswerPtr> answers_;
};

}  // namespace trawl::net
