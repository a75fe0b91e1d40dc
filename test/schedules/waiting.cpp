#include <functional>
#include <optional>
#include <utility>

#include "attempt.hpp"
#include "operations.hpp"

namespace trawl::schedules {

Task<> sleep_a_while(Crew& crew, std::size_t /*depth*/) {
    Alive alive(crew.run);
    const TimePoint until = now() + crew.run.beats(kPatience);
    if (crew.run.one_in(2)) {
        co_await sleep(until - now());
    } else {
        co_await sleep_until(until);
    }
    check_time(crew.run, until);
}

// ---- Semaphore ----

Task<> hold_permits(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Room& room = crew.room;
    Alive alive(run);
    // One that waits for all holds up those behind it who want few.
    const std::size_t count = run.one_in(3) ? room.semaphore.permits() : 1;
    if (run.one_in(8) && room.semaphore.permits() < 3) room.semaphore.add_permits(1);
    std::optional<Semaphore::Permit> permit;
    Line::Stay stay(room.permit_line, count);
    if (run.one_in(4)) {
        permit = room.semaphore.try_acquire(count);
    } else {
        permit = co_await attempt(run, [&] { return room.semaphore.acquire(count); });
    }
    if (!permit) co_return;
    stay.served();
    run.note("holds permits", count);
    Share share(run, room.permits_held, room.semaphore.permits(), count);
    co_await linger(crew, depth);
}

// ---- Lock ----

namespace {

Task<> keep_lock(Crew& crew, Lock::Guard guard) {
    Alive alive(crew.run);
    Share share(crew.run, crew.room.key.held, 1);
    co_await sleep_a_while(crew, kDepthMax);
    crew.run.require(static_cast<bool>(guard), "a guard that was handed on holds the lock");
}

}  // namespace

Task<> hold_lock(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Key& key = crew.room.key;
    Alive alive(run);
    std::optional<Lock::Guard> guard;
    std::optional<Line::Stay> stay(std::in_place, key.line);
    if (run.one_in(4)) {
        guard = key.lock.try_acquire();
    } else {
        guard = co_await attempt(run, [&] { return key.lock.acquire(); });
    }
    if (guard) stay->served();
    stay.reset();
    if (!guard) co_return;
    run.note("holds the lock");
    if (run.one_in(4)) {
        co_await attempt(run, [&] { return keep_lock(crew, std::move(*guard)); });
        co_return;
    }
    Share share(run, key.held, 1);
    co_await linger(crew, depth);
}

// ---- Condition ----

namespace {

/// The condition's lock, and what the model says of it.
struct Guarded {
    Guarded(Run& run, std::size_t& held, Lock::Guard taken) : guard(std::move(taken)), share(run, held, 1) {}
    Lock::Guard guard;
    Share share;
};

Task<bool> lock_board(Crew& crew, std::optional<Guarded>& guarded) {
    Board& board = crew.room.board;
    Line::Stay stay(board.line);
    auto guard = co_await attempt(crew.run, [&] { return board.condition.acquire(); });
    if (!guard) co_return false;
    stay.served();
    guarded.emplace(crew.run, board.held, std::move(*guard));
    co_return true;
}

}  // namespace

Task<> wait_for_notice(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Board& board = crew.room.board;
    Alive alive(run);
    std::optional<Guarded> guarded;
    const bool locked = co_await lock_board(crew, guarded);
    if (!locked) co_return;
    Notices::Wait wait(board.notices);
    guarded->share.give();
    auto notified = co_await attempt(run, [&] { return board.condition.wait(guarded->guard); });
    if (!notified) {
        run.require(!guarded->guard, "a guard stays empty when its wait is destroyed");
        co_return;
    }
    run.require(wait.received(), "who was not notified does not go on");
    run.require(guarded->guard.holds(board.condition.lock()), "who goes on holds the lock");
    guarded->share.take();
    run.note("notified");
    co_await linger(crew, depth);
}

Task<> wait_for_predicate(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Board& board = crew.room.board;
    Alive alive(run);
    std::optional<Guarded> guarded;
    const bool locked = co_await lock_board(crew, guarded);
    if (!locked) co_return;
    std::optional<Notices::Wait> wait;
    auto predicate = [&] {
        if (wait) {
            run.require(wait->received(), "who was not notified does not look again");
            wait.reset();
            guarded->share.take();
        }
        const bool is_true = run.ending || run.one_in(2);
        if (is_true) return true;
        guarded->share.give();
        wait.emplace(board.notices);
        return false;
    };
    auto held = co_await attempt(run, [&] { return board.condition.wait_for(guarded->guard, std::ref(predicate)); });
    if (!held) co_return;
    run.note("predicate holds");
    co_await linger(crew, depth);
}

Task<> notify(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Board& board = crew.room.board;
    Alive alive(run);
    std::optional<Guarded> guarded;
    const bool locked = co_await lock_board(crew, guarded);
    if (!locked) co_return;
    run.note("notifies");
    if (run.one_in(3)) {
        board.notices.notify_all();
        board.condition.notify_all();
    } else {
        const std::size_t count = 1 + run.below(2);
        board.notices.notify(count);
        board.condition.notify(count);
    }
    if (run.one_in(2)) co_await linger(crew, depth);
}

// ---- Barrier ----

Task<> meet_at_barrier(Crew& crew, std::size_t /*depth*/) {
    Run& run = crew.run;
    Room& room = crew.room;
    Alive alive(run);
    using State = Rounds::Arrival::State;
    Rounds::Arrival arrival(room.rounds);
    try {
        const auto index = co_await attempt(run, [&] { return room.barrier.wait(); });
        if (!index) co_return;
        run.note("met at the barrier", *index);
        run.require(arrival.state() == State::kComplete, "a barrier opens when all have arrived");
        run.require(*index == arrival.index(), "indices of a barrier are dealt in the order of arrival");
    } catch (const BarrierBroken&) {
        run.note("barrier broken");
        run.require(arrival.state() == State::kBroken, "a barrier that nobody broke is not broken");
    }
}

Task<> disturb_barrier(Crew& crew, std::size_t /*depth*/) {
    Room& room = crew.room;
    Alive alive(crew.run);
    const bool breaks = room.run.ending || room.run.one_in(3);
    room.rounds.turn_away(breaks);
    if (breaks) {
        room.barrier.abort();
    } else {
        room.barrier.reset();
    }
    co_return;
}

// ---- Event ----

Task<> wait_for_event(Crew& crew, std::size_t /*depth*/) {
    Room& room = crew.room;
    Alive alive(crew.run);
    Line::Stay stay(room.event_line, room.event_sets);
    const bool was_set = room.event.is_set();
    const std::size_t sets = room.event_sets;
    const auto set = co_await attempt(crew.run, [&] { return room.event.wait(); });
    if (!set) co_return;
    crew.run.note("event");
    crew.run.require(was_set || room.event_sets > sets, "who waits for an event goes on when it is set");
}

Task<> set_event(Crew& crew, std::size_t /*depth*/) {
    Room& room = crew.room;
    Alive alive(crew.run);
    room.event.set();
    ++room.event_sets;
    if (!room.run.ending && room.run.one_in(2)) room.event.clear();
    co_return;
}

}  // namespace trawl::schedules
