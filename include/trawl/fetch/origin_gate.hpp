/// OriginGate: who may send a request to an origin now. One for all that asks the same origin, whatever it asks for.
///
///     OriginGate::Pass pass = co_await gate.enter();
///     ... send the request ...
///     pass.succeeded();                       // or refused(), failed(), down(), lost(); dropped: it says nothing
///
/// Rules: first come, first served. A pass is given when the limiter has room, its pace and every Retry-After allow it,
/// and the budget has a request left; while the origin cannot be reached or serves nothing, to one at a time. Whoever
/// is destroyed while it waits, or drops its pass, hands its place on. The gate must outlive its passes and those who
/// wait.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/budget.hpp"
#include "trawl/fetch/limiter.hpp"
#include "trawl/fetch/outage.hpp"
#include "trawl/http/retry.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/lock.hpp"

namespace trawl {

/// What holds for an origin: the user's hard settings. Everything else is found out.
struct OriginLimits {
    LimiterOptions limiter;
    std::vector<RateWindow> windows;
};

class OriginGate {
public:
    /// Throws UsageError for limits that make no sense.
    explicit OriginGate(const OriginLimits& limits = {}) : limiter_(limits.limiter), budget_(limits.windows) {}
    OriginGate(const OriginGate&) = delete;
    OriginGate& operator=(const OriginGate&) = delete;

    /// A request that is under way. What it came to is said once; after that the place is free.
    class [[nodiscard("who drops a pass has left")]] Pass {
    public:
        Pass() = default;
        Pass(Pass&& other) noexcept
            : gate_(std::exchange(other.gate_, nullptr)),
              sent_(other.sent_),
              weight_(other.weight_),
              is_probe_(other.is_probe_) {}
        Pass& operator=(Pass&& other) noexcept {
            std::swap(gate_, other.gate_);
            std::swap(sent_, other.sent_);
            std::swap(weight_, other.weight_);
            std::swap(is_probe_, other.is_probe_);
            return *this;
        }
        ~Pass() { leave(); }

        /// It lets a request in, and what became of that has not been said.
        explicit operator bool() const noexcept { return gate_ != nullptr; }
        /// It was sent only then: it had waited for its connection. Hard limits count from there.
        void left_at(TimePoint left);
        /// `kind`: of requests that take equally long at the same load.
        void succeeded(std::size_t kind = 0);
        void refused(const Refusal& refusal);
        /// It failed in a way that says nothing of the source's load.
        void failed();
        /// It failed as all do where nothing is served: a 502, 503 or 504 without a time, no answer. `is_first`: it had
        /// not failed before. Where several in a row do and none is answered, the origin is away.
        void down(const Refusal* refusal, bool is_first);
        /// Its connection failed, to an origin that has answered before.
        void lost();
        void leave() noexcept;

    private:
        friend class OriginGate;
        Pass(OriginGate& gate, TimePoint sent, double weight, bool is_probe) noexcept
            : gate_(&gate), sent_(sent), weight_(weight), is_probe_(is_probe) {}
        OriginGate* gate_ = nullptr;
        TimePoint sent_{};
        double weight_ = 1;
        bool is_probe_ = false;  // of an outage
    };

    /// Whether a request is still to be sent, now that there is a place for it. Empty: it is.
    using MayGo = std::function<bool()>;
    /// Waits for a place. `weight` counts against the budget. The pass is empty, and the place the next one's, where
    /// `may_go` says no.
    Task<Pass> enter(double weight = 1, MayGo may_go = {});

    /// An answer's fields, which may say how many requests are left.
    void learn(const Headers& headers);

    /// What the origin refused since it answered last, to whomever.
    struct Refusals {
        TimePoint since{};
        std::size_t count = 0;
    };
    [[nodiscard]] const std::optional<Refusals>& refusals() const noexcept { return refusals_; }

    /// Since when the origin cannot be reached, if it cannot.
    [[nodiscard]] std::optional<TimePoint> outage_since() const noexcept { return outage_.since(); }

    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    [[nodiscard]] const Limiter& limiter() const noexcept { return limiter_; }
    /// Until when nobody is let in, if there is a reason other than the requests that are under way.
    [[nodiscard]] std::optional<TimePoint> closed_until(TimePoint now, double weight = 1);

private:
    friend class OriginGates;
    void answered(TimePoint sent) noexcept;
    void left() noexcept;

    Limiter limiter_;
    Budget budget_;
    RetryBudget retries_;
    std::optional<Refusals> refusals_;
    Outage outage_;
    std::size_t down_ = 0;   // requests that failed, as all do where nothing is served, since an answer
    TimePoint down_from_{};  // when the first of them was sent
    std::size_t in_flight_ = 0;
    Lock turn_;                  // whoever holds it is next
    Lock begins_;                // of those who begin something (OriginGates), one at a time waits for its turn
    Lock repeats_;               // of those whose request failed, one at a time waits for a retry
    std::size_t repeating_ = 0;  // who waits for that
    Event changed_;              // somebody left
};

/// The gates of a retrieval: one for each origin that it comes to ask. Must outlive the passes of its gates, and those
/// who wait.
class OriginGates {
public:
    explicit OriginGates(OriginLimits limits = {}) : limits_(std::move(limits)) {}
    [[nodiscard]] OriginGate& at(const std::string& origin);

    /// Waits for a place for what is begun. Nothing is begun while as much as may be under way has been begun and waits
    /// for its next place: else an origin that answers fast with redirects to a slow one would be asked for everything.
    Task<OriginGate::Pass> enter(std::string origin, double weight = 1, OriginGate::MayGo may_go = {});
    /// The same for what has been begun: the request that an answer, perhaps another origin's, led to. Requires: it
    /// holds no pass, since those who do may wait for it.
    Task<OriginGate::Pass> enter_next(std::string origin, double weight = 1);
    /// Waits until what failed may be asked for again: where more fails than the retries that an origin may have, they
    /// come slower, first come, first served, and what is begun there waits behind them. Requires: it holds no pass.
    Task<> wait_for_retry(std::string origin);

    [[nodiscard]] const std::map<std::string, std::unique_ptr<OriginGate>>& all() const noexcept { return gates_; }
    /// How many requests may be under way now, to all of them together.
    [[nodiscard]] std::size_t limit() const noexcept;

private:
    class Waiting;
    [[nodiscard]] bool is_held_up(const OriginGate& gate) const noexcept;

    OriginLimits limits_;
    std::map<std::string, std::unique_ptr<OriginGate>> gates_;
    std::size_t waiting_ = 0;  // in enter_next()
    Event fewer_wait_;
};

}  // namespace trawl
