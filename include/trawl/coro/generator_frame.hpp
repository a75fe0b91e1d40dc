/// The chain behind a generator: its own coroutine, the one that it delegates to, and so on to the innermost.
///
/// Rules: the outermost (the root) owns the chain and remembers the innermost, which it resumes directly, so that an
/// item costs the same at any depth. Coroutines never resume each other: each goes back to the root's loop, which
/// therefore takes the same stack at any depth and needs no tail calls. Frames are destroyed one by one, innermost
/// first.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <utility>

#include "trawl/coro/frame.hpp"

namespace trawl::coro {

enum class GeneratorState : unsigned char {
    created,    // suspended before its first line
    suspended,  // at a co_yield
    running,    // it, or what it delegates to
    abandoned,  // running, and to be destroyed when it suspends: its owner is gone
    returned,
    failed,  // ended by an error
};

/// One coroutine of a chain. The states other than `created` are kept by the root alone.
class GeneratorFrame {
public:
    GeneratorFrame() = default;
    GeneratorFrame(const GeneratorFrame&) = delete;
    GeneratorFrame& operator=(const GeneratorFrame&) = delete;

    static void* operator new(std::size_t size) { return allocate_frame(size); }
    static void operator delete(void* frame, std::size_t size) noexcept { free_frame(frame, size); }

    /// The coroutine. Requires: this is the first base of its promise, and no more aligned than that; a
    /// pointer that was stored instead would be one load more per item.
    [[nodiscard]] std::coroutine_handle<> handle() noexcept {
        return std::coroutine_handle<GeneratorFrame>::from_promise(*this);
    }
    [[nodiscard]] GeneratorState state() const noexcept { return state_; }
    /// The coroutine that is at a co_yield. Requires: this is a root that is suspended.
    [[nodiscard]] GeneratorFrame& innermost() const noexcept { return *innermost_; }

    /// Runs the chain to its next co_yield; false when it ended instead. Throws the error that ended it.
    /// Requires: created or suspended. After false or an error the frame may be gone.
    bool resume() {
        state_ = GeneratorState::running;
        GeneratorFrame* frame = innermost_;
        frame->handle().resume();
        if (frame->innermost_ != frame) [[unlikely]] {
            return go_on(frame);
        }
        state_ = GeneratorState::suspended;
        return true;
    }

    /// Destroys the chain of this root, innermost first; one that runs is destroyed when it suspends. Never null.
    static void destroy(GeneratorFrame* root) noexcept;

    /// Destroys this frame alone, which has ended.
    void destroy_ended() noexcept { handle().destroy(); }

    /// What is thrown at the co_yield that the frame is resumed from, or what it ended with.
    void set_error(std::exception_ptr error) noexcept { error_ = std::move(error); }
    void throw_error() {
        if (error_) rethrow();
    }

    /// Makes `root` the rest of the chain of this frame, which is suspended and stays so until `root` has ended.
    void delegate_to(GeneratorFrame& root) noexcept {
        root.delegator_ = this;
        innermost_ = root.innermost_;
    }
    void delegation_ended() noexcept { innermost_ = this; }

    /// At the end: the loop goes on with whoever delegated to this frame.
    struct FinalAwaiter {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> handle) const noexcept {
            GeneratorFrame& frame = handle.promise();
            frame.innermost_ = frame.delegator_;
        }
        void await_resume() const noexcept {}
    };

private:
    // `frame` has suspended, but not at a co_yield: it delegates, or has ended; the loop goes on. Or the root was
    // abandoned.
    bool go_on(GeneratorFrame* frame);
    bool stop(GeneratorFrame* frame);
    static void destroy_from(GeneratorFrame* frame) noexcept;
    [[noreturn]] void rethrow();

    // Of a root: the innermost. Of the innermost, when it has suspended: itself at a co_yield, else where the loop goes
    // on; null at the end of a root, and while one that was abandoned runs.
    GeneratorFrame* innermost_ = this;
    GeneratorFrame* delegator_ = nullptr;
    std::exception_ptr error_;
    GeneratorState state_ = GeneratorState::created;
};

// Out of line: messages, and paths that are not taken per item.
[[noreturn]] void refuse_moved_from();
[[noreturn]] void refuse_running(const char* what);
[[noreturn]] void refuse_first_value();
[[noreturn]] void refuse_nothing();
[[noreturn]] void refuse_second_yield();
[[noreturn]] void refuse_value_for_range();
[[noreturn]] void refuse_null_error();
[[noreturn]] void refuse_return_value(const GeneratorFrame* frame);

}  // namespace trawl::coro
