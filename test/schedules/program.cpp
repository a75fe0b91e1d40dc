#include "program.hpp"

#include <array>
#include <optional>

#include "attempt.hpp"
#include "operations.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl::schedules {
namespace {

/// The disorder lasts so long; then everyone is helped to an end.
constexpr Duration kDisorder = kBeat * 24;
/// All deadlines of operations inside operations are over by then, many times.
constexpr int kRescues = 400;

/// Cancels groups and starts tasks whenever it likes. Not at the end: whoever is stuck then is to be found.
Task<> disturb(Run& run) {
    for (;;) {
        co_await sleep(kBeat + run.beats(3));
        if (run.ending) co_return;
        Crew& crew = *run.crews[run.below(run.crews.size())];
        if (run.one_in(3)) {
            run.note("disturbs", crew.group.size());
            crew.group.cancel();
        } else {
            hire(crew);
        }
    }
}

/// Looks at the loop when it stands: between two beats nothing else is woken.
Task<> watch(Run& run) {
    TimePoint next = now() + kBeat / 2;
    for (;; next += kBeat) {
        co_await sleep_until(next);
        run.check_standing();
    }
}

Task<> join_again_and_again(Crew& crew) {
    for (;;) {
        co_await join(crew);
        co_await sleep(kBeat);
    }
}

Task<> end_all(Run& run, std::array<Crew, 3>& crews) {
    run.ending = true;
    for (int i = 0; i < kRescues; ++i) {
        if (crews[0].group.size() + crews[1].group.size() + crews[2].group.size() == 0) break;
        run.rescue();
        co_await sleep(kBeat);
    }
}

Task<> program(Run& run) {
    Alive alive(run);
    Room room(run);
    std::array<Crew, 3> crews = {Crew(room, 0, OnError::kCancel), Crew(room, 0, OnError::kCollect),
                                 Crew(room, 0, OnError::kCancel)};
    TaskGroup keepers;
    for (std::size_t count = 3 + run.below(10); count > 0; --count) hire(crews[run.below(crews.size())]);
    keepers.spawn(disturb(run));
    keepers.spawn(watch(run));
    for (Crew& crew : crews) keepers.spawn(join_again_and_again(crew));
    co_await sleep(kDisorder);
    co_await end_all(run, crews);
    keepers.cancel();
    for (Crew& crew : crews) co_await join(crew);
}

}  // namespace

Result run_program(std::uint64_t seed, bool prints) {
    Run run(seed, prints);
    std::optional<std::uint64_t> lost;
    try {
        VirtualLoop loop(seed);
        loop.run(program(run));
    } catch (const PlannedError& error) {
        lost = error.id();
    } catch (const Error& error) {
        run.fail(error.what());
    }
    if (lost) {
        run.require(run.may_be_thrown(*lost), "an error that was received is not thrown again by run()");
    } else {
        run.require(run.owed_errors().empty(), "an error that nobody received is thrown by run()");
    }
    run.require(run.alive == 0, "nothing is alive at the end");
    return {run.trace(), run.failure()};
}

}  // namespace trawl::schedules
