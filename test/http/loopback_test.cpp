#include "loopback.hpp"

#include <gtest/gtest.h>

namespace trawl::http {
namespace {

TEST(Loopback, IsThisMachineAndNothingThatLooksLikeIt) {
    for (const char* host : {"localhost", "a.localhost", "127.0.0.1", "127.9.8.7", "::1", "0:0:0:0:0:0:0:1"})
        EXPECT_TRUE(is_loopback(host)) << host;
    for (const char* host : {"", "127.example.com", "127.0.0.1.example.com", "notlocalhost", "localhost.example.com",
                             "128.0.0.1", "0.0.0.0", "10.0.0.1", "::", "::2", "127.1"})
        EXPECT_FALSE(is_loopback(host)) << host;
}

}  // namespace
}  // namespace trawl::http
