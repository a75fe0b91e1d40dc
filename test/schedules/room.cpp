#include "room.hpp"

namespace trawl::schedules {

// ---- Shelf ----

template <class Q>
void Shelf<Q>::check_standing(Run& run) const {
    run.require(queue.size() == items.size(), "the queue has as many items as were put and not got");
    run.require(queue.unfinished() == unfinished, "as many items are unfinished as were put and not done");
    run.require(getters.empty() || queue.empty(), "nobody waits to get while there are items");
    run.require(putters.empty() || queue.full(), "nobody waits to put while there is room");
    run.require(!queue.full() || queue.size() >= queue.capacity(), "a queue that is full has as many items as it may");
    run.require(joiners.empty() || unfinished > 0, "nobody waits in join() when all is done");
    run.require(!queue.is_shut_down() || putters.empty(), "nobody waits to put into a queue that was shut down");
    run.require(!queue.is_shut_down() || !queue.empty() || getters.empty(),
                "nobody waits for items that will not come");
    run.require(!getters.was_jumped() && !putters.was_jumped(),
                "who waits at a queue is served in the order of arrival");
}

template <class Q>
void Shelf<Q>::drop() {
    const std::size_t dropped = items.drop_all();
    unfinished -= std::min(dropped, unfinished);
    queue.shutdown_now();
}

template <class Q>
void Shelf<Q>::close(Run& run) {
    if (run.one_in(2)) {
        queue.shutdown();
    } else {
        drop();
    }
    while (!joiners.empty() && unfinished > 0) {
        --unfinished;
        queue.task_done();
    }
}

template struct Shelf<Queue<Token>>;
template struct Shelf<LifoQueue<Token>>;
template struct Shelf<PriorityQueue<Token>>;

// ---- Pipe ----

void Pipe::check_standing(Run& run) const {
    const std::size_t size = channel.size();
    run.require(size == items.size(), "the channel has as many items as were sent and not received");
    run.require(receivers.empty() || size == 0, "nobody waits to receive while there are items");
    run.require(senders.empty() || size >= channel.capacity(), "nobody waits to send while there is room");
    run.require(!channel.is_closed() || senders.empty(), "nobody waits to send through a channel that is closed");
    run.require(!channel.is_closed() || size > 0 || receivers.empty(), "nobody waits for items that cannot be sent");
    run.require(!receivers.was_jumped() && !senders.was_jumped(),
                "who waits at a channel is served in the order of arrival");
}

// ---- Room ----

namespace {

constexpr std::size_t kPermits = 3;
constexpr std::size_t kParties = 3;
constexpr std::size_t kCapacities = 2;

}  // namespace

Room::Room(Run& watched)
    : run(watched),
      semaphore(2 + run.below(kPermits - 1), kPermits),
      barrier(2 + run.below(kParties - 1)),
      rounds(barrier.parties()),
      fifo(run, Order::kFifo, 1 + run.below(kCapacities)),
      lifo(run, Order::kLifo, 1 + run.below(kCapacities)),
      sorted(run, Order::kPriority, 1 + run.below(kCapacities)),
      pipe(run, 1 + run.below(kCapacities)) {
    run.rooms.push_back(this);
}

Room::~Room() {
    std::erase(run.rooms, this);
    run.require(semaphore.available() == semaphore.permits(), "every permit is back at the end");
    run.require(!key.lock.locked() && !board.condition.locked(), "no lock is held at the end");
    run.require(barrier.waiting() == 0, "nobody has arrived at the barrier at the end");
    run.require(permits_held == 0 && board.notices.waiting() == 0, "nobody holds permits or waits at the end");
    run.require(fifo.queue.size() == fifo.items.size(), "what was put and not got is in the queue at the end");
    run.require(lifo.queue.size() == lifo.items.size(), "what was put and not got is in the lifo queue at the end");
    run.require(sorted.queue.size() == sorted.items.size(),
                "what was put and not got is in the sorted queue at the end");
    run.require(pipe.channel.size() == pipe.items.size(),
                "what was sent and not received is in the channel at the end");
}

void Room::check_standing() const {
    const std::size_t permits = semaphore.permits();
    run.require(semaphore.available() + permits_held == permits, "every permit is free or held");
    run.require(permit_line.empty() || permit_line.front_wants() > semaphore.available(),
                "nobody waits for permits that are free");
    run.require(!permit_line.was_jumped(), "permits go to whoever has waited longest");
    run.require(key.lock.locked() == (key.held > 0), "the lock is held by a task or free");
    run.require(key.line.empty() || key.lock.locked(), "nobody waits for a lock that is free");
    run.require(!key.line.was_jumped() && !board.line.was_jumped(), "a lock goes to whoever has waited longest");
    run.require(board.condition.locked() == (board.held > 0), "the condition's lock is held by a task or free");
    run.require(board.condition.locked() || (board.line.empty() && board.notices.notified() == 0),
                "who is notified goes on when the lock is free");
    run.require(barrier.waiting() == rounds.waiting(), "the barrier counts those who wait, and no others");
    run.require(rounds.late() == 0, "who was let go by the barrier goes on");
    run.require(event_line.empty() || (!event.is_set() && event_line.front_wants() == event_sets),
                "nobody waits for an event that was set meanwhile");
    fifo.check_standing(run);
    lifo.check_standing(run);
    sorted.check_standing(run);
    pipe.check_standing(run);
}

void Room::rescue() {
    event.set();
    ++event_sets;
    barrier.abort();
    rounds.turn_away(true);
    fifo.close(run);
    lifo.close(run);
    sorted.close(run);
    pipe.channel.close();
    auto guard = board.condition.lock().try_acquire();  // or else somebody holds it
    board.notices.notify_all();
    board.condition.notify_all();
}

// ---- Crew ----

Crew::Crew(Room& place, std::size_t how_deep, OnError on_error)
    : room(place), run(place.run), depth(how_deep), group(on_error) {
    run.crews.push_back(this);
}

Crew::~Crew() { std::erase(run.crews, this); }

void Crew::check_standing() const {
    run.require(joiners.empty() || group.size() > 0, "nobody waits in join() for a group without tasks");
}

}  // namespace trawl::schedules
