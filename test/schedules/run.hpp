/// Run: what one seed's program is drawn from and watched by: its random numbers, the hash of everything that happened,
/// the first rule that was broken, and what is alive.
///
/// One thread, one loop: whatever is drawn or noted comes in the order of the schedule, so that a seed is a program,
/// its schedule and its trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::schedules {

class Room;
class Crew;

/// All sleeps and deadlines are whole beats; whoever looks at the standing loop does so between two of them.
constexpr Duration kBeat = std::chrono::microseconds(1);

/// An error of the program itself, thrown on purpose.
class PlannedError : public Error {
public:
    explicit PlannedError(std::uint64_t id) : Error(format("planned error {}", id)), id_(id) {}
    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }

private:
    std::uint64_t id_;
};

class Run {
public:
    Run(std::uint64_t seed, bool prints) noexcept : state_(seed), prints_(prints) {}
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    /// 0, 1, ... limit - 1.
    std::size_t below(std::size_t limit) noexcept { return static_cast<std::size_t>(next() % limit); }
    bool one_in(std::size_t count) noexcept { return below(count) == 0; }
    Duration beats(std::size_t limit) noexcept { return kBeat * static_cast<std::int64_t>(below(limit)); }
    std::uint64_t new_id() noexcept { return ++last_id_; }

    /// Adds an event to the trace.
    void note(const char* what, std::uint64_t a = 0, std::uint64_t b = 0);
    /// A rule was broken: the first one is the run's result.
    void fail(std::string what);
    void require(bool holds, const char* rule) {
        if (!holds) fail(rule);
    }
    [[nodiscard]] std::uint64_t trace() const noexcept { return trace_; }
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

    /// An error that somebody must receive: a parent, or whoever runs the loop. `id` is set before it is thrown.
    [[noreturn]] void throw_owed_error(std::uint64_t* id = nullptr, std::set<std::uint64_t>* among = nullptr);
    void received(std::uint64_t error);
    /// Whoever was to receive it was cancelled while it waited for it: it may have gone with it.
    void excuse(std::uint64_t error) {
        if (owed_.erase(error) > 0) excused_.insert(error);
    }
    [[nodiscard]] const std::set<std::uint64_t>& owed_errors() const noexcept { return owed_; }
    /// Nobody has received it, so that run() may throw it.
    [[nodiscard]] bool may_be_thrown(std::uint64_t error) const {
        return owed_.contains(error) || excused_.contains(error);
    }

    /// The loop stands: nothing is ready. Whoever waits must have a reason to.
    void check_standing();
    /// Lets everyone go on who waits without a deadline.
    void rescue();

    bool ending = false;
    std::size_t tasks_left = 40;  // how many more may be spawned: programs end
    std::size_t alive = 0;        // frames, tokens
    std::vector<Room*> rooms;
    std::vector<Crew*> crews;

private:
    // SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
    std::uint64_t next() noexcept {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
    void mix(std::uint64_t value) noexcept { trace_ = (trace_ ^ value) * 0x100000001B3; }  // FNV-1a's prime

    std::uint64_t state_;
    std::uint64_t last_id_ = 0;
    std::uint64_t trace_ = 0xCBF29CE484222325;  // FNV-1a's offset
    bool prints_;
    std::string failure_;
    std::set<std::uint64_t> owed_;
    std::set<std::uint64_t> excused_;
};

/// In every frame that a program makes: none may be left.
class Alive {
public:
    explicit Alive(Run& run) noexcept : run_(run) { ++run_.alive; }
    Alive(const Alive&) = delete;
    Alive& operator=(const Alive&) = delete;
    ~Alive() { --run_.alive; }

private:
    Run& run_;
};

/// An item of a queue. One that dies while it is in there was lost.
class Token {
public:
    Token(Run& run, std::size_t priority) noexcept : run_(&run), id_(run.new_id()), priority_(priority) { ++run.alive; }
    Token(Token&& other) noexcept
        : run_(std::exchange(other.run_, nullptr)), id_(other.id_), priority_(other.priority_), kept_(other.kept_) {}
    Token& operator=(Token&& other) noexcept {
        std::swap(run_, other.run_);
        std::swap(id_, other.id_);
        std::swap(priority_, other.priority_);
        std::swap(kept_, other.kept_);
        return *this;
    }
    ~Token() {
        if (run_ == nullptr) return;
        --run_->alive;
        if (kept_ != nullptr && kept_->contains(id_)) run_->fail(format("item {} was lost: it died in its queue", id_));
    }

    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
    [[nodiscard]] std::size_t priority() const noexcept { return priority_; }
    /// From now on it must not die while it is in `kept`.
    void belongs_to(const std::set<std::uint64_t>& kept) noexcept { kept_ = &kept; }
    friend bool operator<(const Token& a, const Token& b) noexcept { return a.priority_ < b.priority_; }

private:
    Run* run_;
    std::uint64_t id_;
    std::size_t priority_;
    const std::set<std::uint64_t>* kept_ = nullptr;
};

}  // namespace trawl::schedules
