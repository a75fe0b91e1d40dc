#include "trawl/http/proxies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "trawl/base/error.hpp"

namespace trawl {
namespace {

std::string chosen(const Proxies& proxies, const char* url) {
    const Proxy* proxy = proxies.for_url(Url::parse(url));
    return proxy == nullptr ? "direct" : proxy->str() + (proxy->userinfo ? " " + *proxy->userinfo : "");
}

TEST(Proxies, AreReadFromTheirUrls) {
    const std::pair<const char*, const char*> cases[] = {
        {"http://proxy:3128", "http://proxy:3128"},
        {"proxy:3128", "http://proxy:3128"},
        {" HTTP://Proxy/ ", "http://proxy:80"},
        {"http://ada:p%40ss@proxy:3128", "http://proxy:3128 ada:p@ss"},
        {"socks5h://proxy", "socks5h://proxy:1080"},
        {"socks5://proxy:80", "socks5h://proxy:80"},
        {"socks5h://ada:secret@[::1]:9050", "socks5h://[::1]:9050 ada:secret"},
        {"socks5h://[::1]", "socks5h://[::1]:1080"},
    };
    for (const auto& [url, expected] : cases)
        EXPECT_EQ(chosen(Proxies().all(url), "https://example.com/"), expected) << url;
}

TEST(Proxies, AreRefusedWhenTheyAreNone) {
    for (const char* url : {"https://proxy", "ftp://proxy", "http://", "http://proxy/path", "http://proxy:port", ""})
        EXPECT_THROW(Proxies().all(url), UsageError) << url;
}

TEST(Proxies, AreChosenByTheScheme) {
    Proxies proxies;
    proxies.http("http://plain:1").https("http://secure:2");
    EXPECT_EQ(chosen(proxies, "http://example.com"), "http://plain:1");
    EXPECT_EQ(chosen(proxies, "https://example.com"), "http://secure:2");
    EXPECT_EQ(chosen(Proxies().http("plain:1"), "https://example.com"), "direct");
    EXPECT_EQ(chosen(Proxies(), "http://example.com"), "direct");
}

TEST(Proxies, SpareWhatIsExcepted) {
    struct Case {
        const char* except;
        const char* url;
        bool direct;
    };
    const Case cases[] = {
        {"example.com", "http://example.com", true},
        {"example.com", "http://www.example.com", true},
        {"example.com", "http://notexample.com", false},
        {".example.com", "http://example.com", true},
        {"Example.COM", "http://api.example.com", true},
        {"com", "http://example.com", true},
        {".", "http://example.com", false},
        {"*", "http://example.com", true},
        {"a.test, b.test ,", "http://b.test", true},
        {"a.test b.test", "http://b.test", true},
        {"*.example.com", "http://www.example.com", true},
        {"*.example.com", "http://wwwexample.com", false},
        {"*example.com", "http://www.example.com", false},
        {"example.com.", "http://www.example.com", true},
        {"example.com", "http://example.com./", true},
        {"example.com:8080", "http://example.com:8080", true},
        {"example.com:8080", "http://example.com", false},
        {"example.com:80", "http://example.com", true},
        {"10.0.0.0/8", "http://10.200.3.4", true},
        {"10.0.0.0/8", "http://11.0.0.1", false},
        {"192.168.1.128/25", "http://192.168.1.127", false},
        {"192.168.1.128/25", "http://192.168.1.128", true},
        {"10.0.0.1", "http://10.0.0.1", true},
        {"10.0.0.1", "http://10.0.0.11", false},
        {"0.0.0.0/0", "http://8.8.8.8", true},
        {"0.0.0.0/0", "http://[::1]", false},
        {"10.0.0.0/33", "http://10.0.0.0", false},
        {"10.0.0.0/x", "http://10.0.0.0", false},
        {"fd00::/8", "http://[fd12::1]", true},
        {"fd00::/8", "http://[fe80::1]", false},
        {"::1", "http://[::1]:8080", true},
        {"[::1]:8080", "http://[::1]:8080", true},
        {"[::1]:8081", "http://[::1]:8080", false},
    };
    for (const Case& c : cases) {
        Proxies proxies;
        proxies.all("http://proxy:3128").except(c.except);
        EXPECT_EQ(chosen(proxies, c.url), c.direct ? "direct" : "http://proxy:3128") << c.except << ' ' << c.url;
    }
}

class ProxiesFromEnvironment : public testing::Test {
protected:
    ProxiesFromEnvironment() {
        for (const char* name : names) {
            const char* value = std::getenv(name);
            if (value != nullptr) before_[name] = value;
            unsetenv(name);
        }
    }
    ~ProxiesFromEnvironment() override {
        for (const char* name : names) {
            unsetenv(name);
            if (before_.contains(name)) setenv(name, before_[name].c_str(), 1);
        }
    }

    static constexpr const char* names[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                            "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
    std::map<std::string, std::string> before_;
};

TEST_F(ProxiesFromEnvironment, AreNoneWhenItSaysNothing) {
    setenv("https_proxy", "", 1);
    EXPECT_TRUE(Proxies::from_environment().empty());
}

TEST_F(ProxiesFromEnvironment, LowerCaseCountsFirst) {
    setenv("https_proxy", "http://lower:1", 1);
    setenv("HTTPS_PROXY", "http://upper:1", 1);
    setenv("all_proxy", "http://all:1", 1);
    setenv("NO_PROXY", "example.org", 1);
    const Proxies proxies = Proxies::from_environment();
    EXPECT_EQ(chosen(proxies, "https://example.com"), "http://lower:1");
    EXPECT_EQ(chosen(proxies, "http://example.com"), "http://all:1");
    EXPECT_EQ(chosen(proxies, "http://example.org"), "direct");
}

TEST_F(ProxiesFromEnvironment, ACapitalHttpProxyIsWhatAStrangerMayHaveSet) {
    setenv("HTTP_PROXY", "http://evil:1", 1);
    EXPECT_EQ(chosen(Proxies::from_environment(), "http://example.com"), "direct");
}

TEST_F(ProxiesFromEnvironment, ThisMachineIsReachedDirectly) {
    setenv("all_proxy", "socks5h://proxy", 1);
    const Proxies proxies = Proxies::from_environment();
    for (const char* url : {"http://localhost:8000", "http://127.0.0.1", "http://127.8.9.1", "http://[::1]:80"})
        EXPECT_EQ(chosen(proxies, url), "direct") << url;
    EXPECT_EQ(chosen(proxies, "http://128.0.0.1"), "socks5h://proxy:1080");
}

TEST_F(ProxiesFromEnvironment, AnErrorNamesTheVariable) {
    setenv("https_proxy", "ftp://proxy", 1);
    try {
        static_cast<void>(Proxies::from_environment());
        ADD_FAILURE() << "accepted";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("https_proxy: a proxy's URL begins with http://"));
    }
}

}  // namespace
}  // namespace trawl
