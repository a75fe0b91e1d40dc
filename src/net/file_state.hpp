/// FileState: a File as its loop sees it: the descriptor, the position, and what is at work for it.
///
/// Touched by the loop's thread alone. An operation that is destroyed while its thread works is `left`: the next one
/// waits for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "descriptor.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/lock.hpp"

namespace trawl::net {

class FileState {
public:
    explicit FileState(std::shared_ptr<Descriptor> descriptor) : descriptor_(std::move(descriptor)) {}

    [[nodiscard]] const std::shared_ptr<Descriptor>& descriptor() const noexcept { return descriptor_; }
    /// Held by the read() or write() whose turn it is.
    [[nodiscard]] Lock& turn() noexcept { return turn_; }
    /// Where the next of them begins.
    std::int64_t position = 0;

    /// Waits until nothing that was left is at work. Throws ClosedError.
    Task<> settle(std::string_view operation);
    /// Waits until nothing is at work; no operation begins any more.
    Task<> wind_up();

    /// Told by jobs.
    void began() noexcept { ++at_work_; }
    void left() noexcept { ++left_; }
    void ended(bool was_left) noexcept;

private:
    std::shared_ptr<Descriptor> descriptor_;
    Lock turn_;
    Event changed_;  // set and cleared at once: whoever waits looks again
    std::size_t at_work_ = 0;
    std::size_t left_ = 0;
    bool closed_ = false;
};

}  // namespace trawl::net
