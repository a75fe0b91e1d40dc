/// FileFaults: makes system calls on files fail, for tests: a full disk, a short write, a signal at the wrong time.
///
///     FileFaults faults;
///     faults.fail("fsync", EIO).after(2);            // the third fsync fails
///     faults.shorten("pwrite", 3);                   // every pwrite writes at most 3 bytes
///     faults.fail("pread", EINTR).times(5);
///     ... run the code under test, then look at faults.calls()
///
/// It is in force, while it exists, for what this thread's loop begins; a File keeps the faults under which it was
/// opened. A call that is told to fail is not made, except close, which closes and then fails. The innermost of several
/// FileFaults is the one in force.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trawl {

namespace net {
class FaultPlan;
class FileCalls;
}  // namespace net

class FileFaults {
public:
    FileFaults();
    FileFaults(const FileFaults&) = delete;
    FileFaults& operator=(const FileFaults&) = delete;
    ~FileFaults();

    /// Which calls a fault is for, adjusted after it was made.
    class Rule {
    public:
        /// The first `count` calls go well.
        Rule& after(std::size_t count);
        /// So many calls are met. fail() meets one unless told, shorten() and before() all.
        Rule& times(std::size_t count);
        Rule& always();
        /// Only calls whose path has `part` in it count.
        Rule& on(std::string part);

    private:
        friend class FileFaults;
        Rule(net::FaultPlan& plan, std::size_t index) noexcept : plan_(&plan), index_(index) {}
        net::FaultPlan* plan_;
        std::size_t index_;
    };

    /// `call` fails with `error`, an errno. Calls: open, close, fstat, stat, lstat, read, pread, write, pwrite, fsync,
    /// fdatasync, ftruncate, fchmod, rename, unlink, rmdir, mkdir, getdents. Throws UsageError for any other.
    Rule fail(std::string_view call, int error);
    /// `call` (read, pread, write, pwrite) moves at most `size` bytes, at least 1.
    Rule shorten(std::string_view call, std::size_t size);
    /// `hook` is called right before `call`, on the thread that is about to make it.
    Rule before(std::string_view call, std::function<void()> hook);
    /// Reads and writes are interrupted (EINTR) and shortened at random, in an order drawn from `seed`.
    void disturb(std::uint64_t seed);
    /// Directories do not tell the types of their entries, as on some file systems.
    void hide_types();

    /// The calls that were made so far, in their order: "open out/a", "pwrite out/a", "rename out/a out/b".
    [[nodiscard]] std::vector<std::string> calls() const;

private:
    friend class net::FileCalls;
    std::shared_ptr<net::FaultPlan> plan_;
    FileFaults* outer_;
};

}  // namespace trawl
