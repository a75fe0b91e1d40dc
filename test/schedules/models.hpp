/// What must be true of each primitive, kept beside it: who waits in which order, who holds what, which items it has.
///
/// A model is told of an operation in the step in which it happens; a stay in a line ends with the frame that it is in.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "run.hpp"

namespace trawl::schedules {

/// Who waits for something, in the order of arrival.
class Line {
public:
    class Stay;
    [[nodiscard]] bool empty() const noexcept { return stays_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return stays_.size(); }
    /// What the first one wants, or was told when it came. Requires: !empty().
    [[nodiscard]] std::size_t front_wants() const noexcept;
    /// Somebody still waits who came before one that was served.
    [[nodiscard]] bool was_jumped() const noexcept;

private:
    std::vector<const Stay*> stays_;
    std::uint64_t arrivals_ = 0;
    std::uint64_t last_served_ = 0;
};

class Line::Stay {
public:
    explicit Stay(Line& line, std::size_t wants = 1) : line_(line), number_(++line.arrivals_), wants_(wants) {
        line_.stays_.push_back(this);
    }
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    ~Stay() { leave(); }

    void served() noexcept {
        line_.last_served_ = std::max(line_.last_served_, number_);
        leave();
    }
    void leave() noexcept { std::erase(line_.stays_, this); }

private:
    friend class Line;
    Line& line_;
    std::uint64_t number_;
    std::size_t wants_;
};

inline std::size_t Line::front_wants() const noexcept { return stays_.front()->wants_; }
inline bool Line::was_jumped() const noexcept { return !empty() && stays_.front()->number_ < last_served_; }

/// Permits or a lock that a task holds, from take() until it gives them back or is destroyed.
class Share {
public:
    Share(Run& run, std::size_t& held, std::size_t most, std::size_t count = 1)
        : run_(run), held_(held), most_(most), count_(count) {
        take();
    }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { give(); }

    void take() {
        held_ += count_;
        holds_ = true;
        if (held_ > most_) run_.fail(format("{} are held of {}", held_, most_));
    }
    void give() noexcept {
        if (holds_) held_ -= count_;
        holds_ = false;
    }

private:
    Run& run_;
    std::size_t& held_;
    std::size_t most_;
    std::size_t count_;
    bool holds_ = false;
};

/// Notifications of a condition: how many wait, and how many of them were notified.
class Notices {
public:
    class Wait;
    void notify(std::size_t count) noexcept { notified_ += std::min(count, waiting_ - notified_); }
    void notify_all() noexcept { notified_ = waiting_; }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
    [[nodiscard]] std::size_t notified() const noexcept { return notified_; }

private:
    std::size_t waiting_ = 0;
    std::size_t notified_ = 0;
};

class Notices::Wait {
public:
    explicit Wait(Notices& notices) noexcept : notices_(notices) { ++notices_.waiting_; }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    // A notification that this one had goes to one that has none, if there is one.
    ~Wait() {
        if (over_) return;
        --notices_.waiting_;
        notices_.notified_ = std::min(notices_.notified_, notices_.waiting_);
    }
    /// It goes on. False when nobody was notified.
    [[nodiscard]] bool received() noexcept {
        over_ = true;
        --notices_.waiting_;
        if (notices_.notified_ == 0) return false;
        --notices_.notified_;
        return true;
    }

private:
    Notices& notices_;
    bool over_ = false;
};

/// Rounds of a barrier.
class Rounds {
public:
    class Arrival;
    explicit Rounds(std::size_t parties) noexcept : parties_(parties) {}
    void turn_away(bool broken) noexcept;
    [[nodiscard]] std::size_t waiting() const noexcept { return arrived_.size(); }
    /// How many were let go or turned away and have not gone on.
    [[nodiscard]] std::size_t late() const noexcept { return late_; }

private:
    std::size_t parties_;
    std::size_t late_ = 0;
    bool broken_ = false;
    std::vector<Arrival*> arrived_;
};

class Rounds::Arrival {
public:
    enum class State { kWaits, kComplete, kBroken };
    explicit Arrival(Rounds& rounds);
    Arrival(const Arrival&) = delete;
    Arrival& operator=(const Arrival&) = delete;
    ~Arrival();
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] std::size_t index() const noexcept { return index_; }

private:
    friend class Rounds;
    void become(State state, std::size_t index) noexcept;
    Rounds& rounds_;
    State state_ = State::kWaits;
    std::size_t index_ = 0;
};

enum class Order { kFifo, kLifo, kPriority };

/// The items of a queue, in the order in which they were put.
class Items {
public:
    Items(Run& run, Order order) noexcept : run_(run), order_(order) {}

    void put(std::uint64_t id, std::size_t priority);
    /// Checks that it is this one's turn.
    void got(std::uint64_t id);
    /// They may die from now on.
    std::size_t drop_all() noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
    [[nodiscard]] const std::set<std::uint64_t>& kept() const noexcept { return kept_; }

private:
    struct Item {
        std::uint64_t id;
        std::size_t priority;
    };
    [[nodiscard]] std::vector<Item>::iterator next();
    Run& run_;
    Order order_;
    std::vector<Item> items_;
    std::set<std::uint64_t> kept_;
};

}  // namespace trawl::schedules
