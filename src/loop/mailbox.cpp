#include "trawl/loop/mailbox.hpp"

#include "backend.hpp"

namespace trawl::loop {

// Once the letter is in, the loop may take it and end. So whoever finds it asleep has made sure of the mailbox before.
std::shared_ptr<Mailbox> Mailbox::push(Letter& letter) noexcept {
    std::shared_ptr<Mailbox> self;
    LetterLink* head = head_.load(std::memory_order_relaxed);
    do {
        if (head == &kClosed) {
            letter.drop();
            return nullptr;
        }
        const bool asleep = head == &kAsleep;
        if (asleep && !self) self = shared_from_this();
        letter.next = asleep ? nullptr : head;
    } while (!head_.compare_exchange_weak(head, &letter, std::memory_order_release, std::memory_order_relaxed));
    if (head != &kAsleep) return nullptr;
    return self;
}

void Mailbox::wake() noexcept {
    std::scoped_lock lock(backend_mutex_);
    if (backend_ != nullptr) backend_->wake();
}

bool Mailbox::fall_asleep() noexcept {
    LetterLink* head = nullptr;
    return head_.compare_exchange_strong(head, &kAsleep, std::memory_order_relaxed) || head == &kAsleep;
}

// In the order in which they were posted.
LetterLink* Mailbox::take(LetterLink* left) noexcept {
    LetterLink* last = head_.exchange(left, std::memory_order_acquire);
    if (last == &kAsleep || last == &kClosed) return nullptr;
    LetterLink* first = nullptr;
    while (last != nullptr) {
        LetterLink* before = std::exchange(last->next, first);
        first = std::exchange(last, before);
    }
    return first;
}

bool Mailbox::deliver(Schedule& schedule) noexcept {
    if (head_.load(std::memory_order_relaxed) == nullptr) return false;
    LetterLink* next = take(nullptr);
    const bool any = next != nullptr;
    while (next != nullptr) {
        auto& letter = static_cast<Letter&>(*std::exchange(next, next->next));
        try {
            letter.deliver();
        } catch (...) {
            schedule.report_lost_error(std::current_exception());  // the others are delivered all the same
        }
    }
    return any;
}

// What is dropped may post, which drops it at once.
void Mailbox::close() noexcept {
    {
        std::scoped_lock lock(backend_mutex_);
        backend_ = nullptr;
    }
    for (LetterLink* next = take(&kClosed); next != nullptr;)
        static_cast<Letter&>(*std::exchange(next, next->next)).drop();
}

}  // namespace trawl::loop
