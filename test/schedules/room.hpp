/// Room: one of every primitive, each with its model; Crew: a TaskGroup that works in a room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>

#include "models.hpp"
#include "trawl/loop/channel.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/barrier.hpp"
#include "trawl/sync/condition.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/lock.hpp"
#include "trawl/sync/queue.hpp"
#include "trawl/sync/semaphore.hpp"

namespace trawl::schedules {

/// A queue and its model.
template <class Q>
struct Shelf {
    Shelf(Run& run, Order order, std::size_t capacity) : items(run, order), queue(capacity) {}
    ~Shelf() { items.drop_all(); }
    Shelf(const Shelf&) = delete;
    Shelf& operator=(const Shelf&) = delete;

    void check_standing(Run& run) const;
    /// Nobody puts any more, and those who wait for nothing go on.
    void close(Run& run);
    void drop();

    Items items;
    std::size_t unfinished = 0;
    Line getters;
    Line putters;
    Line joiners;
    Q queue;
};

/// A channel and its model.
struct Pipe {
    Pipe(Run& run, std::size_t capacity) : items(run, Order::kFifo), channel(capacity) {}
    ~Pipe() { items.drop_all(); }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    void check_standing(Run& run) const;

    Items items;
    Line receivers;
    Line senders;
    Channel<Token> channel;
};

/// A lock and its model.
struct Key {
    Lock lock;
    std::size_t held = 0;
    Line line;
};

/// A condition over a lock of its own, and its model.
struct Board {
    Condition condition;
    std::size_t held = 0;
    Line line;  // of those who want the lock and have not waited for a notification
    Notices notices;
};

class Room {
public:
    explicit Room(Run& run);
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    ~Room();

    void check_standing() const;
    void rescue();

    Run& run;
    Semaphore semaphore;
    std::size_t permits_held = 0;
    Line permit_line;
    Key key;
    Board board;
    Barrier barrier;
    Rounds rounds;
    Event event;
    std::size_t event_sets = 0;
    Line event_line;
    Shelf<Queue<Token>> fifo;
    Shelf<LifoQueue<Token>> lifo;
    Shelf<PriorityQueue<Token>> sorted;
    Pipe pipe;
};

/// Tasks that work in a room. The group goes first: what its tasks refer to in here is alive until they are gone.
/// What the tasks of a crew threw. It outlives the crew, whose founder may be cancelled while it joins: then the errors
/// may go with it.
class CrewErrors {
public:
    explicit CrewErrors(Run& run) noexcept : run_(run) {}
    CrewErrors(const CrewErrors&) = delete;
    CrewErrors& operator=(const CrewErrors&) = delete;
    ~CrewErrors() {
        if (!is_joined) return;
        for (std::uint64_t error : all) run_.excuse(error);
    }

    std::set<std::uint64_t> all;
    bool is_joined = false;  // now

private:
    Run& run_;
};

class Crew {
public:
    Crew(Room& room, std::size_t depth, OnError on_error);
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;
    ~Crew();

    void check_standing() const;

    Room& room;
    Run& run;
    std::size_t depth;
    Line joiners;
    CrewErrors* errors = nullptr;  // of a crew that may be destroyed before it is joined
    TaskGroup group;
};

}  // namespace trawl::schedules
