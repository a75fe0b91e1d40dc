#include "attempt.hpp"
#include "operations.hpp"

namespace trawl::schedules {
namespace {

constexpr std::size_t kItems = 3;
constexpr std::size_t kPriorities = 3;

template <class Q>
Task<bool> put_item(Run& run, Shelf<Q>& shelf) {
    Alive alive(run);
    Token token(run, run.below(kPriorities));
    const std::uint64_t id = token.id();
    const std::size_t priority = token.priority();
    token.belongs_to(shelf.items.kept());
    if (run.one_in(4)) {
        const bool put = shelf.queue.try_put(std::move(token));
        if (put) {
            shelf.items.put(id, priority);
            ++shelf.unfinished;
        }
        co_return put;
    }
    Line::Stay stay(shelf.putters);
    const auto put = co_await attempt(run, [&] { return shelf.queue.put(std::move(token)); });
    if (!put) co_return false;
    stay.served();
    shelf.items.put(id, priority);
    ++shelf.unfinished;
    run.note("put", id);
    co_return true;
}

template <class Q>
Task<> put_into(Crew& crew, Shelf<Q>& shelf) {
    try {
        for (std::size_t count = 1 + crew.run.below(kItems); count > 0; --count) co_await put_item(crew.run, shelf);
    } catch (const QueueShutDown&) {
        crew.run.require(shelf.queue.is_shut_down(), "only a queue that is shut down says so");
    }
}

template <class Q>
Task<std::optional<Token>> get_item(Run& run, Shelf<Q>& shelf) {
    Alive alive(run);
    if (run.one_in(4)) {
        std::optional<Token> token = shelf.queue.try_get();
        if (token) shelf.items.got(token->id());
        co_return token;
    }
    Line::Stay stay(shelf.getters);
    std::optional<Token> token = co_await attempt(run, [&] { return shelf.queue.get(); });
    if (token) {
        stay.served();
        shelf.items.got(token->id());
        run.note("got", token->id());
    }
    co_return token;
}

template <class Q>
Task<> get_from(Crew& crew, std::size_t depth, Shelf<Q>& shelf) {
    Run& run = crew.run;
    try {
        for (std::size_t count = 1 + run.below(kItems); count > 0; --count) {
            const auto token = co_await get_item(run, shelf);
            if (!token) continue;
            if (run.one_in(3)) co_await linger(crew, depth);
            if (shelf.unfinished == 0) continue;  // the rescue has said so for everyone
            --shelf.unfinished;
            shelf.queue.task_done();
        }
    } catch (const QueueShutDown&) {
        run.require(shelf.queue.is_shut_down(), "only a queue that is shut down says so");
    }
}

template <class Q>
Task<> join_shelf(Run& run, Shelf<Q>& shelf) {
    Line::Stay stay(shelf.joiners);
    const auto joined = co_await attempt(run, [&] { return shelf.queue.join(); });
    if (joined) run.note("queue joined");
}

/// Now and then a queue is shut down before the end.
template <class Q>
void perhaps_close(Run& run, Shelf<Q>& shelf) {
    if (!run.one_in(24)) return;
    run.note("shuts a queue down");
    shelf.close(run);
}

}  // namespace

Task<> put_items(Crew& crew, std::size_t /*depth*/) {
    Alive alive(crew.run);
    switch (crew.run.below(5)) {
        case 0:
            co_await put_into(crew, crew.room.lifo);
            break;
        case 1:
            co_await put_into(crew, crew.room.sorted);
            break;
        default:
            co_await put_into(crew, crew.room.fifo);
            break;
    }
}

Task<> get_items(Crew& crew, std::size_t depth) {
    Alive alive(crew.run);
    switch (crew.run.below(5)) {
        case 0:
            co_await get_from(crew, depth, crew.room.lifo);
            break;
        case 1:
            co_await get_from(crew, depth, crew.room.sorted);
            break;
        default:
            co_await get_from(crew, depth, crew.room.fifo);
            break;
    }
}

Task<> join_queue(Crew& crew, std::size_t /*depth*/) {
    Alive alive(crew.run);
    perhaps_close(crew.run, crew.room.lifo);
    perhaps_close(crew.run, crew.room.fifo);
    co_await join_shelf(crew.run, crew.room.fifo);
}

}  // namespace trawl::schedules
