// Listeners on the kernel's backends.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>
#include <utility>
#include <vector>

#include "loop/connections.hpp"
#include "loop/descriptors.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/dump.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/io.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

// No descriptor can be opened while it lives.
class NoDescriptorsLeft {
public:
    NoDescriptorsLeft() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit none = before_;
        none.rlim_cur = 1;  // poll(2) takes no more descriptors than that, and waiting is to go on
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    NoDescriptorsLeft(const NoDescriptorsLeft&) = delete;
    NoDescriptorsLeft& operator=(const NoDescriptorsLeft&) = delete;
    ~NoDescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

// The errno; 0 for a connection, -1 for none in time.
Task<int> outcome_of_accept(IoHandle& listener) {
    int outcome = 0;
    try {
        const Plain accepted(co_await timeout(5ms, listener.accept()));
    } catch (const OsError& error) {
        outcome = error.code();
    } catch (const TimeoutError&) {
        outcome = -1;
    }
    co_return outcome;
}

// Their descriptors would be missing elsewhere: what nobody has accepted stays with the kernel.
TEST(Accept, TakesNothingThatNobodyAskedFor) {
    auto work = []() -> Task<std::size_t> {
        PlainListener plain;
        std::vector<Plain> clients;
        clients.push_back(plain.client());
        const PlainListener& connects = plain;
        auto more = [](const PlainListener& to, std::vector<Plain>& all) -> Task<> {
            for (int i = 0; i < 300; ++i) all.push_back(to.client());
            co_return;
        };
        IoHandle listener = plain.handle();
        const Plain first(co_await listener.accept());
        co_await more(connects, clients);
        const std::size_t before = open_descriptors();
        for (int i = 0; i < 10; ++i) co_await sleep(1ms);
        co_return open_descriptors() - before;
    };
    EXPECT_EQ(run(work()), 0U);
}

TEST(Accept, GivesEveryoneWhoWaits) {
    auto work = []() -> Task<int> {
        PlainListener plain;
        std::vector<Plain> clients;
        for (int i = 0; i < 200; ++i) clients.push_back(plain.client());
        IoHandle listener = plain.handle();
        int accepted = 0;
        for (; accepted < 200; ++accepted) const Plain one(co_await listener.accept());
        co_return accepted;
    };
    EXPECT_EQ(run(work()), 200);
}

TEST(Accept, AConnectionForADestroyedOneGoesToTheNext) {
    auto work = []() -> Task<int> {
        PlainListener plain;
        const Plain client = plain.client();
        IoHandle listener = plain.handle();
        int outcome = -1;
        for (int i = 0; i < 3; ++i) {
            try {
                const Plain one(co_await timeout(Duration(0), listener.accept()));
                outcome = 0;
            } catch (const TimeoutError&) {
            }
        }
        if (outcome == -1) outcome = co_await outcome_of_accept(listener);
        co_return outcome;
    };
    EXPECT_EQ(run(work()), 0);
}

TEST(Accept, WithoutADescriptorItWaitsUntilSomebodyConnects) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "UBSan needs descriptors of its own to look at an exception";
#endif
    auto work = []() -> Task<> {
        PlainListener plain;
        Plain first = plain.client();
        const PlainListener& connects = plain;
        IoHandle listener = plain.handle();
        const int before = co_await outcome_of_accept(listener);
        EXPECT_EQ(before, 0);
        int without = 0;
        {
            const NoDescriptorsLeft now;
            without = co_await outcome_of_accept(listener);
        }
        EXPECT_EQ(without, -1);
        const Plain second = connects.client();
        {
            const NoDescriptorsLeft now;
            without = co_await outcome_of_accept(listener);
        }
        EXPECT_EQ(without, EMFILE);
        const int after = co_await outcome_of_accept(listener);
        EXPECT_EQ(after, 0);
    };
    run(work());
}

TEST(Accept, IsNamedWithItsAddressAmongTheTasks) {
    auto work = []() -> Task<std::string> {
        PlainListener plain;
        const std::string expected = "accept on 127.0.0.1:" + std::to_string(plain.port());
        IoHandle listener = plain.handle();
        auto accept = [](IoHandle& on) -> Task<std::string> {
            co_await on.accept();
            co_return "";
        };
        auto look = [](IoHandle& on, const std::string& text) -> Task<std::string> {
            co_await sleep(0s);
            std::string tasks = dump_tasks();
            on.close();
            co_return tasks.find(text) == std::string::npos ? tasks : "found";
        };
        std::vector<Task<std::string>> both;
        both.push_back(accept(listener));
        both.push_back(look(listener, expected));
        auto outcomes = co_await gather_outcomes(std::move(both));
        co_return outcomes[1].take();
    };
    EXPECT_EQ(run(work()), "found");
}

}  // namespace
}  // namespace trawl
