#include "trawl/loop/virtual_loop.hpp"

#include <unistd.h>

#include "backend.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/dump.hpp"

namespace trawl {
namespace {

// Any time will do that leaves room on both sides; a round one is easy to recognise.
constexpr TimePoint kBeginning{std::chrono::hours(1000)};

class VirtualBackend final : public Backend {
public:
    [[nodiscard]] TimePoint now() const noexcept override { return now_; }

    [[nodiscard]] std::string_view name() const noexcept override { return "virtual"; }

    [[noreturn]] loop::IoRecord& open(int fd, IoKind /*kind*/) override {
        ::close(fd);
        throw UsageError("a VirtualLoop has no descriptors: give the code under test a memory stream instead");
    }

    // Whoever posts does so from the loop's own thread, while it does not wait.
    void wake() noexcept override { posted_ = true; }

    void wait(std::optional<TimePoint> deadline, TimePoint /*now*/, Schedule& /*schedule*/) override {
        if (std::exchange(posted_, false)) return;
        if (!deadline) {
            throw DeadlockError(
                format("deadlock: every task waits, and nothing is left that could wake one\n{}", dump_tasks()));
        }
        now_ = std::max(now_, *deadline);
    }

private:
    TimePoint now_ = kBeginning;
    bool posted_ = false;
};

}  // namespace

VirtualLoop::VirtualLoop(std::optional<std::uint64_t> seed)
    : Loop(std::make_unique<VirtualBackend>(), 0), began_(now()) {
    threads_are_virtual_ = true;
    if (seed) schedule().shuffle(*seed);
}

}  // namespace trawl
