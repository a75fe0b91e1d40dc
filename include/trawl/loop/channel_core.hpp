/// ChannelCore: who waits at a channel and what they were granted; everything about a channel but its items.
///
/// Rules: everything is done under one lock, which is held for a few instructions and never while something waits, so
/// that it costs less than a lock-free queue with as many conditions would; whoever finds it held tries a few times
/// before it sleeps. A receiver that is granted has a claim on one item, a sender that is granted has one slot
/// reserved; item and slot change hands only when it runs, so that one that is destroyed before leaves the channel as
/// it was, and its claim or slot goes to the next. Nobody is resumed here: those of this thread's loop are queued,
/// those of another loop are told of by a letter to it, one for all that are granted meanwhile.
#pragma once

#include <cassert>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/list.hpp"
#include "trawl/coro/schedule.hpp"
#include "trawl/loop/mailbox.hpp"

namespace trawl::loop {

/// A mutex for a few instructions.
class BriefMutex {
public:
    void lock() noexcept;
    void unlock() noexcept { mutex_.unlock(); }

private:
    std::mutex mutex_;
};

/// The place of a waiting awaiter in a list of the channel.
class ChannelLink : public ListNode {};

class ChannelCore : public std::enable_shared_from_this<ChannelCore> {
public:
    class Guard;
    class Waiting;
    class Receiving;
    class Sending;

    ChannelCore(const ChannelCore&) = delete;
    ChannelCore& operator=(const ChannelCore&) = delete;

    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool is_closed() const noexcept;
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    void close() noexcept;

protected:
    /// Throws UsageError when `capacity` is 0.
    explicit ChannelCore(std::size_t capacity);
    ~ChannelCore();

    // With the lock held, which the guard stands for:

    [[nodiscard]] bool can_receive(const Guard&) const noexcept { return size_ > claimed_; }
    /// An item that a receiver was granted is on its way out: it takes no room.
    [[nodiscard]] bool can_send(const Guard&) const noexcept { return size_ - claimed_ + reserved_ < capacity_; }
    [[nodiscard]] bool is_closed(const Guard&) const noexcept { return closed_; }
    /// Closed, and the last item was taken: nobody receives anything any more.
    [[nodiscard]] bool is_drained(const Guard&) const noexcept { return closed_ && size_ == 0; }
    /// Throws ClosedError.
    void refuse_when_closed(const Guard&) const;
    /// An item was added, or taken.
    void added(Guard& guard) noexcept {
        ++size_;
        settle(guard);
    }
    void removed(Guard& guard) noexcept {
        --size_;
        settle(guard);
    }

private:
    class Port;

    void settle(Guard& guard) noexcept;
    void grant(Guard& guard, List<ChannelLink>& waiting) noexcept;
    void wake(Guard& guard, Waiting& waiting) noexcept;
    void wake_all(Guard& guard, List<ChannelLink>& waiting) noexcept;
    [[nodiscard]] Port& port_of_this_loop();

    mutable BriefMutex mutex_;
    const std::size_t capacity_;
    std::size_t size_ = 0;
    std::size_t claimed_ = 0;   // items of receivers that were granted and have not run yet
    std::size_t reserved_ = 0;  // slots of senders that were granted and have not run yet
    bool closed_ = false;
    List<ChannelLink> receivers_;
    List<ChannelLink> senders_;
    std::vector<std::unique_ptr<Port>> ports_;
};

/// Holds the lock. When it has let go of it, the loops that sleep and were posted to are woken.
class ChannelCore::Guard {
public:
    explicit Guard(const ChannelCore& core) noexcept : mutex_(core.mutex_) { mutex_.lock(); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
        mutex_.unlock();
        if (asleep_) asleep_->wake();
    }
    void wake_afterwards(std::shared_ptr<Mailbox> asleep) noexcept {
        if (asleep_) asleep_->wake();  // closing may wake several: all but one under the lock
        asleep_ = std::move(asleep);
    }

private:
    BriefMutex& mutex_;
    std::shared_ptr<Mailbox> asleep_;
};

/// An awaiter of a channel, which must live as long as it. It can be moved until it is awaited.
class ChannelCore::Waiting : public Waiter, private ChannelLink {
protected:
    /// `granted` counts what those of its kind were granted.
    Waiting(ChannelCore& core, List<ChannelLink> ChannelCore::* list, std::size_t ChannelCore::* granted) noexcept
        : core_(&core), list_(list), granted_(granted) {}
    Waiting(const Waiting& other) noexcept
        : Waiter(), ChannelLink(), core_(other.core_), list_(other.list_), granted_(other.granted_) {}
    /// Hands on what it was granted.
    ~Waiting() {
        if (port_ != nullptr) leave();
    }

    /// Waits, from now on, for a grant or for the end. Throws UsageError when no loop runs on this thread.
    void wait(const Guard& guard, std::coroutine_handle<> handle);
    [[nodiscard]] bool has_waited() const noexcept { return port_ != nullptr; }
    [[nodiscard]] bool is_granted(const Guard&) const noexcept { return is_granted_; }
    /// The grant was used.
    void use_grant(const Guard&) noexcept {
        --(core_->*granted_);
        is_granted_ = false;
        port_ = nullptr;
    }
    /// "Channel::receive on a channel of 3/10"
    [[nodiscard]] std::string describe_as(const char* call) const;

    ChannelCore* core_;

private:
    friend class ChannelCore;
    void leave() noexcept;

    List<ChannelLink> ChannelCore::* list_;
    std::size_t ChannelCore::* granted_;
    Schedule* schedule_ = nullptr;
    Port* port_ = nullptr;  // null when it does not wait
    bool is_granted_ = false;
};

class ChannelCore::Receiving : public Waiting {
public:
    explicit Receiving(ChannelCore& core) noexcept : Waiting(core, &ChannelCore::receivers_, &ChannelCore::claimed_) {}
    [[nodiscard]] std::string describe() const override { return describe_as("receive"); }
};

class ChannelCore::Sending : public Waiting {
public:
    explicit Sending(ChannelCore& core) noexcept : Waiting(core, &ChannelCore::senders_, &ChannelCore::reserved_) {}
    [[nodiscard]] std::string describe() const override { return describe_as("send"); }
};

}  // namespace trawl::loop
