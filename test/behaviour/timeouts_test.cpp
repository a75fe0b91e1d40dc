// timeout and shield: asyncio's test_timeouts, test_waitfor and the shields of test_tasks.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "behaviour/behaviour.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/shield.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/queue.hpp"
#include "trawl/sync/semaphore.hpp"

namespace trawl::behaviour {
namespace {

constexpr TimePoint kBegin{1000h};

// test_timeouts, nested_timeouts: the inner one fires, and the outer one goes on counting.
TEST(Timeouts, InsideOfTimeoutsFireOnTheirOwn) {
    auto inner = []() -> Task<> {
        const bool late = co_await throws<TimeoutError>(timeout(1s, nap(1h)));
        EXPECT_TRUE(late);
        EXPECT_EQ(now(), kBegin + 1s);
        co_await sleep(1h);
        ADD_FAILURE() << "the outer timeout did not fire";
    };
    with_every_seed([&]() -> Task<> {
        const bool late = co_await throws<TimeoutError>(timeout(5s, inner()));
        EXPECT_TRUE(late);
        EXPECT_EQ(now(), kBegin + 5s);
    });
}

// test_timeouts, nested_timeouts_concurrent: of one deadline for all, one error comes out, and nothing is left.
TEST(Timeouts, OfTheSameDeadlineThrowOnce) {
    int alive = 0;
    auto nested = [&](auto self, int depth) -> Task<> {
        const Alive mark(alive);
        if (depth == 0) co_await sleep(1s);
        if (depth > 0) co_await timeout_at(kBegin + 1s, self(self, depth - 1));
    };
    with_every_seed([&]() -> Task<> {
        static_cast<void>(co_await throws<TimeoutError>(nested(nested, 20)));
        EXPECT_EQ(alive, 0);
        EXPECT_EQ(now(), kBegin + 1s);
    });
}

// test_timeouts, nested_timeout_in_finally and timeout_after_cancellation: one after the other, each counts anew.
TEST(Timeouts, OneAfterTheOtherCountAnew) {
    auto work = []() -> Task<> {
        for (int i = 1; i <= 1000; ++i) {
            const bool late = co_await throws<TimeoutError>(timeout(1s, nap(1h)));
            EXPECT_TRUE(late);
            EXPECT_EQ(now(), kBegin + i * 1s);
        }
    };
    on_virtual_loop(work);
}

// test_waitfor, wait_for_timeout_less_then_0: asyncio does not start the work; here it begins, and what need not wait
// has its value.
TEST(Timeouts, OfNothingGiveWhatNeedNotWait) {
    auto quick = []() -> Task<int> { co_return 7; };
    auto work = [&]() -> Task<> {
        const int at_zero = co_await timeout(0s, quick());
        EXPECT_EQ(at_zero, 7);
        const int in_the_past = co_await timeout_at(now() - 1h, quick());
        EXPECT_EQ(in_the_past, 7);
    };
    on_virtual_loop(work);
}

// test_timeouts, timeout_zero and timeout_in_the_past: what waits for time is late at once.
TEST(Timeouts, OfNothingOrLessAreOverAtOnce) {
    with_every_seed([]() -> Task<> {
        for (const Duration limit : {Duration(0), Duration(-1h)}) {
            const bool late = co_await throws<TimeoutError>(timeout(limit, nap(1ns)));
            EXPECT_TRUE(late);
        }
        const bool late = co_await throws<TimeoutError>(timeout_at(now() - 1h, nap(1ns)));
        EXPECT_TRUE(late);
        EXPECT_EQ(now(), kBegin);
    });
}

// test_timeouts, timeout_zero_sleep_zero: asyncio throws; here what is ready goes before the timers are looked at.
TEST(Timeouts, OfNothingLetWhatIsReadyRun) {
    with_every_seed([]() -> Task<> {
        co_await timeout(0s, sleep(0s));
        EXPECT_EQ(now(), kBegin);
    });
}

// test_timeouts, foreign_exception_passed.
TEST(Timeouts, LetErrorsOfTheWorkPass) {
    auto work = []() -> Task<> {
        const std::string thrown = co_await error_of(timeout(5s, fail_after(1s, "the work's own")));
        EXPECT_EQ(thrown, "the work's own");
    };
    on_virtual_loop(work);
}

// test_timeouts, foreign_exception_on_timeout: the work fails in the instant of the deadline: one error or the other.
TEST(Timeouts, InTheInstantOfAnErrorThrowOneOfThem) {
    with_every_seed([]() -> Task<> {
        const std::string thrown = co_await error_of(timeout(1s, fail_after(1s, "the work's")));
        EXPECT_TRUE(thrown == "the work's" || thrown == "timed out after 1 s") << thrown;
    });
}

// test_waitfor, wait_for_waits_for_task_cancellation: the work is gone when the error is thrown, innermost frame first.
TEST(Timeouts, TheWorkIsGoneInnermostFirst) {
    std::string trace;
    auto level = [&](auto self, int depth) -> Task<> {
        AtEnd end = writes(trace, std::to_string(depth));
        if (depth == 0) co_await sleep(1h);
        if (depth > 0) co_await self(self, depth - 1);
    };
    auto work = [&]() -> Task<> {
        try {
            co_await timeout(1s, level(level, 3));
        } catch (const TimeoutError&) {
            trace += "thrown";
        }
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "0 1 2 3 thrown");
}

// test_waitfor, cancel_wait_for: a timeout that is destroyed fires no more, and throws nothing.
TEST(Timeouts, ThatAreDestroyedDoNotFire) {
    bool fired = false;
    auto waiting = [&]() -> Task<> { fired = co_await throws<TimeoutError>(timeout(2s, nap(1h))); };
    with_every_seed([&]() -> Task<> {
        TaskGroup group;
        group.spawn(waiting());
        co_await sleep(1s);
        group.cancel();
        co_await sleep(5s);
        EXPECT_FALSE(fired);
    });
}

// test_waitfor, wait_for_race_condition: an item that arrives in the instant of the deadline is got or still there.
TEST(Timeouts, InTheInstantOfAnArrivalLoseNothing) {
    with_every_seed([]() -> Task<> {
        Queue<int> queue;
        TaskGroup group;
        auto put = [&]() -> Task<> {
            co_await sleep(1s);
            co_await queue.put(5);
        };
        group.spawn(put());
        std::optional<int> got;
        try {
            got = co_await timeout(1s, queue.get());
        } catch (const TimeoutError&) {
            EXPECT_FALSE(got.has_value());
        }
        co_await group.join();
        if (!got) got = queue.try_get();
        EXPECT_EQ(got, 5);
    });
}

// The same for a permit that is granted in the instant of the deadline.
TEST(Timeouts, InTheInstantOfAGrantGiveItBack) {
    with_every_seed([]() -> Task<> {
        Semaphore semaphore(1);
        TaskGroup group;
        auto take = [&](Duration held) -> Task<> {
            const auto permit = co_await semaphore.acquire();
            co_await sleep(held);
        };
        group.spawn(take(1s));
        co_await sleep(0s);
        static_cast<void>(co_await throws<TimeoutError>(timeout(1s, take(0s))));
        co_await group.join();
        EXPECT_EQ(semaphore.available(), 1U);
    });
}

// test_timeouts, timeout_taskgroup: the children of a group inside are destroyed with it.
TEST(Timeouts, DestroyGroupsAndGathersInside) {
    int alive = 0;
    auto grouped = [&]() -> Task<> {
        TaskGroup group;
        for (int i = 0; i < 5; ++i) group.spawn(hold(Alive(alive)));
        co_await gather(hold(Alive(alive)), nap(1h));
    };
    with_every_seed([&]() -> Task<> {
        const bool late = co_await throws<TimeoutError>(timeout(1s, grouped()));
        EXPECT_TRUE(late);
        EXPECT_EQ(alive, 0);
    });
}

// asyncio.timeout_at: one deadline for several things in turn.
TEST(Timeouts, AtADeadlineServeSeveralThingsInTurn) {
    auto work = []() -> Task<int> {
        const TimePoint deadline = now() + 5s;
        int done = 0;
        try {
            for (;; ++done) co_await timeout_at(deadline, nap(2s));
        } catch (const TimeoutError&) {
            EXPECT_EQ(now(), deadline);
        }
        co_return done;
    };
    EXPECT_EQ(on_virtual_loop(work), 2);
}

// The limit counts from the await, not from the making.
TEST(Timeouts, CountFromTheAwait) {
    auto work = []() -> Task<> {
        auto later = timeout(2s, nap(1s));
        co_await sleep(1h);
        co_await std::move(later);
        EXPECT_EQ(now(), kBegin + 1h + 1s);
    };
    on_virtual_loop(work);
}

// A timeout that was not needed does not hold anybody up.
TEST(Timeouts, ThatAreNotNeededTakeNoTime) {
    VirtualLoop loop;
    auto work = []() -> Task<> {
        co_await timeout(Duration::max(), nap(1s));
        co_await timeout(24h, nap(1s));
    };
    loop.run(work());
    EXPECT_EQ(loop.elapsed(), 2s);
}

// Anything that can be awaited can be given a timeout.
TEST(Timeouts, AreForEverythingThatIsAwaited) {
    with_every_seed([]() -> Task<> {
        Event event;
        TaskGroup group;
        group.spawn(nap(1h));
        const bool event_late = co_await throws<TimeoutError>(timeout(1s, event.wait()));
        const bool join_late = co_await throws<TimeoutError>(timeout(1s, group.join()));
        const bool sleep_late = co_await throws<TimeoutError>(timeout(1s, sleep(1h)));
        const bool nested_late = co_await throws<TimeoutError>(timeout(1s, timeout(2s, sleep(1h))));
        EXPECT_TRUE(event_late && join_late && sleep_late && nested_late);
        EXPECT_EQ(now(), kBegin + 4s);
    });
}

// The message says how long was waited, in words that a person reads.
TEST(Timeouts, SayHowLongTheyWaited) {
    auto said = [](Duration limit) -> std::string {
        auto work = [&]() -> Task<std::string> { co_return co_await error_of(timeout(limit, nap(1000h))); };
        return on_virtual_loop(work);
    };
    EXPECT_EQ(said(1500ms), "timed out after 1.5 s");
    EXPECT_EQ(said(20ms), "timed out after 20 ms");
    EXPECT_EQ(said(1h), "timed out after 3600 s");
    EXPECT_EQ(said(Duration(999'999us)), "timed out after 1 s");
    EXPECT_EQ(said(0s), "timed out after 0 ms");
    auto past = []() -> Task<std::string> { co_return co_await error_of(timeout_at(now() - 1s, nap(1s))); };
    EXPECT_EQ(on_virtual_loop(past), "timed out after 0 ms");
}

// A race on one deadline: each of many is late or has its value, and all are told.
TEST(Timeouts, OfManyOnOneDeadlineAllEnd) {
    with_every_seed([]() -> Task<> {
        int values = 0;
        int late = 0;
        auto racing = [&](int i) -> Task<> {
            const bool was_late = co_await throws<TimeoutError>(timeout(1s, nap(i % 3 * 500ms)));
            ++(was_late ? late : values);
        };
        TaskGroup group;
        for (int i = 0; i < 99; ++i) group.spawn(racing(i));
        co_await group.join();
        EXPECT_EQ(values + late, 99);
        EXPECT_GE(values, 66);
    });
}

// test_tasks, shield_effect and test_waitfor, shielded_timeout: the work goes on behind the timeout.
TEST(Shields, KeepWorkThroughATimeout) {
    with_every_seed([]() -> Task<> {
        std::string trace;
        TaskGroup group;
        const bool late = co_await throws<TimeoutError>(timeout(1s, shield(group, append_after(trace, 2s, "done"))));
        EXPECT_TRUE(late);
        EXPECT_EQ(trace, "");
        co_await group.join();
        EXPECT_EQ(trace, "done ");
    });
}

// test_tasks, shield_exception.
TEST(Shields, PassErrorsToWhoWaits) {
    with_every_seed([]() -> Task<> {
        TaskGroup group;
        const std::string thrown = co_await error_of(shield(group, fail_after(1s, "inside")));
        EXPECT_EQ(thrown, "inside");
        co_await group.join();
    });
}

// test_tasks, shield_gather and gather_shield: each way round.
TEST(Shields, GoWithGathers) {
    with_every_seed([]() -> Task<> {
        TaskGroup group;
        auto both = co_await gather(shield(group, value_after(1s, 1)), shield(group, value_after(2s, 2)));
        EXPECT_EQ(std::get<0>(both) + std::get<1>(both), 3);
        auto inside = co_await shield(group, gather(value_after(1s, 3), value_after(2s, 4)));
        EXPECT_EQ(std::get<0>(inside) + std::get<1>(inside), 7);
    });
}

// A TimeoutError takes the place of an error that came at the same moment: run() has nothing more to throw.
TEST(Timeouts, ThatFireTogetherWithAnErrorThrowOneOfTheTwo) {
    auto work = []() -> Task<> {
        auto failing = []() -> Task<> {
            co_await nap(1s);
            throw UsageError("at the same moment");
        };
        try {
            co_await timeout(1s, gather(failing(), nap(1h)));
            ADD_FAILURE() << "it neither failed nor timed out";
        } catch (const TimeoutError&) {
        } catch (const UsageError&) {
        }
    };
    for (std::uint64_t seed = 0; seed < 32; ++seed) EXPECT_NO_THROW(VirtualLoop(seed).run(work())) << "seed " << seed;
}

Task<> fails_in_a_second() {
    co_await nap(1s);
    throw UsageError("at the same moment");
}

// Its child's error may have come, but not yet its turn, when somebody cancels it.
Task<> joins_what_fails_in_a_second() {
    TaskGroup group;
    group.spawn(fails_in_a_second());
    co_await group.join();
}

// The same of a group that is joined when both come, whoever cancels the one that joins it.
TEST(Timeouts, ThatFireTogetherWithAnErrorOfAGroupThrowOneOfTheTwo) {
    auto work = []() -> Task<> {
        try {
            co_await timeout(1s, joins_what_fails_in_a_second());
            ADD_FAILURE() << "it neither failed nor timed out";
        } catch (const TimeoutError&) {
        } catch (const UsageError&) {
        }
    };
    for (std::uint64_t seed = 0; seed < 32; ++seed) EXPECT_NO_THROW(VirtualLoop(seed).run(work())) << "seed " << seed;
}

TEST(Gathers, WhoseChildrenFailTogetherThrowOneOfTheErrors) {
    auto of_two = []() -> Task<> { co_await gather(joins_what_fails_in_a_second(), fails_in_a_second()); };
    auto of_many = []() -> Task<> {
        std::vector<Task<>> tasks;
        tasks.push_back(joins_what_fails_in_a_second());
        tasks.push_back(fails_in_a_second());
        co_await gather(std::move(tasks));
    };
    auto caught = [](Task<> work) -> Task<> {
        try {
            co_await std::move(work);
            ADD_FAILURE() << "it did not fail";
        } catch (const UsageError&) {
        }
    };
    for (std::uint64_t seed = 0; seed < 32; ++seed) {
        EXPECT_NO_THROW(VirtualLoop(seed).run(caught(of_two()))) << "seed " << seed;
        EXPECT_NO_THROW(VirtualLoop(seed).run(caught(of_many()))) << "seed " << seed;
    }
}

TEST(TaskGroups, ThatAreCancelledTogetherWithAnErrorBelowThemDropIt) {
    auto work = []() -> Task<> {
        TaskGroup group;
        group.spawn(joins_what_fails_in_a_second());
        co_await nap(1s);
        group.cancel();
        try {
            co_await group.join();
        } catch (const UsageError&) {  // it came first
        }
    };
    for (std::uint64_t seed = 0; seed < 32; ++seed) EXPECT_NO_THROW(VirtualLoop(seed).run(work())) << "seed " << seed;
}

// Invariant: an error of shielded work whose waiter is destroyed before it goes on is thrown by run(), not lost.
TEST(Shields, AnErrorOnItsWayIsNotLost) {
    auto work = []() -> Task<> {
        Event failed;
        TaskGroup shielding;
        TaskGroup group;
        TaskGroup other;
        auto failing = [&]() -> Task<> {
            co_await sleep(1s);
            failed.set();
            throw UsageError("on its way");
        };
        auto waiting = [&]() -> Task<> { co_await shield(shielding, failing()); };
        auto cancelling = [&]() -> Task<> {
            co_await failed.wait();
            group.cancel();
        };
        other.spawn(cancelling());
        group.spawn(waiting());
        co_await other.join();
        co_await shielding.join();
    };
    EXPECT_THROW(on_virtual_loop(work), UsageError);
}

// test_tasks, shield_cancel_inner: the work is destroyed with its group; who waits is told, unless it goes too.
TEST(Shields, WorkThatIsDestroyedTellsOnlyWhoIsLeft) {
    with_every_seed([]() -> Task<> {
        std::string thrown;
        auto waiting = [&](TaskGroup& shielding) -> Task<> { thrown = co_await error_of(shield(shielding, nap(1h))); };
        TaskGroup shielding;
        TaskGroup group;
        group.spawn(waiting(shielding));
        co_await sleep(1s);
        shielding.cancel();
        group.cancel();
        co_await sleep(1s);
        EXPECT_EQ(thrown, "");
        group.spawn(waiting(shielding));
        co_await sleep(1s);
        shielding.cancel();
        co_await group.join();
        EXPECT_THAT(thrown, ::testing::HasSubstr("destroyed with the TaskGroup"));
    });
}

}  // namespace
}  // namespace trawl::behaviour
