/// PageRoom: the memory of a page that is asked for: a guess first, and more where more comes.
///
/// Rules: the guess is looked at again when the request is to be sent, since it may have waited for long, and pages may
/// have turned out larger meanwhile. A body that turns out larger than the guess goes on where there is room for it.
/// Where there is none its request is given up, and sent again when there is: a page that waited half received would
/// keep its place at the source from those that the reader waits for. The page that the reader waits for is urgent, and
/// never refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "fetched_page.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/byte_budget.hpp"
#include "trawl/fetch/stream_order.hpp"

namespace trawl::fetch {

/// The memory that a stream shares with those beside it. It is among them while it lives.
class StreamMemory {
public:
    /// Both must outlive it.
    StreamMemory(ByteBudget& budget, StreamOrder& order) : budget_(budget), order_(order), number_(order.join()) {}
    StreamMemory(const StreamMemory&) = delete;
    StreamMemory& operator=(const StreamMemory&) = delete;
    ~StreamMemory() { leave(); }

    /// It asks for nothing more: another one is the oldest now. May be called twice.
    void leave() noexcept {
        order_.leave(number_);
        budget_.look_again();
    }
    [[nodiscard]] bool is_oldest() const noexcept { return order_.is_oldest(number_); }
    [[nodiscard]] ByteBudget& budget() const noexcept { return budget_; }
    [[nodiscard]] StreamOrder& order() const noexcept { return order_; }

private:
    ByteBudget& budget_;
    StreamOrder& order_;
    std::uint64_t number_;
};

class PageRoom {
public:
    /// Asked while it waits, and as a body grows.
    using IsUrgent = std::function<bool()>;

    /// Waits until there is room for a page as large as the largest so far. `memory` must outlive it.
    static Task<PageRoom> wait_for(const StreamMemory& memory, IsUrgent is_urgent) {
        ByteBudget::Hold hold = co_await memory.budget().acquire(guess(memory), is_urgent);
        co_return PageRoom(memory, std::move(is_urgent), std::move(hold));
    }
    /// The same at once: for what others wait for.
    static PageRoom at_once(const StreamMemory& memory) {
        return PageRoom(memory, [] { return true; }, memory.budget().take(guess(memory)));
    }

    /// A body of so many bytes is coming: whether there is room for it now.
    [[nodiscard]] bool has_room(std::size_t body) {
        if (PageRows::overhead + body <= hold_.bytes()) return true;
        memory_->order().expect(body);
        if (!is_urgent_()) return hold_.resize_if_it_fits(of_body(body));
        hold_.resize(of_body(body));
        return true;
    }
    /// The same for a page as large as the largest so far, which may be larger than when the room was taken.
    [[nodiscard]] bool has_room_now() { return has_room(memory_->order().page_bytes()); }
    /// Gives back what it has, and waits until there is room for such a page. Requires: it holds no pass of a gate,
    /// since those who hold memory wait for one.
    Task<> wait() {
        hold_.resize(0);
        ByteBudget::Hold hold = co_await memory_->budget().acquire(guess(*memory_), is_urgent_);
        hold_ = std::move(hold);
    }
    /// The page has come, with a body of so many bytes.
    [[nodiscard]] ByteBudget::Hold take(std::size_t body) && {
        memory_->order().learn(body);
        return std::move(hold_);
    }

private:
    // In memory a page is its body, the records cut from it and an outline, each about as large as the body.
    static constexpr std::size_t kPerByte = 3;
    static std::size_t of_body(std::size_t bytes) noexcept { return PageRows::overhead + kPerByte * bytes; }

    static std::size_t guess(const StreamMemory& memory) noexcept { return of_body(memory.order().page_bytes()); }

    PageRoom(const StreamMemory& memory, IsUrgent is_urgent, ByteBudget::Hold hold)
        : memory_(&memory), is_urgent_(std::move(is_urgent)), hold_(std::move(hold)) {}

    const StreamMemory* memory_;
    IsUrgent is_urgent_;
    ByteBudget::Hold hold_;
};

}  // namespace trawl::fetch
