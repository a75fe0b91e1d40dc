#include "eyeballs.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "answers.hpp"

namespace trawl::net {
namespace {

using namespace std::chrono_literals;
using Kind = Eyeballs::Step::Kind;

constexpr TimePoint kStart{100h};

std::vector<Destination> at(const std::vector<std::string>& digits) { return found(digits)->addresses; }

// What happens next: an address, or "wait", "wait 50" (milliseconds from the start), "give up".
std::string next(Eyeballs& eyeballs, Duration after = 0ms) {
    const Eyeballs::Step step = eyeballs.next(kStart + after);
    if (step.kind == Kind::kConnect) return step.to.str();
    if (step.kind == Kind::kGiveUp) return "give up";
    if (!step.until) return "wait";
    return "wait " +
           std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(*step.until - kStart).count());
}

// The order in which addresses are tried that all fail.
std::string order(const std::vector<std::string>& digits) {
    Eyeballs eyeballs;
    eyeballs.add(at(digits));
    while (eyeballs.next(kStart).kind == Kind::kConnect) eyeballs.failed();
    EXPECT_EQ(next(eyeballs), "give up");
    return eyeballs.tried();
}

TEST(Eyeballs, TakeFamiliesByTurns) {
    EXPECT_EQ(order({"10.0.0.1"}), "10.0.0.1:0");
    EXPECT_EQ(order({"::1", "::2", "10.0.0.1", "::3"}), "[::1]:0, 10.0.0.1:0, [::2]:0, [::3]:0");
    EXPECT_EQ(order({"10.0.0.1", "10.0.0.2", "::1", "::2", "::3"}),
              "[::1]:0, 10.0.0.1:0, [::2]:0, 10.0.0.2:0, [::3]:0");
    EXPECT_EQ(order({}), "");
}

TEST(Eyeballs, BeginAtOnceWithIPv6AndWithIPv4WhenThereIsNoOther) {
    Eyeballs six;
    six.ask();
    EXPECT_EQ(next(six), "wait");
    six.answered(Family::kIPv6, at({"::1"}), kStart);
    EXPECT_EQ(next(six), "[::1]:0");
    EXPECT_EQ(next(six), "wait");
    Eyeballs four;
    four.ask();
    four.answered(Family::kIPv6, {}, kStart);
    EXPECT_EQ(next(four), "wait");
    four.answered(Family::kIPv4, at({"10.0.0.1"}), kStart);
    EXPECT_EQ(next(four), "10.0.0.1:0");
}

TEST(Eyeballs, GiveIPv6TheResolutionDelay) {
    Eyeballs eyeballs;
    eyeballs.ask();
    eyeballs.answered(Family::kIPv4, at({"10.0.0.1", "10.0.0.2"}), kStart + 10ms);
    EXPECT_EQ(next(eyeballs, 10ms), "wait 60");
    Eyeballs late = eyeballs;
    EXPECT_EQ(next(eyeballs, 60ms), "10.0.0.1:0");
    EXPECT_EQ(next(eyeballs, 60ms), "wait 310");
    eyeballs.answered(Family::kIPv6, at({"::1"}), kStart + 100ms);
    EXPECT_EQ(next(eyeballs, 100ms), "wait 310");
    EXPECT_EQ(next(eyeballs, 310ms), "[::1]:0") << "a late address takes its family's turn";
    EXPECT_EQ(next(eyeballs, 560ms), "10.0.0.2:0");
    late.answered(Family::kIPv6, at({"::1"}), kStart + 30ms);
    EXPECT_EQ(next(late, 30ms), "[::1]:0");
    EXPECT_EQ(next(late, 280ms), "10.0.0.1:0");
}

TEST(Eyeballs, WaitNoLongerWhenIPv6HasNothing) {
    Eyeballs eyeballs;
    eyeballs.ask();
    eyeballs.answered(Family::kIPv4, at({"10.0.0.1"}), kStart);
    EXPECT_EQ(next(eyeballs), "wait 50");
    eyeballs.answered(Family::kIPv6, {}, kStart + 5ms);
    EXPECT_EQ(next(eyeballs, 5ms), "10.0.0.1:0");
}

TEST(Eyeballs, GoOnAtOnceWhenAnAttemptFails) {
    Eyeballs eyeballs;
    eyeballs.ask();
    eyeballs.answered(Family::kIPv6, at({"::1"}), kStart);
    EXPECT_EQ(next(eyeballs), "[::1]:0");
    eyeballs.failed();
    EXPECT_EQ(next(eyeballs, 1ms), "wait") << "IPv4 has not answered";
    eyeballs.answered(Family::kIPv4, at({"10.0.0.1"}), kStart + 2ms);
    EXPECT_EQ(next(eyeballs, 2ms), "10.0.0.1:0");
    EXPECT_EQ(next(eyeballs, 2ms), "wait");
    eyeballs.failed();
    EXPECT_EQ(next(eyeballs, 3ms), "give up");
    EXPECT_EQ(eyeballs.tried(), "[::1]:0, 10.0.0.1:0");
}

TEST(Eyeballs, GiveUpWhenNothingIsFound) {
    Eyeballs eyeballs;
    eyeballs.ask();
    eyeballs.answered(Family::kIPv4, {}, kStart);
    EXPECT_EQ(next(eyeballs), "wait");
    eyeballs.answered(Family::kIPv6, {}, kStart);
    EXPECT_EQ(next(eyeballs), "give up");
    EXPECT_FALSE(eyeballs.has_begun());
}

}  // namespace
}  // namespace trawl::net
