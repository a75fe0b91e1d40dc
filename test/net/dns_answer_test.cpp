#include "dns_answer.hpp"

#include <gtest/gtest.h>

#include <string>

#include "dns_server.hpp"

namespace trawl::net {
namespace {

std::string question(const std::string& name, unsigned type) {
    return two_bytes(7) + two_bytes(0x0100) + two_bytes(1) + std::string(6, '\0') + dns_name(name) + two_bytes(type) +
           two_bytes(1);
}

TEST(DnsAnswer, TellsTheQuestionAndTheCode) {
    const auto answer = read_dns_answer(DnsReply().code(2).message(question("A.Example", kDnsAaaa), true));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->question, "a.example");
    EXPECT_EQ(answer->type, kDnsAaaa);
    EXPECT_EQ(answer->code, 2);
    EXPECT_FALSE(answer->is_word());
    EXPECT_FALSE(answer->negative_ttl);
    EXPECT_EQ(name_of_dns_code(answer->code), "SERVFAIL");
    EXPECT_EQ(name_of_dns_code(9), "code 9");
}

TEST(DnsAnswer, TellsHowLongAnAbsenceMayBeKept) {
    struct Case {
        std::uint32_t ttl, minimum, kept;
    };
    for (const Case& c : {Case{300, 7, 7}, Case{5, 900, 5}, Case{0, 0, 0}}) {
        DnsReply reply;
        reply.code(3).cname("a.example", 60, "b.example").soa(c.ttl, c.minimum);
        const auto answer = read_dns_answer(reply.message(question("a.example", kDnsA), true));
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->negative_ttl, c.kept);
        EXPECT_TRUE(answer->is_word());
    }
}

TEST(DnsAnswer, OfAMessageThatBreaksOffAnywhereIsNoneOrWithoutATtl) {
    DnsReply reply;
    reply.code(3).cname("a.example", 60, "b.example").soa(300, 7);
    const std::string whole = reply.message(question("a.example", kDnsA), true);
    const std::size_t behind_question = question("a.example", kDnsA).size();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto answer = read_dns_answer(std::string_view(whole).substr(0, size));
        EXPECT_EQ(answer.has_value(), size >= behind_question) << size;
        EXPECT_FALSE(answer && answer->negative_ttl) << size;
    }
}

TEST(DnsAnswer, IsNoQuestionAndNotToSeveral) {
    EXPECT_FALSE(read_dns_answer(question("a.example", kDnsA)));
    std::string two = DnsReply().message(question("a.example", kDnsA), true);
    two[5] = 2;
    EXPECT_FALSE(read_dns_answer(two));
}

// The rest of a name may stand elsewhere, also in itself: it is not followed.
TEST(DnsAnswer, FollowsNoPointers) {
    std::string message = two_bytes(7) + two_bytes(0x8180) + two_bytes(1) + two_bytes(1) + std::string(4, '\0');
    message += dns_name("a.example") + two_bytes(kDnsA) + two_bytes(1);
    message += two_bytes(0xC000U + static_cast<unsigned>(message.size()));
    message += two_bytes(kDnsA) + two_bytes(1) + four_bytes(60) + two_bytes(4) + std::string(4, '\1');
    const auto answer = read_dns_answer(message);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->question, "a.example");
}

}  // namespace
}  // namespace trawl::net
