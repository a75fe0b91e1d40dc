/// Mailbox: how other threads reach a loop.
///
/// Rules: anybody may post at any time, also while the loop ends: a mailbox lives as long as somebody holds it. Letters
/// of one thread are delivered in the order in which they were posted. Posting takes no lock, and no system call unless
/// the loop sleeps. Letters that are left when the loop ends are dropped, on the loop's thread; later ones on the
/// poster's.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include "trawl/coro/frame.hpp"
#include "trawl/coro/schedule.hpp"

namespace trawl {

class Backend;

namespace loop {

/// A place in a mailbox.
struct LetterLink {
    LetterLink* next = nullptr;
};

/// Something on its way to a loop. It is in nobody's frame: whoever waits for it may be destroyed meanwhile.
class Letter : public LetterLink {
public:
    Letter() = default;
    Letter(const Letter&) = delete;
    Letter& operator=(const Letter&) = delete;

    /// On the loop's thread. It is the mailbox's no more when it is called: it may destroy itself, or be posted again.
    /// What it throws is an error that run() throws at its end.
    virtual void deliver() = 0;
    /// In place of deliver(), when the loop has ended.
    virtual void drop() noexcept = 0;

protected:
    ~Letter() = default;
};

/// A call that is made once and destroyed.
template <class Function>
class PostedCall final : public Letter {
public:
    explicit PostedCall(Function&& call) : call_(std::move(call)) {}
    explicit PostedCall(const Function& call) : call_(call) {}
    // What is made on one thread and destroyed on another, again and again, is what frames' memory is good at.
    static void* operator new(std::size_t size) { return coro::allocate_frame(size); }
    static void* operator new(std::size_t size, std::align_val_t alignment) { return ::operator new(size, alignment); }
    static void operator delete(void* call, std::size_t size) noexcept { coro::free_frame(call, size); }
    static void operator delete(void* call, std::size_t size, std::align_val_t alignment) noexcept {
        ::operator delete(call, size, alignment);
    }
    void deliver() override {
        const std::unique_ptr<PostedCall> self(this);
        call_();
    }
    void drop() noexcept override { delete this; }

private:
    Function call_;
};

/// The letters are a stack that is taken as a whole and turned round. Its head also says whether the loop sleeps, so
/// that a poster and a loop that is about to sleep cannot miss each other: both change the same word.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
public:
    /// `backend` sleeps for the loop; it must live until close().
    explicit Mailbox(Backend& backend) noexcept : backend_(&backend) {}
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;
    ~Mailbox() = default;

    // ---- from any thread ----

    /// Posts `letter`. Gives itself when the loop sleeps: the caller calls wake() on it, soon. For those who hold a
    /// lock meanwhile.
    [[nodiscard]] std::shared_ptr<Mailbox> push(Letter& letter) noexcept;
    /// Posts `letter` and wakes the loop if it sleeps.
    void post(Letter& letter) noexcept {
        if (const auto sleeping = push(letter)) sleeping->wake();
    }
    /// Wakes the loop, if there still is one.
    void wake() noexcept;
    [[nodiscard]] bool is_closed() const noexcept { return head_.load(std::memory_order_acquire) == &kClosed; }

    // ---- from the loop's thread ----

    /// True when there is no letter: from now on, whoever posts wakes the loop.
    [[nodiscard]] bool fall_asleep() noexcept;
    /// Delivers what is there now, but nothing that is posted meanwhile; false when nothing is there. The loop is
    /// awake. Errors go to `schedule`.
    bool deliver(Schedule& schedule) noexcept;
    /// The loop has ended.
    void close() noexcept;

private:
    // In place of a first letter.
    static inline constinit LetterLink kAsleep{};
    static inline constinit LetterLink kClosed{};

    [[nodiscard]] LetterLink* take(LetterLink* left) noexcept;

    std::atomic<LetterLink*> head_ = nullptr;  // null: awake, and no letter
    std::mutex backend_mutex_;                 // a poster wakes the backend, or the loop destroys it
    Backend* backend_;
};

}  // namespace loop

}  // namespace trawl
