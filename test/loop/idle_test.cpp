// A connection between two requests: whether it is quiet, and what has come for it meanwhile.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "loop/io_ends.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/buffer.hpp"
#include "trawl/loop/io.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

class Idle : public IoEnds {
protected:
    // As a pool's connections are: each has received something, so that a backend that feeds them does so.
    static Task<std::vector<Ends>> used_pairs(int count) {
        std::vector<Ends> pairs;
        for (int i = 0; i < count; ++i) {
            pairs.push_back(socket_pair());
            co_await pairs.back().first.send("answer");
            co_await pairs.back().second.receive();
        }
        co_return pairs;
    }
};

INSTANTIATE_TEST_SUITE_P(Kinds, Idle, testing::Values(IoKind::kStream, IoKind::kOther), name_of_kind);

// ---- Whether it is quiet ----

TEST_P(Idle, QuietMeansNothingArrivedAndNothingEnded) {
    auto work = []() -> Task<std::vector<bool>> {
        std::vector<bool> quiet;
        Ends ends = socket_pair();
        co_await sleep(0s);
        quiet.push_back(ends.second.is_quiet());
        co_await ends.first.send("x");
        quiet.push_back(ends.second.is_quiet());
        Ends others = socket_pair();
        others.first.close();
        quiet.push_back(others.second.is_quiet());
        co_return quiet;
    };
    EXPECT_EQ(run(work()), (std::vector<bool>{true, false, false}));
}

// As a connection of a pool is: it has received, nothing waits on it, and the peer says something unasked.
TEST_P(Idle, QuietEndsWhenSomethingComesUnasked) {
    auto work = []() -> Task<std::vector<bool>> {
        std::vector<bool> quiet;
        Ends ends = socket_pair();
        co_await ends.first.send("answer");
        co_await ends.second.receive();
        co_await sleep(1ms);
        quiet.push_back(ends.second.is_quiet());
        co_await ends.first.send("x");
        quiet.push_back(ends.second.is_quiet());
        co_await sleep(1ms);
        quiet.push_back(ends.second.is_quiet());
        Buffer unasked = co_await ends.second.receive();
        quiet.push_back(unasked.view() == "x" && ends.second.is_quiet());
        ends.first.close();
        quiet.push_back(ends.second.is_quiet());
        co_return quiet;
    };
    EXPECT_EQ(run(work()), (std::vector<bool>{true, false, false, true, false}));
}

// What has come for some connection says nothing of the others: each is asked for itself.
TEST_P(Idle, QuietIsEachConnectionsOwn) {
    auto work = []() -> Task<std::vector<bool>> {
        std::vector<bool> quiet;
        std::vector<Ends> pairs = co_await used_pairs(4);
        const auto look = [&] {
            for (const Ends& pair : pairs) quiet.push_back(pair.second.is_quiet());
        };
        co_await pairs[0].first.send("x");
        look();
        pairs[1].first.close();
        look();
        co_await sleep(1ms);
        look();
        co_await pairs[2].first.send("y");
        look();
        co_return quiet;
    };
    const std::vector<bool> expected = {false, true,  true,  true,   // the first has news
                                        false, false, true,  true,   // the second has ended
                                        false, false, true,  true,   // and the loop has taken it in
                                        false, false, false, true};  // the third has news
    EXPECT_EQ(run(work()), expected);
}

// While others begin to receive, more of them than there are buffers.
TEST_P(Idle, QuietHasNothingToDoWithWhatOthersReceive) {
    auto work = []() -> Task<> {
        std::vector<Ends> busy;
        for (int i = 0; i < 300; ++i) busy.push_back(socket_pair());
        const std::vector<Ends> idle = co_await used_pairs(1);
        const std::string page(2 * Buffer::kCapacity, 'x');
        auto send_all = [&]() -> Task<> {
            for (Ends& ends : busy) co_await ends.first.send(page);
        };
        auto receive = [&](Ends& ends) -> Task<> {
            for (std::size_t got = 0; got < page.size();) {
                Buffer piece = co_await ends.second.receive();
                got += piece.size();
                EXPECT_TRUE(idle[0].second.is_quiet());
            }
        };
        auto ask = [&]() -> Task<> {
            EXPECT_TRUE(idle[0].second.is_quiet());
            co_return;
        };
        std::vector<Task<>> tasks;
        tasks.push_back(send_all());
        for (Ends& ends : busy) tasks.push_back(receive(ends));
        tasks.push_back(ask());
        co_await gather(std::move(tasks));
    };
    run(work());
}

