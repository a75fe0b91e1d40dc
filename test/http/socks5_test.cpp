#include "socks5.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "trawl/base/error.hpp"

namespace trawl::http {
namespace {

using namespace std::string_literals;

TEST(Socks5, LetsTheProxyResolveTheName) {
    Socks5 socks("example.com", 443, std::nullopt);
    EXPECT_EQ(socks.output(), "\5\1\0"s);
    EXPECT_EQ(socks.output(), "");
    socks.feed("\5\0"s);
    EXPECT_EQ(socks.output(), "\5\1\0\3\x0b"s + "example.com"s + "\1\xbb"s);
    socks.feed("\5\0\0\1\1\2\3\4\0\1"s);
    EXPECT_EQ(socks.state(), Socks5::State::connected);
}

TEST(Socks5, SendsAddressesAsAddresses) {
    Socks5 v4("192.0.2.7", 80, std::nullopt);
    (void)v4.output();
    v4.feed("\5\0"s);
    EXPECT_EQ(v4.output(), "\5\1\0\1\xc0\0\2\7\0\x50"s);
    Socks5 v6("::1", 80, std::nullopt);
    (void)v6.output();
    v6.feed("\5\0"s);
    EXPECT_EQ(v6.output(), "\5\1\0\4"s + std::string(15, '\0') + "\1\0\x50"s);
}

TEST(Socks5, LogsInWhenItIsAskedTo) {
    Socks5 socks("a", 80, "ada:pa:ss");
    EXPECT_EQ(socks.output(), "\5\2\0\2"s);
    socks.feed("\5\2"s);
    EXPECT_EQ(socks.output(), "\1\3ada\5pa:ss"s);
    socks.feed("\1\0"s);
    EXPECT_EQ(socks.output(), "\5\1\0\3\1a\0\x50"s);
    Socks5 unasked("a", 80, "ada:pass");
    (void)unasked.output();
    unasked.feed("\5\0"s);
    EXPECT_EQ(unasked.output(), "\5\1\0\3\1a\0\x50"s);
}

TEST(Socks5, TakesAnswersInAnyPieces) {
    for (const std::string& reply :
         {"\5\0\0\1\1\2\3\4\0\1"s, "\5\0\0\4"s + std::string(18, 'x'), "\5\0\0\3\4host\0\1"s, "\5\0\0\3\0\0\1"s}) {
        Socks5 socks("a", 80, std::nullopt);
        socks.feed("\5"s);
        socks.feed("\0"s);
        for (const char byte : reply) {
            ASSERT_EQ(socks.state(), Socks5::State::talking);
            socks.feed(std::string_view(&byte, 1));
        }
        EXPECT_EQ(socks.state(), Socks5::State::connected);
    }
}

TEST(Socks5, SaysWhyThereIsNoConnection) {
    struct Case {
        std::string answers;
        Socks5::State state;
        int code;
        const char* failure;
    };
    using State = Socks5::State;
    const Case cases[] = {
        {"HTTP/1.1 400"s, State::failed, 0, "the proxy does not speak SOCKS 5"},
        {"\4\x5a"s, State::failed, 0, "the proxy does not speak SOCKS 5"},
        {"\5\xff"s, State::unwanted, 0, "the proxy wants a login that we cannot give"},
        {"\5\2"s, State::unwanted, 0, "the proxy wants a login that we cannot give"},
        {"\5\0\5\1\0\1"s, State::refused, ECONNREFUSED, "it failed, without saying why"},
        {"\5\0\5\2\0\1"s, State::refused, EACCES, "its rules do not allow it"},
        {"\5\0\5\4\0\1"s, State::refused, EHOSTUNREACH, "the host is unreachable"},
        {"\5\0\5\5\0\1"s, State::refused, ECONNREFUSED, "the connection was refused"},
        {"\5\0\5\x63\0\1"s, State::refused, ECONNREFUSED, "it says 99"},
        {"\5\0\5\0\0\7xx"s, State::failed, 0, "the proxy does not speak SOCKS 5"},
        {"\5\0\5\0\0\1\1\2\3\4\0\1HTTP"s, State::failed, 0, "the proxy sent bytes that nobody could have asked for"},
    };
    for (const Case& c : cases) {
        Socks5 socks("a", 80, std::nullopt);
        socks.feed(c.answers);
        EXPECT_EQ(socks.state(), c.state) << c.failure;
        EXPECT_EQ(socks.error_code(), c.code) << c.failure;
        EXPECT_EQ(socks.failure(), c.failure);
    }
    Socks5 login("a", 80, "ada:wrong");
    login.feed("\5\2\1\1"s);
    EXPECT_EQ(login.state(), State::unwanted);
    EXPECT_EQ(login.failure(), "the proxy refuses the user and password");
}

TEST(Socks5, RefusesWhatHasNoRoom) {
    EXPECT_THROW(Socks5(std::string(256, 'a'), 80, std::nullopt), UsageError);
    EXPECT_THROW(Socks5("a", 80, std::string(256, 'u') + ":p"), UsageError);
    EXPECT_THROW(Socks5("a", 80, ":p"), UsageError);
}

}  // namespace
}  // namespace trawl::http
