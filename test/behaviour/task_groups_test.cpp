// TaskGroup: asyncio's test_taskgroups, PEP 654 for groups of errors, and test_eager_task_factory.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "behaviour/behaviour.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/event.hpp"

namespace trawl::behaviour {
namespace {

Task<> join(TaskGroup& group) { co_await group.join(); }

std::vector<std::string> texts_of(const ErrorGroup& group) {
    std::vector<std::string> texts;
    for (const std::exception_ptr& error : group.errors()) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& thrown) {
            texts.emplace_back(thrown.what());
        }
    }
    return texts;
}

// test_taskgroups, taskgroup_02: children may be spawned while others are at work, and after they have ended.
TEST(TaskGroups, TakeChildrenAtAnyTime) {
    with_every_seed([]() -> Task<> {
        std::string trace;
        TaskGroup group;
        group.spawn(append_after(trace, 2s, "a"));
        co_await sleep(1s);
        group.spawn(append_after(trace, 2s, "b"));
        co_await sleep(5s);
        EXPECT_EQ(group.size(), 0U);
        group.spawn(append_after(trace, 1s, "c"));
        co_await group.join();
        EXPECT_EQ(trace, "a b c ");
    });
}

// asyncio create_task: children take their first steps in the order in which they were spawned, after their parent's.
TEST(TaskGroups, BeginChildrenInOrderAndSoon) {
    std::string trace;
    auto child = [&](char name) -> Task<> {
        trace += name;
        co_return;
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        for (char name = 'a'; name < 'e'; ++name) group.spawn(child(name));
        trace += "spawned ";
        co_await group.join();
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "spawned abcd");
}

// test_taskgroups, taskgroup_04: asyncio cancels the body of the group; here it goes on, and join() throws.
TEST(TaskGroups, AChildsErrorWaitsForJoin) {
    with_every_seed([]() -> Task<> {
        int alive = 0;
        TaskGroup group;
        group.spawn(fail_after(1s, "early"));
        group.spawn(hold(Alive(alive)));
        co_await sleep(2s);
        EXPECT_EQ(alive, 0);
        EXPECT_EQ(group.size(), 0U);
        EXPECT_EQ(group.errors().size(), 1U);
        co_await sleep(10s);
        const std::string thrown = co_await error_of(join(group));
        EXPECT_EQ(thrown, "early");
        EXPECT_TRUE(group.errors().empty());
    });
}

// test_taskgroups, taskgroup_09: an error in the body destroys the children and passes on.
TEST(TaskGroups, AnErrorOfTheBodyDestroysTheChildren) {
    int alive = 0;
    auto body = [&](bool wait) -> Task<> {
        TaskGroup group;
        group.spawn(hold(Alive(alive)));
        group.spawn(hold(Alive(alive)));
        if (wait) co_await sleep(1s);
        throw UsageError("the body's");
    };
    auto work = [&]() -> Task<> {
        for (const bool wait : {true, false}) {
            const std::string thrown = co_await error_of(body(wait));
            EXPECT_EQ(thrown, "the body's");
            EXPECT_EQ(alive, 0);
        }
    };
    on_virtual_loop(work);
}

// test_taskgroups, taskgroup_08: errors of both. asyncio throws a group of them; here the body's is thrown, and the
// child's, which nobody joined for, is thrown by run().
TEST(TaskGroups, ErrorsOfBodyAndChildAreBothThrown) {
    bool caught = false;
    auto body = []() -> Task<> {
        TaskGroup group;
        group.spawn(fail_after(1s, "the child's"));
        co_await sleep(2s);
        throw std::runtime_error("the body's");
    };
    auto work = [&]() -> Task<> { caught = co_await throws<std::runtime_error>(body()); };
    try {
        on_virtual_loop(work);
        FAIL() << "the child's error was lost";
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(), "the child's");
    }
    EXPECT_TRUE(caught);
}

// test_taskgroups, cancellation: a group that is cancelled from outside takes its children with it, joined or not.
TEST(TaskGroups, AreDestroyedWithTheTaskThatHasThem) {
    int alive = 0;
    auto parent = [&](bool joins) -> Task<> {
        TaskGroup group;
        for (int i = 0; i < 5; ++i) group.spawn(hold(Alive(alive)));
        if (joins) co_await group.join();
        co_await sleep(1h);
    };
    with_every_seed([&]() -> Task<> {
        for (const bool joins : {true, false}) {
            TaskGroup outer;
            outer.spawn(parent(joins));
            co_await sleep(1s);
            EXPECT_EQ(alive, 5);
            outer.cancel();
            EXPECT_EQ(alive, 0);
            co_await outer.join();
        }
    });
}

