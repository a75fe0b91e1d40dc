#include "destination.hpp"

#include <gtest/gtest.h>

#include <string>

#include "socket.hpp"
#include "system_lookup.hpp"

namespace trawl::net {
namespace {

struct Way {
    const char* to;
    const char* from;  // "": there is no way
};

std::uint32_t preference_of(const Way& way) {
    const std::string from = way.from;
    return preference(numeric_address(way.to, 80),
                      from.empty() ? std::nullopt : std::optional(numeric_address(from, 0)));
}

// RFC 6724, section 10.2, and what it says of private addresses.
TEST(Destinations, AreOrderedAsTheRfcHasIt) {
    const std::pair<Way, Way> better_first[] = {
        {{"198.51.100.121", "198.51.100.117"}, {"2001:db8:1::1", "fe80::1"}},
        {{"2001:db8:1::1", "2001:db8:1::2"}, {"198.51.100.121", "169.254.13.78"}},
        {{"2001:db8:1::1", "2001:db8:1::2"}, {"10.1.2.3", "10.1.2.4"}},
        {{"fe80::1", "fe80::2"}, {"2001:db8:1::1", "2001:db8:1::2"}},
        {{"2002:c633:6401::1", "2002:c633:6401::2"}, {"2001:db8:1::1", "2002:c633:6401::2"}},
        {{"2001:db8:1::1", "2001:db8:1::2"}, {"2002:c633:6401::1", "2002:c633:6401::2"}},
        {{"10.1.2.3", "10.1.2.4"}, {"fd00::1", "fd00::2"}},
        {{"10.1.2.3", "10.1.2.4"}, {"2001:0:1::1", "2001:0:1::2"}},
        {{"::1", "::1"}, {"127.0.0.1", "127.0.0.1"}},
        {{"127.0.0.1", "127.0.0.1"}, {"::1", ""}},
        {{"198.51.100.121", "10.0.0.1"}, {"2001:db8:1::1", ""}},
        {{"2001:db8:3ffe::1", "2001:db8:3f44::2"}, {"2001:db8:1::1", "2001:db8:3f44::2"}},
    };
    for (const auto& [one, other] : better_first)
        EXPECT_GT(preference_of(one), preference_of(other)) << one.to << " and " << other.to;
}

TEST(Destinations, KeepTheOrderOfEquals) {
    std::vector<Address> addresses;
    for (const char* host : {"127.0.0.3", "127.0.0.1", "127.0.0.2"}) addresses.push_back(numeric_address(host, 80));
    std::string order;
    for (const Destination& one : in_order(addresses)) order += one.address.str() + " ";
    EXPECT_EQ(order, "127.0.0.3:80 127.0.0.1:80 127.0.0.2:80 ");
}

}  // namespace
}  // namespace trawl::net
