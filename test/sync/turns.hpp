/// What the tests of sync share: letting others run, and tasks that can be destroyed at any moment.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {

using namespace std::chrono_literals;

/// Lets everything that is ready run, and what becomes ready by that, a few times over.
inline Task<> turns(int count = 4) {
    for (int i = 0; i < count; ++i) co_await sleep(0s);
}

/// A task of its own, from its creation to drop().
class Running {
public:
    explicit Running(Task<> task) : group_(std::in_place) { group_->spawn(std::move(task)); }

    [[nodiscard]] bool ended() const noexcept { return !group_ || group_->size() == 0; }
    /// Destroys the task where it is.
    void drop() noexcept { group_.reset(); }
    /// Waits for its end. Throws its error.
    Task<> join() { co_await group_->join(); }

private:
    std::optional<TaskGroup> group_;
};

/// Runs a test's body on a loop.
template <class Body>
void in_loop(Body body) {
    run(body());
}

}  // namespace trawl
