/// Budget: how many requests a source allows in a time, as the user says or as the source's own headers say.
///
/// No I/O and no clock: `now` is an argument.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/http/headers.hpp"

namespace trawl {

/// At most `requests` (added up by their weights) within any span of `per`.
struct RateWindow {
    double requests = 0;
    Duration per{};
};

/// What an answer says about the requests that are left: until `reset` from now there are `remaining` of them.
struct RateLeft {
    double remaining = 0;
    Duration reset{};
};

/// Reads `RateLimit` (draft-ietf-httpapi-ratelimit-headers: `"name";r=50;t=30`, and the older `limit=, remaining=,
/// reset=`), `RateLimit-Remaining` and `-Reset`, and the same with `X-` in front, where Reset is in seconds or a Unix
/// time. None when they are missing, incomplete or unreadable. Of several policies the one with the fewest requests
/// left counts.
[[nodiscard]] std::optional<RateLeft> parse_rate_left(const Headers& headers,
                                                      std::chrono::system_clock::time_point now);

class Budget {
public:
    /// Throws UsageError for a window that is not positive.
    explicit Budget(std::vector<RateWindow> windows = {});

    /// When a request of this weight may be sent; nothing: now. One that weighs more than a window's whole waits until
    /// that is empty.
    [[nodiscard]] std::optional<TimePoint> ready_at(TimePoint now, double weight = 1);
    void sent(TimePoint now, double weight = 1);
    /// What was counted at `counted` left at `left`: it had waited for its connection. It counts from then on.
    void left_later(TimePoint counted, TimePoint left, double weight = 1);
    /// An answer said how many requests are left. Those that were sent meanwhile are counted already.
    void learned(TimePoint now, const RateLeft& left);

    /// "58.0 of 60 in 60 s; 12 left until 3.5 s from now": for people and for tests.
    [[nodiscard]] std::string describe(TimePoint now);

private:
    struct Spent {
        TimePoint first, last;  // of the requests that are counted together
        double weight = 0;
    };
    struct Window {
        RateWindow rule;
        std::deque<Spent> spent;  // as many as kSlots, in order: bounded memory, at the price of a thousandth of it
        double total = 0;
    };
    static void forget(Window& window, TimePoint now);
    static void put(Window& window, TimePoint left, double weight);

    std::vector<Window> windows_;
    std::optional<double> left_;  // as the source says, less what was sent since
    TimePoint reset_at_{};
};

}  // namespace trawl
