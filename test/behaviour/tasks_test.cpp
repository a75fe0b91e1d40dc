// Coroutines and runs: PEP 492, and asyncio's test_tasks, test_coroutines and test_runners.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "behaviour/behaviour.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/event.hpp"

namespace trawl::behaviour {
namespace {

// PEP 492: a coroutine object is awaited once. That an lvalue is not awaited at all, but must be given away, is in
// test/compile_errors.

// PEP 492: "cannot reuse already awaited coroutine".
TEST(Tasks, AwaitedASecondTimeAreAnError) {
    auto work = []() -> Task<bool> {
        Task<> once = nap(1s);
        co_await std::move(once);
        co_return co_await throws<UsageError>(std::move(once));
    };
    EXPECT_TRUE(on_virtual_loop(work));
}

// PEP 492: a coroutine that is never awaited does nothing (and warns; here the compiler does).
TEST(Tasks, NeverAwaitedRunNothingAndFreeTheirArguments) {
    int alive = 0;
    bool ran = false;
    auto body = [&](Alive mark) -> Task<> {
        ran = true;
        static_cast<void>(mark);
        co_return;
    };
    auto work = [&]() -> Task<> {
        {
            Task<> dropped = body(Alive(alive));
            EXPECT_EQ(alive, 1);
        }
        EXPECT_EQ(alive, 0);
        co_return;
    };
    on_virtual_loop(work);
    EXPECT_FALSE(ran);
}

// test_tasks, return_coroutine_from_coroutine: a coroutine that is returned has not begun.
TEST(Tasks, ATaskThatIsReturnedHasNotBegun) {
    bool began = false;
    auto inner = [&]() -> Task<int> {
        began = true;
        co_return 7;
    };
    auto outer = [&]() -> Task<Task<int>> { co_return inner(); };
    auto work = [&]() -> Task<int> {
        Task<int> returned = co_await outer();
        EXPECT_FALSE(began);
        co_return co_await std::move(returned);
    };
    EXPECT_EQ(on_virtual_loop(work), 7);
    EXPECT_TRUE(began);
}

// test_tasks, baseexception: what is thrown reaches the one that awaits, whatever its type.
TEST(Tasks, ThrowAnythingToWhoAwaitsThem) {
    auto inner = []() -> Task<> {
        co_await sleep(1s);
        throw 42;  // no exception class at all
    };
    auto work = [&]() -> Task<int> {
        try {
            co_await gather(inner(), nap(1h));
        } catch (int thrown) {
            co_return thrown;
        }
        co_return 0;
    };
    EXPECT_EQ(on_virtual_loop(work), 42);
}

// test_tasks, exception_chaining_after_await: the cause of an error survives the awaits.
TEST(Tasks, AnErrorKeepsItsCause) {
    auto outer = []() -> Task<> {
        try {
            co_await fail_after(1s, "the cause");
        } catch (const UsageError&) {
            std::throw_with_nested(std::logic_error("the effect"));
        }
    };
    auto work = [&]() -> Task<std::string> {
        try {
            co_await outer();
        } catch (const std::logic_error& error) {
            try {
                std::rethrow_if_nested(error);
            } catch (const UsageError& cause) {
                co_return std::string(error.what()) + " of " + cause.what();
            }
        }
        co_return "";
    };
    EXPECT_EQ(on_virtual_loop(work), "the effect of the cause");
}

// PEP 492: awaiting a coroutine that does not wait is a call: nobody else runs meanwhile.
TEST(Tasks, AwaitingWhatDoesNotWaitLetsNobodyElseRun) {
    std::string trace;
    auto quick = [&](std::string text) -> Task<> {
        trace += text;
        co_return;
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(quick("child"));
        for (int i = 0; i < 3; ++i) co_await quick("main ");
        co_await group.join();
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "main main main child");
}

// A coroutine's locals are gone when the one that awaits goes on; its arguments go with the await.
TEST(Tasks, LocalsAreGoneBeforeTheAwaitingCoroutineGoesOn) {
    std::string trace;
    auto inner = [&](AtEnd argument) -> Task<int> {
        AtEnd first = writes(trace, "first");
        AtEnd second = writes(trace, "second");
        co_await sleep(1s);
        static_cast<void>(argument);
        co_return 1;
    };
    auto work = [&]() -> Task<> {
        const int value = co_await inner(writes(trace, "argument"));
        trace += std::to_string(value);
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "second first argument 1");
}

struct ThrowsWhenMoved {
    ThrowsWhenMoved() = default;
    ThrowsWhenMoved(ThrowsWhenMoved&& other) : armed(other.armed) {
        if (armed) throw UsageError("cannot be moved");
    }
    ThrowsWhenMoved& operator=(ThrowsWhenMoved&&) = delete;
    bool armed = false;
};

Task<ThrowsWhenMoved> unmovable() {
    co_await sleep(1s);
    ThrowsWhenMoved value;
    value.armed = true;
    co_return std::move(value);
}

// An error on the way of a result is the error of the task.
TEST(Tasks, AResultThatCannotBeMovedIsAnError) {
    auto work = []() -> Task<std::string> { co_return co_await error_of(unmovable()); };
    EXPECT_EQ(on_virtual_loop(work), "cannot be moved");
}

// asyncio.current_task(): what is awaited is part of the task that awaits it; what is spawned is not.
TEST(Tasks, TheCurrentTaskIsThatOfWhoAwaits) {
    auto current = []() -> Task<TaskNode*> {
        co_await sleep(1s);
        co_return current_task();
    };
    auto spawned = [](TaskNode*& out) -> Task<> {
        co_await sleep(1s);
        out = current_task();
    };
    auto work = [&]() -> Task<> {
        TaskNode* mine = current_task();
        TaskNode* awaited = co_await current();
        EXPECT_EQ(awaited, mine);
        TaskNode* childs = nullptr;
        TaskGroup group;
        group.spawn(spawned(childs));
        co_await group.join();
        EXPECT_NE(childs, nullptr);
        EXPECT_NE(childs, mine);
        EXPECT_EQ(current_task(), mine);
    };
    on_virtual_loop(work);
}

// test_tasks, current_task_with_interleaving_tasks.
TEST(Tasks, TheCurrentTaskIsRightHoweverTheyInterleave) {
    auto check = [](int turns) -> Task<> {
        const TaskNode* mine = current_task();
        for (int i = 0; i < turns; ++i) {
            co_await sleep(0s);
            EXPECT_EQ(current_task(), mine);
        }
    };
    with_every_seed([&]() -> Task<> { co_await gather(check(3), check(5), check(1)); });
}

// asyncio.current_task() is None outside of a task.
TEST(Tasks, OutsideOfATaskThereIsNoCurrentOne) {
    EXPECT_EQ(current_task(), nullptr);
    VirtualLoop loop;
    EXPECT_EQ(current_task(), nullptr);
    bool posted = false;
    loop.post([&] {
        posted = true;
        EXPECT_EQ(current_task(), nullptr);
    });
    loop.run(nap(1s));
    EXPECT_TRUE(posted);
}

// test_tasks, sleep_zero: everybody who is ready has a turn.
TEST(Tasks, ASleepOfZeroGivesEverybodyATurn) {
    std::string trace;
    auto turns = [&](char name) -> Task<> {
        for (int i = 0; i < 3; ++i) {
            trace += name;
            co_await sleep(0s);
        }
    };
    auto work = [&]() -> Task<> { co_await gather(turns('a'), turns('b'), turns('c')); };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "abcabcabc");
}

// asyncio: a future's callbacks are called soon, never inside set_result().
TEST(Tasks, AWakeUpNeverRunsInsideItsWaker) {
    std::string trace;
    auto waiting = [&](Event& event) -> Task<> {
        co_await event.wait();
        trace += "woken ";
    };
    with_every_seed([&]() -> Task<> {
        trace.clear();
        Event event;
        TaskGroup group;
        group.spawn(waiting(event));
        co_await sleep(1s);
        event.set();
        trace += "set ";
        co_await group.join();
        EXPECT_EQ(trace, "set woken ");
    });
}

// asyncio.run: gives the value of its coroutine, here also one that can only be moved.
TEST(Runs, GiveAValueThatCanOnlyBeMoved) {
    auto work = []() -> Task<std::unique_ptr<int>> {
        co_await sleep(1s);
        co_return std::make_unique<int>(5);
    };
    EXPECT_EQ(*on_virtual_loop(work), 5);
}

// test_runners, asyncio_run_only_coro: what is no coroutine is refused.
TEST(Runs, OfAnEmptyTaskAreRefused) {
    VirtualLoop loop;
    EXPECT_THROW(loop.run(Task<>()), UsageError);
    Task<> moved = nap(1s);
    const Task<> kept = std::move(moved);
    EXPECT_THROW(loop.run(std::move(moved)), UsageError);
    EXPECT_TRUE(kept.valid());
}

// test_runners, recursive_run: a loop does not run inside one of its own tasks.
TEST(Runs, OfALoopInsideItselfAreRefused) {
    auto work = []() -> Task<> {
        EXPECT_THROW(Loop::current().run(nap(1s)), UsageError);
        co_await sleep(1s);
    };
    on_virtual_loop(work);
}

// asyncio forbids a loop in a loop; here an inner one has a time and tasks of its own, and the outer one waits.
TEST(Runs, OfAnInnerLoopLeaveTheOuterOneAsItWas) {
    VirtualLoop outer;
    auto work = [&]() -> Task<> {
        const TaskNode* mine = current_task();
        co_await sleep(1s);
        on_virtual_loop([] { return nap(24h); });
        EXPECT_EQ(current_task(), mine);
        EXPECT_EQ(&Loop::current(), &outer);
        co_await sleep(1s);
    };
    outer.run(work());
    EXPECT_EQ(outer.elapsed(), 2s);
}

// test_runners, run: one loop runs one coroutine after the other, also after an error.
TEST(Runs, AfterAnErrorALoopRunsAgain) {
    VirtualLoop loop;
    EXPECT_THROW(loop.run(fail_after(1s)), UsageError);
    EXPECT_EQ(loop.run(value_after(1s, 3)), 3);
}

// test_runners, asyncio_run_cancels_hanging_tasks: nothing is left when it returns.
TEST(Runs, DestroyWhatIsLeftBeforeTheyReturn) {
    int alive = 0;
    auto work = [&]() -> Task<int> {
        TaskGroup group;
        group.spawn(hold(Alive(alive)));
        co_await sleep(1s);
        EXPECT_EQ(alive, 1);
        co_return 1;
    };
    EXPECT_EQ(on_virtual_loop(work), 1);
    EXPECT_EQ(alive, 0);
}

// test_runners, asyncio_run_reports_hanging_tasks_errors: here run() throws what nobody received.
TEST(Runs, ThrowTheErrorThatNobodyReceived) {
    auto work = []() -> Task<int> {
        TaskGroup group;
        group.spawn(fail_after(1s, "unheard"));
        co_await sleep(2s);
        co_return 1;
    };
    try {
        on_virtual_loop(work);
        FAIL() << "nothing was thrown";
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(), "unheard");
    }
}

