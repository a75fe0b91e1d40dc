#include "operations.hpp"

#include <array>

#include "attempt.hpp"

namespace trawl::schedules {
namespace {

constexpr std::array kOperations = {
    sleep_a_while,      hold_permits,    hold_permits,    hold_permits,
    hold_lock,          hold_lock,       wait_for_notice, wait_for_notice,
    wait_for_predicate, notify,          notify,          meet_at_barrier,
    meet_at_barrier,    disturb_barrier, wait_for_event,  set_event,
    put_items,          put_items,       put_items,       get_items,
    get_items,          get_items,       join_queue,      found_crew,
    hire_someone,       cancel_someone,  gather_some,     gather_their_outcomes,
    take_as_they_end,   shield_some,     use_thread,      use_generator,
    use_stream,         use_connection,  send_items,      send_items,
    receive_items,      receive_items,
};

}  // namespace

Task<> any_operation(Crew& crew, std::size_t depth) {
    Alive alive(crew.run);
    const std::size_t which = crew.run.below(kOperations.size());
    crew.run.note("begins", which, depth);
    co_await kOperations[which](crew, depth);
    crew.run.note("ends", which, depth);
}

Task<> linger(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Alive alive(run);
    if (run.ending) co_return;
    if (depth >= kDepthMax || run.one_in(2)) {
        co_await sleep(run.beats(3));
        co_return;
    }
    const TimePoint deadline = now() + run.beats(kPatience);
    bool late = false;
    try {
        co_await timeout_at(deadline, any_operation(crew, depth + 1));
    } catch (const TimeoutError&) {
        late = true;
    }
    if (late) check_time(run, deadline);
}

}  // namespace trawl::schedules
