#include "trawl/net/unix.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "loop/descriptors.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

// A folder of the test's own, removed with what is in it.
class Unix : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "trawl-unix-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

private:
    std::filesystem::path folder_;
};

Task<std::string> receive_all(UnixStream& stream) {
    std::string all;
    for (;;) {
        Buffer buffer = co_await stream.receive();
        if (buffer.empty()) co_return all;
        all += buffer.view();
    }
}

Task<> echo_one(UnixListener& listener) {
    UnixStream stream = co_await listener.accept();
    const std::string all = co_await receive_all(stream);
    co_await stream.send(all);
}

Task<std::string> ask(std::string path, std::string question) {
    UnixStream stream = co_await UnixStream::connect(std::move(path));
    co_await stream.send(question);
    stream.shutdown_send();
    co_return co_await receive_all(stream);
}

Task<std::vector<std::string>> answers_of(std::vector<Task<std::string>> tasks) {
    co_return co_await gather(std::move(tasks));
}

int error_of_bind(const std::string& path, const UnixListenOptions& options = {}) {
    int code = 0;
    auto work = [&]() -> Task<> {
        try {
            UnixListener::bind(path, options);
        } catch (const OsError& error) {
            code = error.code();
        }
        co_return;
    };
    run(work());
    return code;
}

Task<int> error_of_connect(std::string path) {
    int code = 0;
    try {
        UnixStream stream = co_await UnixStream::connect(std::move(path));
    } catch (const ConnectError& error) {
        code = error.code();
    }
    co_return code;
}

TEST_F(Unix, CarriesMoreThanTheKernelBuffersAndEndsHalfByHalf) {
    auto work = [](std::string name) -> Task<bool> {
        UnixListener listener = UnixListener::bind(name);
        const std::string question(3'000'000, 'q');
        auto both = co_await gather(ask(name, question), echo_one(listener));
        co_return std::get<0>(both) == question;
    };
    EXPECT_TRUE(run(work(path("s"))));
}

TEST_F(Unix, AnAbstractNameNeedsNoFile) {
    auto work = [](std::string name, std::string same) -> Task<std::string> {
        UnixListener listener = UnixListener::bind(name);
        auto both = co_await gather(ask(same, "hello"), echo_one(listener));
        co_return std::get<0>(both);
    };
    const std::string name = format("trawl-test-{}", ::getpid());
    EXPECT_EQ(run(work("@" + name, std::string(1, '\0') + name)), "hello");
    EXPECT_FALSE(std::filesystem::exists("@" + name));
}

TEST_F(Unix, TheFileGoesWithItsListener) {
    auto work = [&]() -> Task<> {
        UnixListener listener = UnixListener::bind(path("s"));
        EXPECT_TRUE(std::filesystem::exists(path("s")));
        UnixListener moved = std::move(listener);
        EXPECT_TRUE(std::filesystem::exists(path("s")));
        moved.close();
        EXPECT_FALSE(std::filesystem::exists(path("s")));
        co_return;
    };
    run(work());
}

TEST_F(Unix, AFileThatSomebodyPutInItsPlaceStays) {
    auto work = [&]() -> Task<> {
        UnixListener listener = UnixListener::bind(path("s"));
        std::filesystem::remove(path("s"));
        UnixListener other = UnixListener::bind(path("s"));
        listener.close();
        EXPECT_TRUE(std::filesystem::exists(path("s")));
        co_return;
    };
    run(work());
}

TEST_F(Unix, AStaleSocketFileIsReplaced) {
    auto leave_behind = [&]() -> Task<> {
        UnixListener listener = UnixListener::bind(path("s"));
        std::filesystem::create_hard_link(path("s"), path("kept"));
        listener.close();
        std::filesystem::rename(path("kept"), path("s"));  // as after a crash
        co_return;
    };
    run(leave_behind());
    auto work = [](std::string name) -> Task<std::string> {
        const int refused = co_await error_of_connect(name);
        EXPECT_EQ(refused, ECONNREFUSED);
        UnixListener listener = UnixListener::bind(name);
        auto both = co_await gather(ask(name, "again"), echo_one(listener));
        co_return std::get<0>(both);
    };
    EXPECT_EQ(run(work(path("s"))), "again");
}

