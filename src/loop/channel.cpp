#include <algorithm>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/channel_core.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl::loop {

namespace {

// Tells the processor that this thread spins.
void relax() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

}  // namespace

/// Where the waiters of one loop are when they were woken from another thread, until that loop hears of it. It is
/// posted when the first one comes, and keeps the channel alive until it is delivered.
class ChannelCore::Port final : public Letter {
public:
    Port(ChannelCore& core, std::shared_ptr<Mailbox> mailbox) noexcept : core_(core), mailbox_(std::move(mailbox)) {}

    [[nodiscard]] bool is_of(const Mailbox& mailbox) const noexcept { return mailbox_.get() == &mailbox; }
    [[nodiscard]] bool is_over() const noexcept { return !underway_ && mailbox_->is_closed(); }

    void add(Guard& guard, Waiting& waiting) noexcept {
        woken_.push_back(waiting);
        if (underway_) return;
        underway_ = core_.shared_from_this();
        if (auto asleep = mailbox_->push(*this)) guard.wake_afterwards(std::move(asleep));
    }

    void deliver() override {
        std::shared_ptr<ChannelCore> core;  // may be the last to hold it: released when the lock is
        const Guard guard(core_);
        core = std::move(underway_);
        while (!woken_.empty()) {
            auto& waiting = static_cast<Waiting&>(woken_.pop_front());
            waiting.schedule_->wake(waiting);
        }
    }
    // Nobody waits in a loop that has ended.
    void drop() noexcept override {
        std::shared_ptr<ChannelCore> core;
        const Guard guard(core_);
        core = std::move(underway_);
    }

private:
    ChannelCore& core_;
    std::shared_ptr<Mailbox> mailbox_;
    std::shared_ptr<ChannelCore> underway_;
    List<ChannelLink> woken_;
};

// The lock is held for less than it takes to sleep and be woken; tried so often it costs about as much.
void BriefMutex::lock() noexcept {
    constexpr int kTries = 100;
    for (int i = 0; i < kTries; ++i) {
        if (mutex_.try_lock()) return;
        relax();
    }
    mutex_.lock();
}

// ---- ChannelCore ----

ChannelCore::ChannelCore(std::size_t capacity) : capacity_(capacity) {
    if (capacity == 0) throw UsageError("a Channel of capacity 0 could never hold an item: give it at least 1");
}

ChannelCore::~ChannelCore() { assert(claimed_ == 0 && reserved_ == 0 && receivers_.empty() && senders_.empty()); }

std::size_t ChannelCore::size() const noexcept {
    const Guard guard(*this);
    return size_;
}

bool ChannelCore::is_closed() const noexcept {
    const Guard guard(*this);
    return closed_;
}

void ChannelCore::close() noexcept {
    Guard guard(*this);
    closed_ = true;
    settle(guard);
}

void ChannelCore::refuse_when_closed(const Guard& /*guard*/) const {
    if (closed_) throw ClosedError("the channel is closed: nothing can be sent any more");
}

void ChannelCore::settle(Guard& guard) noexcept {
    while (!receivers_.empty() && can_receive(guard)) grant(guard, receivers_);
    while (!senders_.empty() && can_send(guard) && !closed_) grant(guard, senders_);
    if (!closed_) return;
    wake_all(guard, senders_);
    if (size_ == 0) wake_all(guard, receivers_);
}

void ChannelCore::grant(Guard& guard, List<ChannelLink>& list) noexcept {
    auto& waiting = static_cast<Waiting&>(list.pop_front());
    waiting.is_granted_ = true;
    ++(this->*waiting.granted_);
    wake(guard, waiting);
}

void ChannelCore::wake_all(Guard& guard, List<ChannelLink>& list) noexcept {
    while (!list.empty()) wake(guard, static_cast<Waiting&>(list.pop_front()));
}

void ChannelCore::wake(Guard& guard, Waiting& waiting) noexcept {
    if (Schedule::is_running_here() && &Schedule::current() == waiting.schedule_) {
        waiting.schedule_->wake(waiting);
    } else {
        waiting.port_->add(guard, waiting);
    }
}

// Few loops meet in one channel: they are looked through. Those that have ended are forgotten when a new one comes.
ChannelCore::Port& ChannelCore::port_of_this_loop() {
    const auto& mailbox = Loop::current().mailbox();
    for (const auto& port : ports_) {
        if (port->is_of(*mailbox)) return *port;
    }
    std::erase_if(ports_, [](const auto& port) { return port->is_over(); });
    return *ports_.emplace_back(std::make_unique<Port>(*this, mailbox));
}

// ---- Waiting ----

void ChannelCore::Waiting::wait(const Guard& /*guard*/, std::coroutine_handle<> handle) {
    port_ = &core_->port_of_this_loop();
    schedule_ = &Schedule::current();
    suspend(handle);
    (core_->*list_).push_back(*this);
}

void ChannelCore::Waiting::leave() noexcept {
    Guard guard(*core_);
    ChannelLink::unlink();
    if (!is_granted_) return;
    use_grant(guard);
    core_->settle(guard);
}

std::string ChannelCore::Waiting::describe_as(const char* call) const {
    return format("Channel::{} on a channel of {}/{}", call, core_->size(), core_->capacity());
}

}  // namespace trawl::loop
