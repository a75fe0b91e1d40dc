#include "host_search.hpp"

#include <gtest/gtest.h>

#include <string>

#include "answers.hpp"

namespace trawl::net {
namespace {

using Reason = ResolveError::Reason;

NameAnswerPtr nothing() { return without(Reason::kNoAddress); }
NameAnswerPtr unknown() { return without(Reason::kNoSuchHost); }
NameAnswerPtr failure() { return without(Reason::kServerFailed); }
NameAnswerPtr silence() { return without(Reason::kNoAnswer); }

HostSearch after(std::vector<std::string> names, NameAnswerPtr ipv6, NameAnswerPtr ipv4) {
    HostSearch search(std::move(names));
    search.answered(Family::kIPv4, std::move(ipv4));
    EXPECT_FALSE(search.is_over());
    EXPECT_FALSE(search.go_on());
    search.answered(Family::kIPv6, std::move(ipv6));
    return search;
}

std::string addresses_of(const NameAnswer& answer) {
    std::string text;
    for (const Destination& one : answer.addresses) text += one.address.str() + " ";
    return text;
}

TEST(HostSearch, TakesTheAddressesOfBothFamiliesInOrder) {
    const HostSearch search = after({"a."}, found({"::1", "::2"}), found({"10.0.0.1"}));
    EXPECT_TRUE(search.is_over());
    EXPECT_EQ(addresses_of(search.outcome()), "[::1]:0 [::2]:0 10.0.0.1:0 ");
}

TEST(HostSearch, TakesOneFamilyWhateverTheOtherIs) {
    for (const NameAnswerPtr& other : {nothing(), unknown(), failure(), silence()}) {
        EXPECT_EQ(addresses_of(after({"a."}, other, found({"10.0.0.1"})).outcome()), "10.0.0.1:0 ");
        EXPECT_EQ(addresses_of(after({"a."}, found({"::1"}), other).outcome()), "[::1]:0 ");
    }
}

TEST(HostSearch, SaysWhyThereIsNoAddress) {
    struct Case {
        NameAnswerPtr ipv6, ipv4;
        Reason reason;
    };
    const Case cases[] = {
        {unknown(), unknown(), Reason::kNoSuchHost},   {nothing(), nothing(), Reason::kNoAddress},
        {unknown(), nothing(), Reason::kNoAddress},    {nothing(), unknown(), Reason::kNoAddress},
        {silence(), unknown(), Reason::kNoSuchHost},   {failure(), unknown(), Reason::kNoSuchHost},
        {unknown(), silence(), Reason::kNoAnswer},     {unknown(), failure(), Reason::kServerFailed},
        {nothing(), failure(), Reason::kServerFailed}, {failure(), nothing(), Reason::kServerFailed},
        {silence(), silence(), Reason::kNoAnswer},
    };
    for (const Case& c : cases) {
        const NameAnswer outcome = after({"a."}, c.ipv6, c.ipv4).outcome();
        EXPECT_EQ(outcome.reason, c.reason) << int(c.ipv6->reason) << " and " << int(c.ipv4->reason);
        EXPECT_TRUE(outcome.addresses.empty());
        EXPECT_FALSE(outcome.why.empty());
    }
}

TEST(HostSearch, GoesOnToTheNextNameOnlyWhenServersSayThatThereIsNone) {
    HostSearch absent = after({"a.b.", "a."}, unknown(), nothing());
    EXPECT_TRUE(absent.go_on());
    EXPECT_EQ(absent.name(), "a.");
    EXPECT_FALSE(absent.is_over());
    EXPECT_FALSE(after({"a.b.", "a."}, failure(), nothing()).go_on());
    EXPECT_FALSE(after({"a.b.", "a."}, nothing(), silence()).go_on());
    EXPECT_FALSE(after({"a.b.", "a."}, nothing(), found({"10.0.0.1"})).go_on()) << "names are not mixed";
}

TEST(HostSearch, RemembersThatAnEarlierNameIsThere) {
    HostSearch search = after({"a.b.", "a."}, nothing(), nothing());
    EXPECT_TRUE(search.go_on());
    search.answered(Family::kIPv6, unknown());
    search.answered(Family::kIPv4, unknown());
    EXPECT_FALSE(search.go_on());
    EXPECT_EQ(search.outcome().reason, Reason::kNoAddress);
}

TEST(HostSearch, FallsBackOnWhatIsKnownOtherwise) {
    HostSearch search({"a."}, found({"10.0.0.9"}));
    search.answered(Family::kIPv6, nothing());
    search.answered(Family::kIPv4, unknown());
    EXPECT_EQ(addresses_of(search.outcome()), "10.0.0.9:0 ");
}

}  // namespace
}  // namespace trawl::net
