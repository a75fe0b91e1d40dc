/// Reading the system's certificate authorities takes a thread's time, not the loop's.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "hostile.hpp"
#include "net/disk.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::outcome;
using ::testing::StartsWith;

/// A file of authorities that cannot be read until somebody writes it.
class SlowAuthorities {
public:
    SlowAuthorities() : path_(disk_ / "authorities") {
        EXPECT_EQ(::mkfifo(path_.c_str(), 0600), 0);
        ::setenv("SSL_CERT_FILE", path_.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): no other thread looks
    }
    ~SlowAuthorities() { ::unsetenv("SSL_CERT_FILE"); }  // NOLINT(concurrency-mt-unsafe): as above
    SlowAuthorities(const SlowAuthorities&) = delete;
    SlowAuthorities& operator=(const SlowAuthorities&) = delete;

    /// Waits until somebody reads it, and lets it have none.
    Task<> end() {
        int fd = -1;
        while (fd < 0) {
            co_await sleep(1ms);
            fd = ::open(path_.c_str(), O_WRONLY | O_NONBLOCK);
        }
        ::close(fd);
    }

private:
    Disk disk_;
    std::string path_;
};

TEST(SystemAuthorities, AreReadOnAThread) {
    auto work = []() -> Task<> {
        SlowAuthorities authorities;
        Client client;
        // Both need them, for connections that are opened at once; who comes second finds them read.
        auto all = co_await gather(outcome(client.get("https://127.0.0.1:1/a")),
                                   outcome(client.get("https://127.0.0.2:1/b")), authorities.end());
        EXPECT_THAT(std::get<0>(all), StartsWith("ConnectError: GET https://127.0.0.1:1/a: cannot connect"));
        EXPECT_THAT(std::get<1>(all), StartsWith("ConnectError: GET https://127.0.0.2:1/b: cannot connect"));
    };
    run(work());
}

}  // namespace
}  // namespace trawl
