// Boost.Asio's line in bench/tasks: the same cases as trawl_tasks.cpp, on one io_context without locks.
//
// Usage: bench_asio <case> <n> <size>. Where Asio has several idioms, `<case>:<idiom>` chooses one. Executors are named
// by their type instead of any_io_executor, and the context is told that one thread uses it: both are faster.
#include <boost/asio.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/version.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <utility>
#include <vector>

#include "measured.hpp"

namespace {

namespace asio = boost::asio;
using bench::Work;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
template <class T>
using Awaitable = asio::awaitable<T, Executor>;
template <class... Ts>
using Channel =
    asio::experimental::basic_channel<Executor, asio::experimental::channel_traits<>, void(error_code, Ts...)>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr asio::use_awaitable_t<Executor> use_awaitable;

/// Tells the coroutine that waits for `pending` others when the last of them has ended.
class Countdown {
public:
    Countdown(Executor executor, std::uint64_t pending) : done_(executor, 1), pending_(pending) {}
    void one_ended() {
        if (--pending_ == 0) done_.try_send(error_code());
    }
    auto wait() { return done_.async_receive(use_awaitable); }

private:
    Channel<> done_;
    std::uint64_t pending_;
};

void rethrow(const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
}

template <class Token>
Awaitable<void> produce(Channel<int>& channel, std::uint64_t n, Token token) {
    for (std::uint64_t i = 0; i < n; ++i) co_await channel.async_send(error_code(), static_cast<int>(i), token);
}

template <class Token>
Awaitable<void> consume(Channel<int>& channel, std::uint64_t n, std::uint64_t& sum, Token token) {
    for (std::uint64_t i = 0; i < n; ++i) {
        const int item = co_await channel.async_receive(token);
        sum += static_cast<std::uint64_t>(item);
    }
}

// Suspends only when the channel is full or empty, as the other libraries do by themselves.
Awaitable<void> produce_trying(Channel<int>& channel, std::uint64_t n) {
    for (std::uint64_t i = 0; i < n; ++i) {
        const int item = static_cast<int>(i);
        if (!channel.try_send(error_code(), item)) co_await channel.async_send(error_code(), item, asio::deferred);
    }
}

Awaitable<void> consume_trying(Channel<int>& channel, std::uint64_t n, std::uint64_t& sum) {
    for (std::uint64_t i = 0; i < n; ++i) {
        int item = 0;
        const bool received = channel.try_receive([&item](error_code, int value) { item = value; });
        if (!received) item = co_await channel.async_receive(asio::deferred);
        sum += static_cast<std::uint64_t>(item);
    }
}

Awaitable<void> hand_over_trying(Executor executor, Work work, std::uint64_t& sum) {
    Channel<int> channel(executor, work.size);
    Countdown both(executor, 2);
    const auto ended = [&both](const std::exception_ptr& error) {
        rethrow(error);
        both.one_ended();
    };
    asio::co_spawn(executor, produce_trying(channel, work.n), ended);
    asio::co_spawn(executor, consume_trying(channel, work.n, sum), ended);
    co_await both.wait();
}

template <class Token>
Awaitable<void> hand_over(Executor executor, Work work, std::uint64_t& sum, Token token) {
    Channel<int> channel(executor, work.size);
    Countdown both(executor, 2);
    const auto ended = [&both](const std::exception_ptr& error) {
        rethrow(error);
        both.one_ended();
    };
    asio::co_spawn(executor, produce(channel, work.n, token), ended);
    asio::co_spawn(executor, consume(channel, work.n, sum, token), ended);
    co_await both.wait();
}

Awaitable<void> end_at_once(std::uint64_t& ended) {
    ++ended;
    co_return;
}

Awaitable<void> spawn_and_join(Executor executor, Work work, std::uint64_t& ended) {
    for (std::uint64_t done = 0; done < work.n; done += work.size) {
        Countdown all(executor, work.size);
        const auto one_ended = [&all](const std::exception_ptr& error) {
            rethrow(error);
            all.one_ended();
        };
        for (std::uint64_t i = 0; i < work.size; ++i) asio::co_spawn(executor, end_at_once(ended), one_ended);
        co_await all.wait();
    }
}

Awaitable<int> number(std::uint64_t i) { co_return static_cast<int>(i); }

std::uint64_t in_place(const std::vector<int>& results) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < results.size(); ++i) count += results[i] == static_cast<int>(i);
    return count;
}

Awaitable<void> gather_counted(Executor executor, Work work, std::uint64_t& placed) {
    for (std::uint64_t done = 0; done < work.n; done += work.size) {
        Countdown all(executor, work.size);
        std::vector<int> results(work.size, -1);
        for (std::uint64_t i = 0; i < work.size; ++i) {
            const auto keep = [&all, &results, i](const std::exception_ptr& error, int result) {
                rethrow(error);
                results[i] = result;
                all.one_ended();
            };
            asio::co_spawn(executor, number(i), keep);
        }
        co_await all.wait();
        placed += in_place(results);
    }
}

Awaitable<void> gather_parallel_group(Executor executor, Work work, std::uint64_t& placed) {
    using Spawned = decltype(asio::co_spawn(executor, number(0), asio::deferred));
    for (std::uint64_t done = 0; done < work.n; done += work.size) {
        std::vector<Spawned> tasks;
        tasks.reserve(work.size);
        for (std::uint64_t i = 0; i < work.size; ++i)
            tasks.push_back(asio::co_spawn(executor, number(i), asio::deferred));
        auto group = asio::experimental::make_parallel_group(std::move(tasks));
        auto ended = co_await group.async_wait(asio::experimental::wait_for_all(), use_awaitable);
        for (const std::exception_ptr& error : std::get<1>(ended)) rethrow(error);
        placed += in_place(std::get<2>(ended));
    }
}

Awaitable<void> sleep_for(Executor executor, std::chrono::milliseconds duration, std::uint64_t& woken) {
    Timer timer(executor, duration);
    co_await timer.async_wait(use_awaitable);
    ++woken;
}

Awaitable<void> sleep_all(Executor executor, Work work, std::uint64_t& woken) {
    Countdown all(executor, work.n);
    const auto ended = [&all](const std::exception_ptr& error) {
        rethrow(error);
        all.one_ended();
    };
    const std::chrono::milliseconds duration(work.size);
    for (std::uint64_t i = 0; i < work.n; ++i) asio::co_spawn(executor, sleep_for(executor, duration, woken), ended);
    co_await all.wait();
}

Awaitable<void> task_of(Executor executor, Work work, std::uint64_t& sum) {
    if (work.name == "switch") return hand_over(executor, work, sum, use_awaitable);
    if (work.name == "switch:deferred") return hand_over(executor, work, sum, asio::deferred);
    if (work.name == "switch:trying") return hand_over_trying(executor, work, sum);
    if (work.name == "spawn") return spawn_and_join(executor, work, sum);
    if (work.name == "gather") return gather_counted(executor, work, sum);
    if (work.name == "gather:parallel-group") return gather_parallel_group(executor, work, sum);
    if (work.name == "asleep") return sleep_all(executor, work, sum);
    std::fprintf(stderr, "no case %s\n", work.name.data());
    std::exit(2);
}

}  // namespace

int main(int argc, char** argv) {
    const Work work = bench::work_of(argc, argv);
    asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE);
    std::uint64_t sum = 0;
    const bench::Measured measured;
    asio::co_spawn(context, task_of(context.get_executor(), work, sum), rethrow);
    context.run();
    measured.print(work, sum);
}
