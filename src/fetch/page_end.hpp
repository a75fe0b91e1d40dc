/// Where the pages end: what totals claim against what pages show.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace trawl::fetch {

/// Ends are one past the last page. While a total is believed it decides, because a page that looks like the last may
/// be a damaged one; without one, the least that any page shows does.
class PageEnd {
public:
    /// The user's own bound.
    void limit_to(std::uint64_t pages) { limit_ = pages; }
    /// A total. The largest counts: rows may come while the source is read.
    void claim(std::uint64_t pages) {
        if (!is_disproved_) claimed_ = std::max(claimed_.value_or(0), pages);
    }
    /// There are rows behind the claimed end.
    void disprove() {
        is_disproved_ = true;
        claimed_.reset();
    }
    /// A page showed that there is none from `end` on.
    void show(std::uint64_t end) { shown_ = std::min(shown_.value_or(end), end); }
    /// It is certain.
    void settle(std::uint64_t end) { settled_ = end; }

    [[nodiscard]] std::optional<std::uint64_t> end() const {
        std::optional<std::uint64_t> end = settled_;
        if (!end) end = claimed_ ? claimed_ : shown_;
        return limit_ ? std::optional(std::min(*limit_, end.value_or(*limit_))) : end;
    }
    [[nodiscard]] std::optional<std::uint64_t> claimed() const { return claimed_; }
    [[nodiscard]] std::optional<std::uint64_t> limit() const { return limit_; }
    [[nodiscard]] bool is_settled() const { return settled_.has_value(); }
    [[nodiscard]] bool is_disproved() const { return is_disproved_; }

private:
    std::optional<std::uint64_t> limit_, claimed_, shown_, settled_;
    bool is_disproved_ = false;
};

}  // namespace trawl::fetch
