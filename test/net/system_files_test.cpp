#include "system_files.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace trawl::net {
namespace {

using namespace std::chrono_literals;

TEST(Nsswitch, SaysWhoseTheNamesAre) {
    struct Case {
        const char* text;
        const char* lookups;
        bool only_system, local, single;
    };
    const Case cases[] = {
        {"", "fb", false, false, false},
        {"passwd: files ldap\n", "fb", false, false, false},
        {"hosts: files dns\n", "fb", false, false, false},
        {"passwd: files\nhosts:\tdns  files # comment", "bf", false, false, false},
        {"hosts: files mdns4_minimal [NOTFOUND=return] dns\n", "fb", false, true, false},
        {"hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns\n", "bf", false, false, true},
        {"hosts: files dns [ NOTFOUND = return ] myhostname\n", "fb", false, false, true},
        {"hosts: files ldap dns\n", "fb", true, false, false},
        {"hosts: files sss dns\n", "fb", true, false, false},
        {"hosts: files\n", "f", true, false, false},
        {"hosts:\n", "", true, false, false},
        {"#hosts: ldap\n", "fb", false, false, false},
    };
    for (const Case& c : cases) {
        const HostSources sources = read_nsswitch(c.text);
        EXPECT_EQ(sources.lookups, c.lookups) << c.text;
        EXPECT_EQ(sources.only_system, c.only_system) << c.text;
        EXPECT_EQ(sources.local_by_system, c.local) << c.text;
        EXPECT_EQ(sources.single_by_system, c.single) << c.text;
    }
}

TEST(Nsswitch, LeavesToTheSystemWhatOnlyItKnows) {
    const HostSources all = read_nsswitch("hosts: files mdns4_minimal myhostname dns");
    EXPECT_TRUE(all.ask_system_for("printer.local"));
    EXPECT_TRUE(all.ask_system_for("printer.local."));
    EXPECT_TRUE(all.ask_system_for("thishost"));
    EXPECT_FALSE(all.ask_system_for("api.example"));
    EXPECT_FALSE(all.ask_system_for("notlocal.example"));
    EXPECT_TRUE(read_nsswitch("hosts: files nis dns").ask_system_for("api.example"));
    const HostSources plain = read_nsswitch("hosts: files dns");
    EXPECT_FALSE(plain.ask_system_for("thishost"));
    EXPECT_FALSE(plain.ask_system_for("printer.local"));
}

TEST(ResolvConf, TellsServersAndLimits) {
    EXPECT_FALSE(read_resolv_conf("").has_server);
    EXPECT_FALSE(read_resolv_conf("# nameserver 192.0.2.1\nsearch example\nnameserver\n").has_server);
    const ResolvConf conf = read_resolv_conf("nameserver 192.0.2.1\noptions ndots:2 timeout:1 attempts:4 edns0");
    EXPECT_TRUE(conf.has_server);
    EXPECT_EQ(conf.timeout, 1s);
    EXPECT_EQ(conf.attempts, 4);
    const ResolvConf odd = read_resolv_conf("options timeout:99 attempts:99\noptions timeout:x attempts:-1 timeout:0");
    EXPECT_EQ(odd.timeout, 30s);
    EXPECT_EQ(odd.attempts, 5);
}

TEST(HostsFile, GivesTheAddressesOfAllLinesThatHaveAName) {
    const HostsFile hosts(
        "127.0.0.1 localhost\n# 10.0.0.9 a.example\n10.0.0.1\tA.Example a # a comment b\n"
        "2001:db8::1 a.example.\n\nnonsense a.example\n10.0.0.2");
    const auto text = [&](const char* name) {
        std::string all;
        for (const Address& one : hosts.find(name)) all += one.str() + " ";
        return all;
    };
    EXPECT_EQ(text("a.example"), "10.0.0.1:0 [2001:db8::1]:0 ");
    EXPECT_EQ(text("a.example."), "10.0.0.1:0 [2001:db8::1]:0 ");
    EXPECT_EQ(text("a"), "10.0.0.1:0 ");
    EXPECT_EQ(text("localhost"), "127.0.0.1:0 ");
    EXPECT_EQ(text("b"), "");
    EXPECT_EQ(text("comment"), "");
}

}  // namespace
}  // namespace trawl::net