// asyncio: tasks of a loop go on whenever it runs. Here they do in a group that outlives the runs.
TEST(Runs, KeepTheTasksOfAGroupThatOutlivesThem) {
    VirtualLoop loop;
    std::string trace;
    TaskGroup group;
    group.spawn(append_after(trace, 2s, "two"));
    group.spawn(append_after(trace, 4s, "four"));
    loop.run(nap(3s));
    EXPECT_EQ(trace, "two ");
    auto join = [&]() -> Task<> { co_await group.join(); };
    loop.run(join());
    EXPECT_EQ(trace, "two four ");
    EXPECT_EQ(loop.elapsed(), 4s);
}

Task<> fail_unheard_and_stop() {
    {
        TaskGroup group;
        group.spawn(fail_after(1s, "of the first run"));
        co_await sleep(2s);
    }
    Never never;
    co_await never;
}

// asyncio.run: a run that failed leaves nothing to the next one.
TEST(Runs, ADeadlockLeavesNothingToTheNextRun) {
    VirtualLoop loop;
    EXPECT_THROW(loop.run(fail_unheard_and_stop()), DeadlockError);
    EXPECT_EQ(loop.run(value_after(1s, 3)), 3);
}

// asyncio hands an error of call_soon() to the exception handler; here it ends the run, and the loop is whole.
TEST(Runs, APostedCallThatThrowsEndsTheRun) {
    VirtualLoop loop;
    int alive = 0;
    loop.post([] { throw UsageError("posted"); });
    EXPECT_THROW(loop.run(hold(Alive(alive))), UsageError);
    EXPECT_EQ(alive, 0);
    EXPECT_EQ(loop.run(value_after(1s, 3)), 3);
}

}  // namespace
}  // namespace trawl::behaviour