// test_taskgroups, taskgroup_13: an error passes from the inner group to the outer one.
TEST(TaskGroups, PassErrorsOutwards) {
    int alive = 0;
    auto inner = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(hold(Alive(alive)));
        group.spawn(fail_after(1s, "deep"));
        co_await group.join();
    };
    with_every_seed([&]() -> Task<> {
        TaskGroup outer;
        outer.spawn(hold(Alive(alive)));
        outer.spawn(inner());
        const std::string thrown = co_await error_of(join(outer));
        EXPECT_EQ(thrown, "deep");
        EXPECT_EQ(alive, 0);
    });
}

// PEP 654: a group of errors holds all of them, in the order in which they were thrown.
TEST(TaskGroups, ThatCollectThrowAllErrors) {
    with_every_seed([]() -> Task<> {
        std::string trace;
        TaskGroup group(OnError::kCollect);
        group.spawn(fail_after(3s, "third"));
        group.spawn(fail_after(1s, "first"));
        group.spawn(append_after(trace, 4s, "went on"));
        group.spawn(fail_after(2s, "second"));
        try {
            co_await group.join();
            ADD_FAILURE() << "nothing was thrown";
        } catch (const ErrorGroup& errors) {
            EXPECT_THAT(texts_of(errors), ::testing::ElementsAre("first", "second", "third"));
        }
        EXPECT_EQ(trace, "went on ");
    });
}

// PEP 654: groups nest; one error is a group of one.
TEST(TaskGroups, ThatCollectNest) {
    auto inner = []() -> Task<> {
        TaskGroup group(OnError::kCollect);
        group.spawn(fail_after(1s, "the only one"));
        co_await group.join();
    };
    auto work = [&]() -> Task<> {
        TaskGroup outer(OnError::kCollect);
        outer.spawn(inner());
        outer.spawn(inner());
        std::vector<std::exception_ptr> errors;
        try {
            co_await outer.join();
        } catch (const ErrorGroup& thrown) {
            errors = thrown.errors();
        }
        EXPECT_EQ(errors.size(), 2U);
        for (const auto& error : errors) EXPECT_THROW(std::rethrow_exception(error), ErrorGroup);
    };
    on_virtual_loop(work);
}

// test_taskgroups, no_create_task_after_failure, coro_closed_when_tg_closed: asyncio refuses; here the task is
// destroyed, its arguments with it.
TEST(TaskGroups, DestroyWhatIsSpawnedAfterAnError) {
    int alive = 0;
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(fail_after(1s));
        co_await sleep(2s);
        group.spawn(hold(Alive(alive)));
        group.spawn_eagerly(hold(Alive(alive)));
        EXPECT_EQ(alive, 0);
        EXPECT_EQ(group.size(), 0U);
        const bool failed = co_await throws<UsageError>(join(group));
        EXPECT_TRUE(failed);
    };
    on_virtual_loop(work);
}

// test_taskgroups, taskgroup_finished: asyncio's group is over after its end; here it begins anew once its error is
// out.
TEST(TaskGroups, AreUsableAfterTheirErrorWasThrown) {
    auto work = []() -> Task<std::string> {
        std::string trace;
        TaskGroup group;
        group.spawn(fail_after(1s));
        const bool failed = co_await throws<UsageError>(join(group));
        EXPECT_TRUE(failed);
        co_await group.join();
        group.spawn(append_after(trace, 1s, "again"));
        co_await group.join();
        co_return trace;
    };
    EXPECT_EQ(on_virtual_loop(work), "again ");
}

// asyncio: leaving an empty group is a step like any other; here it is none: nobody else runs.
TEST(TaskGroups, JoinWithoutChildrenDoesNotWait) {
    bool other_ran = false;
    auto other = [&]() -> Task<> {
        other_ran = true;
        co_return;
    };
    auto work = [&]() -> Task<> {
        TaskGroup others;
        others.spawn(other());
        TaskGroup group;
        co_await group.join();
        EXPECT_FALSE(other_ran);
        co_await others.join();
    };
    on_virtual_loop(work);
}

// test_taskgroups, taskgroup_without_parent_task: without a loop there is no group.
TEST(TaskGroups, OutsideOfALoopAreRefused) { EXPECT_THROW(TaskGroup(), UsageError); }