// A read that fills its buffer does not say whether there is more.
TEST_P(Idle, QuietAfterBytesThatFillTheirBuffers) {
    auto work = []() -> Task<> {
        std::vector<Ends> pairs = co_await used_pairs(1);
        auto& [peer, ours] = pairs[0];
        for (const std::size_t buffers : {1UL, 2UL}) {
            const std::string answer(buffers * Buffer::kCapacity, 'x');
            co_await peer.send(answer);
            for (std::size_t got = 0; got < answer.size();) {
                Buffer piece = co_await ours.receive();
                got += piece.size();
            }
            EXPECT_TRUE(ours.is_quiet());
            EXPECT_TRUE(ours.is_quiet());
        }
        co_await peer.send("x");
        EXPECT_FALSE(ours.is_quiet());
    };
    run(work());
}

// ---- What has come ----

TEST_P(Idle, BytesThatHaveArrivedCanBeTakenWithoutWaiting) {
    auto work = []() -> Task<> {
        Ends ends = socket_pair();
        co_await ends.first.send("a");
        Buffer first = co_await ends.second.receive();  // from now on, the backend feeds it
        EXPECT_TRUE(ends.second.receive_arrived().empty());
        for (const char* word : {"one", "two", "three", "four"}) {
            co_await ends.first.send(word);
            EXPECT_FALSE(ends.second.is_quiet());
            EXPECT_EQ(ends.second.receive_arrived().view(), word);
            EXPECT_TRUE(ends.second.receive_arrived().empty());
            EXPECT_TRUE(ends.second.is_quiet());
        }
        ends.first.close();
        EXPECT_TRUE(ends.second.receive_arrived().empty());
        Buffer end = co_await ends.second.receive();
        EXPECT_TRUE(end.empty());
        ends.second.close();
        EXPECT_THROW((void)ends.second.receive_arrived(), OsError);
    };
    run(work());
}

// A receive that has its bytes and has not been resumed yet: those behind them are not for anybody else.
TEST_P(Idle, BytesBehindAReceiveThatIsDoneAreLeft) {
    auto work = []() -> Task<> {
        std::vector<Ends> pairs = co_await used_pairs(2);
        const std::string much(2 * Buffer::kCapacity, 'x');
        bool is_done = false;
        auto receive = [&]() -> Task<> {
            Buffer first = co_await pairs[1].second.receive();
            is_done = true;
            EXPECT_EQ(first.size(), Buffer::kCapacity);
            Buffer second = co_await pairs[1].second.receive();
            EXPECT_EQ(second.size(), Buffer::kCapacity);
        };
        auto woken_before = [&]() -> Task<> {
            co_await pairs[0].second.receive();
            EXPECT_FALSE(is_done);
            EXPECT_TRUE(pairs[1].second.receive_arrived().empty());
        };
        auto send = [&]() -> Task<> {
            co_await pairs[0].first.send("first");
            co_await pairs[1].first.send(much);
            pairs[1].first.close();
        };
        co_await gather(woken_before(), receive(), send());
    };
    run(work());
}

// The kernel hands over so many at a time; others' bytes come first here, and are more than there are buffers.
TEST_P(Idle, BytesThatHaveArrivedAreFoundBehindThoseOfManyOthers) {
    auto work = []() -> Task<> {
        std::vector<Ends> pairs = co_await used_pairs(200);
        for (Ends& ends : pairs) co_await ends.first.send("word");
        for (auto ends = pairs.rbegin(); ends != pairs.rend(); ++ends) {
            EXPECT_FALSE(ends->second.is_quiet());
            EXPECT_EQ(ends->second.receive_arrived().view(), "word") << pairs.rend() - ends;
            EXPECT_TRUE(ends->second.is_quiet());
        }
    };
    run(work());
}

}  // namespace
}  // namespace trawl
