// What is said when the process has no descriptor left, or no loop to give one to.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "disk.hpp"
#include "dns_server.hpp"
#include "loop/descriptors.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/net/pipe.hpp"
#include "trawl/net/resolver.hpp"
#include "trawl/net/tcp.hpp"
#include "trawl/net/udp.hpp"
#include "trawl/net/unix.hpp"

namespace trawl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Holds every descriptor that the process may have.
class NoDescriptors {
public:
    NoDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit few = before_;
        few.rlim_cur = 64;
        ::setrlimit(RLIMIT_NOFILE, &few);
        for (int fd = ::dup(STDERR_FILENO); fd >= 0; fd = ::dup(STDERR_FILENO)) held_.push_back(fd);
    }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;
    ~NoDescriptors() {
        for (const int fd : held_) ::close(fd);
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }

private:
    rlimit before_{};
    std::vector<int> held_;
};

struct Refusal {
    int code = 0;
    std::string message;
    std::size_t descriptors = 0;  // that were left open
};

/// How `work` fails with no descriptor left.
template <class T>
Task<Refusal> refusal_of(Task<T> work) {
    Refusal refusal;
    const std::size_t before = open_descriptors();
    {
        const NoDescriptors none;
        try {
            co_await std::move(work);
        } catch (const OsError& error) {
            refusal.code = error.code();
            refusal.message = error.what();
        }
    }
    refusal.descriptors = open_descriptors() - before;
    co_return refusal;
}

template <class T>
void expect_named(Task<T> work, const std::string& object) {
    const Refusal refusal = run(refusal_of(std::move(work)));
    EXPECT_EQ(refusal.code, EMFILE);
    EXPECT_THAT(refusal.message, AllOf(HasSubstr(object), HasSubstr("Too many open files"), HasSubstr("ulimit -n")));
    EXPECT_EQ(refusal.descriptors, 0U);
}

// UBSan asks by a pipe whether an object can be read, and ends the process when it cannot have one.
#if !defined(__SANITIZE_ADDRESS__)

TEST(NoDescriptors, AnErrorNamesWhatWasToBeReached) {
    expect_named(TcpStream::connect("127.0.0.1", 7), "connect to 127.0.0.1");
    expect_named(TcpStream::connect("localhost", 7), "'localhost'");
    expect_named(UdpSocket::connect("127.0.0.1", 7), "127.0.0.1");
    expect_named(UnixStream::connect("/tmp/nobody"), "connect to /tmp/nobody");
}

TEST(NoDescriptors, AreNoWordAboutAHostAndLookedUpAgainLater) {
    auto work = []() -> Task<> {
        DnsServer server([](const std::string& name, unsigned) { return DnsReply().a(name, 60, "192.0.2.1"); });
        configure_resolver(server.options());
        co_await resolve("a.example", 80);
        const Refusal refusal = co_await refusal_of(resolve("b.example", 80));
        EXPECT_EQ(refusal.code, EMFILE);
        EXPECT_THAT(refusal.message, AllOf(HasSubstr("'b.example'"), HasSubstr("ulimit -n")));
        EXPECT_EQ(refusal.descriptors, 0U);
        auto addresses = co_await resolve("b.example", 80);
        EXPECT_FALSE(addresses.empty());
    };
    run(work());
}

TEST(NoDescriptors, AnErrorOfAcceptNamesItsListener) {
    auto work = []() -> Task<> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        TcpStream client = co_await TcpStream::connect("127.0.0.1", listener.port());
        const Refusal refusal = co_await refusal_of(listener.accept());
        EXPECT_EQ(refusal.code, EMFILE);
        EXPECT_THAT(refusal.message, AllOf(HasSubstr(std::to_string(listener.port())), HasSubstr("ulimit -n")));
        co_await listener.accept();
    };
    run(work());
}

#endif

TEST(NoLoop, PairsAreNotMadeAndNothingIsLeft) {
    const std::size_t before = open_descriptors();
    EXPECT_THROW(make_pipe(), UsageError);
    EXPECT_THROW(UnixStream::pair(), UsageError);
    EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace trawl