Task<> spawn_tree(TaskGroup& group, int depth, int& leaves) {
    co_await sleep(0s);
    if (depth == 0) {
        ++leaves;
        co_return;
    }
    group.spawn(spawn_tree(group, depth - 1, leaves));
    group.spawn(spawn_tree(group, depth - 1, leaves));
}

// trio, asyncio: join waits also for those that children spawn, until the last.
TEST(TaskGroups, JoinWaitsForWhatChildrenSpawn) {
    with_every_seed([]() -> Task<> {
        int leaves = 0;
        TaskGroup group;
        group.spawn(spawn_tree(group, 8, leaves));
        co_await group.join();
        EXPECT_EQ(leaves, 256);
        EXPECT_EQ(group.size(), 0U);
    });
}

// The last child has ended and the joiner is about to go on when somebody else spawns: it waits for that one too.
TEST(TaskGroups, JoinWaitsForWhatIsSpawnedBeforeItGoesOn) {
    with_every_seed([]() -> Task<> {
        std::string trace;
        TaskGroup group;
        TaskGroup others;
        Event last;
        auto ending = [&]() -> Task<> {
            co_await sleep(1s);
            last.set();
        };
        auto spawning = [&]() -> Task<> {
            co_await last.wait();
            group.spawn(append_after(trace, 1s, "late"));
        };
        others.spawn(spawning());
        group.spawn(ending());
        co_await group.join();
        if (group.size() > 0) trace += "too early ";
        co_await others.join();
        co_await group.join();
        EXPECT_EQ(trace, "late ");
    });
}

// A child that cancels its group and then spawns into it: join waits for that one.
TEST(TaskGroups, JoinWaitsForWhatIsSpawnedAfterACancel) {
    std::string trace;
    auto restarting = [&](TaskGroup& group) -> Task<> {
        co_await sleep(1s);
        group.cancel();
        group.spawn(append_after(trace, 1s, "restarted"));
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(restarting(group));
        co_await group.join();
        trace += "joined";
    };
    on_virtual_loop(work);
    EXPECT_EQ(trace, "restarted joined");
}

// The ready queue is fair: who was woken goes on, however often it is woken again.
TEST(TaskGroups, AJoinerThatIsWokenAgainAndAgainGoesOn) {
    auto work = []() -> Task<> {
        bool joined = false;
        int turns = 0;
        TaskGroup group;
        TaskGroup others;
        auto joining = [&]() -> Task<> {
            co_await group.join();
            joined = true;
        };
        auto cancelling = [&]() -> Task<> {
            while (!joined && turns < 1000) {
                ++turns;
                group.cancel();
                co_await sleep(0s);
            }
        };
        group.spawn(nap(1h));
        others.spawn(joining());
        others.spawn(cancelling());
        others.spawn(cancelling());
        co_await others.join();
        EXPECT_LT(turns, 10);
    };
    on_virtual_loop(work);
}

// A group may belong to one of its own children, the last to hold it: its end is the group's.
TEST(TaskGroups, MayBeDestroyedByTheirOwnChild) {
    int alive = 0;
    auto child = [](std::shared_ptr<TaskGroup> own, Alive mark) -> Task<> {
        co_await sleep(1s);
        own.reset();
        static_cast<void>(mark);
        co_await sleep(1s);
        ADD_FAILURE() << "it went on";
    };
    auto work = [&]() -> Task<> {
        auto group = std::make_shared<TaskGroup>();
        group->spawn(hold(Alive(alive)));
        TaskGroup& spawned_in = *group;
        spawned_in.spawn(child(std::move(group), Alive(alive)));
        co_await sleep(5s);
        EXPECT_EQ(alive, 0);
    };
    on_virtual_loop(work);
}

// test_taskgroups, taskgroup_task_name.
TEST(TaskGroups, GiveChildrenTheirNames) {
    std::string names;
    auto child = [&]() -> Task<> {
        names += std::string(current_task()->name()) + " ";
        co_await sleep(1s);
        names += std::string(current_task()->name()) + " ";
    };
    auto work = [&]() -> Task<> {
        TaskGroup group;
        group.spawn(child(), "yolo");
        co_await group.join();
        group.spawn_eagerly(child(), "eager");
        co_await group.join();
        EXPECT_EQ(current_task()->name(), "");
    };
    on_virtual_loop(work);
    EXPECT_EQ(names, "yolo yolo eager eager ");
}

}  // namespace
}  // namespace trawl::behaviour
