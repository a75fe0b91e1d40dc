/// VirtualLoop: a loop for tests. Its time jumps: when every task waits, it is the time of the next timer at once, so
/// that an hour of sleeps and back-offs takes microseconds, and the same program does the same thing every time.
///
///     VirtualLoop loop;
///     loop.run(my_test());                    // sleeps cost nothing
///     EXPECT_EQ(loop.elapsed(), 3s);          // exact to the nanosecond
///
/// With a seed, the order of the tasks that are ready is drawn from it: a thousand seeds are a thousand schedules, and
/// a seed that finds an error finds it again. When nothing is left that could wake anybody, run() throws DeadlockError
/// with a line for every task that waits.
///
/// It has no sockets and no signals (memory streams of net stand in for connections). What to_thread() and
/// run_on_threads() are given runs on the loop's own thread, and so does what is done to files, which are those of the
/// disk (net/file_faults.hpp makes it fail). Slow steps are not watched. Other threads must not post to it.
#pragma once

#include <cstdint>
#include <optional>

#include "trawl/loop/loop.hpp"

namespace trawl {

class VirtualLoop : public Loop {
public:
    /// Runs what is ready first come, first served; or in an order that is drawn from `seed`.
    explicit VirtualLoop(std::optional<std::uint64_t> seed = std::nullopt);

    /// The virtual time that has passed since the loop was made.
    [[nodiscard]] Duration elapsed() const noexcept { return now() - began_; }

private:
    TimePoint began_;
};

}  // namespace trawl