TEST_F(Unix, AFileThatIsInUseOrNoSocketIsLeftAlone) {
    auto work = [&]() -> Task<> {
        UnixListener listener = UnixListener::bind(path("live"));
        EXPECT_THROW(UnixListener::bind(path("live")), OsError);
        EXPECT_TRUE(std::filesystem::exists(path("live")));
        co_return;
    };
    run(work());
    ::close(::open(path("file").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    EXPECT_EQ(error_of_bind(path("file")), EADDRINUSE);
    EXPECT_TRUE(std::filesystem::is_regular_file(path("file")));
}

TEST_F(Unix, PermissionsAreThoseAskedForWhateverTheUmask) {
    const mode_t umask_before = ::umask(0077);
    auto work = [&]() -> Task<> {
        UnixListener narrow = UnixListener::bind(path("narrow"), UnixListenOptions().permissions(0600));
        UnixListener wide = UnixListener::bind(path("wide"), UnixListenOptions().permissions(0666));
        struct stat file{};
        EXPECT_EQ(::stat(path("narrow").c_str(), &file), 0);
        EXPECT_EQ(file.st_mode & 0777U, 0600U);
        EXPECT_EQ(::stat(path("wide").c_str(), &file), 0);
        EXPECT_EQ(file.st_mode & 0777U, 0666U);
        co_return;
    };
    run(work());
    ::umask(umask_before);
    EXPECT_THROW(error_of_bind("@trawl-abstract", UnixListenOptions().permissions(0600)), UsageError);
}

TEST_F(Unix, ANameThatDoesNotFitIsSaidSo) {
    EXPECT_THROW(error_of_bind(""), UsageError);
    EXPECT_THROW(error_of_bind(std::string("a\0b", 3)), UsageError);
    EXPECT_THROW(error_of_bind("@" + std::string(107, 'x')), UsageError);
    try {
        error_of_bind(path(std::string(200, 'x')));
        FAIL() << "bound";
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find("107"), std::string::npos) << error.what();
    }
}

TEST_F(Unix, ConnectErrorsNameThePath) {
    auto work = [](std::string name) -> Task<> {
        try {
            co_await UnixStream::connect(name);
            ADD_FAILURE() << "connected";
        } catch (const ConnectError& error) {
            EXPECT_EQ(error.code(), ENOENT);
            EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
        }
    };
    run(work(path("nobody")));
}

// A full queue is EAGAIN for a Unix socket, where a TCP connection would wait by itself.
TEST_F(Unix, ConnectingWaitsWhileTheQueueIsFull) {
    auto work = [](std::string name) -> Task<int> {
        UnixListener listener = UnixListener::bind(name, UnixListenOptions().backlog(1));
        int served = 0;
        auto serve = [](UnixListener& from, int& count) -> Task<> {
            co_await sleep(5ms);
            for (; count < 10; ++count) {
                UnixStream stream = co_await from.accept();
                co_await stream.send("x");
            }
        };
        std::vector<Task<std::string>> tasks;
        for (int i = 0; i < 10; ++i) tasks.push_back(ask(name, ""));
        auto all = co_await gather(answers_of(std::move(tasks)), serve(listener, served));
        int right = 0;
        for (const std::string& answer : std::get<0>(all)) right += answer == "x";
        co_return right;
    };
    EXPECT_EQ(run(work(path("s"))), 10);
}

TEST_F(Unix, APairIsConnected) {
    auto work = []() -> Task<std::string> {
        auto ends = UnixStream::pair();
        EXPECT_TRUE(ends.first.is_quiet());
        co_await ends.first.send("there ");
        co_await ends.second.send("and back");
        Buffer there = co_await ends.second.receive();
        Buffer back = co_await ends.first.receive();
        co_return std::string(there.view()) + std::string(back.view());
    };
    EXPECT_EQ(run(work()), "there and back");
}

TEST_F(Unix, KnowsWhoThePeerIs) {
    auto work = [](std::string name) -> Task<> {
        UnixListener listener = UnixListener::bind(name);
        auto both = co_await gather(listener.accept(), UnixStream::connect(name));
        for (const UnixStream* end : {&std::get<0>(both), &std::get<1>(both)}) {
            const PeerCredentials peer = end->peer_credentials();
            EXPECT_EQ(peer.process, ::getpid());
            EXPECT_EQ(peer.user, ::getuid());
            EXPECT_EQ(peer.group, ::getgid());
        }
    };
    run(work(path("s")));
}

TEST_F(Unix, LeavesNoDescriptorBehind) {
    const std::size_t before = open_descriptors();
    auto work = [](std::string name) -> Task<> {
        for (int i = 0; i < 50; ++i) {
            UnixListener listener = UnixListener::bind(name);
            auto both = co_await gather(ask(name, "x"), echo_one(listener));
            EXPECT_EQ(std::get<0>(both), "x");
            const int refused = co_await error_of_connect(name + "-nobody");
            EXPECT_EQ(refused, ENOENT);
        }
    };
    run(work(path("s")));
    EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Unix, ErrorsSayWhatToDo) {
    auto work = [&]() -> Task<> {
        std::string listening;
        try {
            UnixListener::bind(path("no/such/socket"));
        } catch (const OsError& error) {
            EXPECT_EQ(error.code(), ENOENT);
            listening = error.what();
        }
        EXPECT_NE(listening.find("make_directories()"), std::string::npos) << listening;
        std::string too_long;
        try {
            UnixListener::bind(path(std::string(1000, 'x')));
        } catch (const UsageError& error) {
            too_long = error.what();
        }
        EXPECT_NE(too_long.find("use a shorter one"), std::string::npos) << too_long;
        EXPECT_LT(too_long.size(), 200U);
        std::string connecting;
        try {
            co_await UnixStream::connect(path("nobody"));
        } catch (const ConnectError& error) {
            connecting = error.what();
        }
        EXPECT_NE(connecting.find("is the server running?"), std::string::npos) << connecting;
    };
    run(work());
}

}  // namespace
}  // namespace trawl
