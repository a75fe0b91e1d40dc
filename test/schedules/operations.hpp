/// What the tasks of a program do: one operation after the other, drawn at random.
///
/// Every operation can be destroyed at any of its suspensions, and comes to an end by itself, by a deadline or by
/// Run::rescue(): who holds a permit or a lock waits for nothing without a deadline.
#pragma once

#include "room.hpp"
#include "trawl/coro/task.hpp"

namespace trawl::schedules {

/// Operations inside operations: so many.
constexpr std::size_t kDepthMax = 3;

using Operation = Task<> (*)(Crew& crew, std::size_t depth);

/// One operation.
[[nodiscard]] Task<> any_operation(Crew& crew, std::size_t depth);
/// A few beats, or another operation with a deadline.
[[nodiscard]] Task<> linger(Crew& crew, std::size_t depth);
/// Starts a task in `crew`, in one way or another.
void hire(Crew& crew);
/// Waits for the tasks of `crew`, and receives their errors.
[[nodiscard]] Task<> join(Crew& crew);

// One primitive of the room each: waiting.cpp, queues.cpp, channels.cpp.
[[nodiscard]] Task<> sleep_a_while(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> hold_permits(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> hold_lock(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> wait_for_notice(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> wait_for_predicate(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> notify(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> meet_at_barrier(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> disturb_barrier(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> wait_for_event(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> set_event(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> put_items(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> get_items(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> join_queue(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> send_items(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> receive_items(Crew& crew, std::size_t depth);

// Tasks that start tasks: families.cpp.
[[nodiscard]] Task<> found_crew(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> hire_someone(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> cancel_someone(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> gather_some(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> gather_their_outcomes(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> take_as_they_end(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> shield_some(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> use_thread(Crew& crew, std::size_t depth);

// Generators, streams, connections: flows.cpp.
[[nodiscard]] Task<> use_generator(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> use_stream(Crew& crew, std::size_t depth);
[[nodiscard]] Task<> use_connection(Crew& crew, std::size_t depth);

}  // namespace trawl::schedules
