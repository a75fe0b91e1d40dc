// Programs drawn from seeds: tasks of several loops send to and receive from several channels, and are cancelled at any
// point. Every item is accounted for: what was sent was received once, or is still inside; what was refused or
// cancelled is neither.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/loop/channel.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/threads.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

struct Item {
    unsigned sender = 0;
    unsigned number = 0;
    friend auto operator<=>(const Item&, const Item&) = default;
};

/// What the tasks of one thread did.
struct Account {
    std::vector<Item> sent;
    std::vector<Item> received;
    int out_of_order = 0;

    void add(const Account& other) {
        sent.insert(sent.end(), other.sent.begin(), other.sent.end());
        received.insert(received.end(), other.received.begin(), other.received.end());
        out_of_order += other.out_of_order;
    }
};

struct Setting {
    std::size_t threads = 3;
    unsigned tasks = 4;
    int operations = 30;
    int cancels = 6;
    bool closes = false;
};

using Channels = std::vector<Channel<Item>>;

/// A task: one operation after the other, each on a channel that is drawn, many with a deadline that is drawn.
class Actor {
public:
    Actor(unsigned id, unsigned seed, const Channels& channels, const Setting& setting, Account& account)
        : id_(id), random_(seed), channels_(channels), setting_(setting), account_(account) {}

    Task<> run() {
        for (int i = 0; i < setting_.operations; ++i) co_await step();
    }

private:
    unsigned draw(unsigned below) { return static_cast<unsigned>(random_() % below); }

    Task<> step() {
        const unsigned index = draw(static_cast<unsigned>(channels_.size()));
        const Channel<Item>& channel = channels_[index];
        try {
            switch (draw(setting_.closes ? 41 : 40) / 8) {
                case 0:
                    co_await receive(channel, index);
                    break;
                case 1:
                    co_await send(channel);
                    break;
                case 2:
                    try_either(channel, index);
                    break;
                case 3:
                    co_await timeout(1us * draw(40), receive(channel, index));
                    break;
                case 4:
                    co_await timeout(1us * draw(40), send(channel));
                    break;
                default:
                    channel.close();
                    break;
            }
        } catch (const TimeoutError&) {
        } catch (const ClosedError&) {
        }
    }
    Task<> send(const Channel<Item>& channel) {
        const Item item{id_, ++number_};
        co_await channel.send(item);
        account_.sent.push_back(item);
    }
    Task<> receive(const Channel<Item>& channel, unsigned index) {
        const auto item = co_await channel.receive();
        if (item) note(*item, index);
    }
    void try_either(const Channel<Item>& channel, unsigned index) {
        const Item item{id_, ++number_};
        if (draw(2) == 0) {
            if (const auto got = channel.try_receive()) note(*got, index);
        } else if (channel.try_send(item)) {
            account_.sent.push_back(item);
        }
    }
    // Of one sender and one channel, every receiver sees the items in the order in which they were sent.
    void note(const Item& item, unsigned index) {
        unsigned& last = last_[{index, item.sender}];
        account_.out_of_order += item.number <= last;
        last = item.number;
        account_.received.push_back(item);
    }

    unsigned id_;
    unsigned number_ = 0;
    std::mt19937 random_;
    const Channels& channels_;
    const Setting& setting_;
    Account& account_;
    std::map<std::pair<unsigned, unsigned>, unsigned> last_;
};

/// One thread's: groups of actors that begin together and are cancelled together, whatever they do.
Task<Account> act(std::size_t thread, unsigned seed, const Channels& channels, const Setting& setting) {
    Account account;
    std::mt19937 random(seed + static_cast<unsigned>(thread) * 7919);
    for (int round = 0; round < setting.cancels; ++round) {
        std::vector<std::unique_ptr<Actor>> actors;
        TaskGroup group;
        for (unsigned i = 0; i < setting.tasks; ++i) {
            const auto id = static_cast<unsigned>(thread * 10'000) + static_cast<unsigned>(round) * 100 + i;
            actors.push_back(std::make_unique<Actor>(id, static_cast<unsigned>(random()), channels, setting, account));
            group.spawn(actors.back()->run());
        }
        for (auto turns = random() % 8; turns > 0; --turns) co_await sleep(0s);
        const Duration until_cancelled = 1us * static_cast<int>(random() % 300);
        try {
            co_await timeout(until_cancelled, group.join());
        } catch (const TimeoutError&) {
        }
    }
    co_return account;
}

Task<Account> play(unsigned seed, const Channels& channels, const Setting& setting) {
    auto on_thread = [&](std::size_t thread) { return act(thread, seed, channels, setting); };
    Account all;
    const std::vector<Account> accounts = co_await run_on_threads(setting.threads, on_thread);
    for (const Account& account : accounts) all.add(account);
    co_return all;
}

Channels channels_of(unsigned seed) {
    Channels channels;
    for (unsigned i = 0; i < 1 + seed % 3; ++i) channels.emplace_back(1 + (seed / 3 + i) % 3);
    return channels;
}

/// Runs the program of a seed and says what does not add up; empty when all does.
template <class Run>
std::string findings(unsigned seed, const Setting& setting, Run&& run_it, Account& all) {
    const Channels channels = channels_of(seed);
    all = run_it(play(seed, channels, setting));
    std::vector<Item> sent = all.sent;
    std::vector<Item> found = all.received;
    for (const auto& channel : channels) {
        while (const auto left = channel.try_receive()) found.push_back(*left);
        if (channel.size() != 0) return "an item is claimed by nobody";
    }
    std::ranges::sort(sent);
    std::ranges::sort(found);
    if (sent != found)
        return std::to_string(sent.size()) + " sent, " + std::to_string(found.size()) + " received or inside";
    return all.out_of_order == 0 ? "" : "out of order";
}

TEST(ChannelStress, EveryItemIsAccountedForBetweenThreads) {
    std::size_t received = 0;
    for (unsigned seed = 1; seed <= 40; ++seed) {
        Account all;
        const Setting setting{.threads = 2 + seed % 3, .closes = seed % 4 == 0};
        EXPECT_EQ(findings(
                      seed, setting, [](Task<Account> task) { return run(std::move(task)); }, all),
                  "")
            << "seed " << seed;
        received += all.received.size();
    }
    EXPECT_GT(received, 100);
}

TEST(ChannelStress, EveryItemIsAccountedForOnAVirtualLoop) {
    std::size_t received = 0;
    for (unsigned seed = 1; seed <= 100; ++seed) {
        Account all;
        const Setting setting{.threads = 2, .closes = seed % 4 == 0};
        auto run_virtually = [seed](Task<Account> task) { return VirtualLoop(seed).run(std::move(task)); };
        EXPECT_EQ(findings(seed, setting, run_virtually, all), "") << "seed " << seed;
        received += all.received.size();
    }
    EXPECT_GT(received, 500);
}

TEST(ChannelStress, OnAVirtualLoopTheSameSeedDoesTheSame) {
    const Setting setting;
    for (unsigned seed = 1; seed <= 10; ++seed) {
        auto run_virtually = [seed](Task<Account> task) { return VirtualLoop(seed).run(std::move(task)); };
        Account first;
        Account second;
        EXPECT_EQ(findings(seed, setting, run_virtually, first), "");
        EXPECT_EQ(findings(seed, setting, run_virtually, second), "");
        EXPECT_EQ(first.sent, second.sent) << "seed " << seed;
        EXPECT_EQ(first.received, second.received) << "seed " << seed;
    }
}

}  // namespace
}  // namespace trawl
