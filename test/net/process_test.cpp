#include "trawl/net/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "children.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/signal.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

ProcessOutput ran(Command command, std::string input = {}) {
    return run(run_command(std::move(command), std::move(input)));
}

std::string output_of(Command command, std::string input = {}) {
    ProcessOutput output = ran(std::move(command), std::move(input));
    output.check();
    return output.output;
}

class Processes : public NoChildIsLeft {};

TEST_F(Processes, GiveTheirOutputAndTheirStatus) {
    const ProcessOutput output = ran(shell("echo out; echo err >&2; exit 3"));
    EXPECT_EQ(output.output, "out\n");
    EXPECT_EQ(output.errors, "err\n");
    EXPECT_EQ(output.status, ExitStatus::of_code(3));
    EXPECT_EQ(output.status.code(), 3);
    EXPECT_FALSE(output.status.ok());
    EXPECT_EQ(output.status.str(), "exit code 3");
}

TEST_F(Processes, SayWhichSignalKilledThem) {
    const ProcessOutput output = ran(shell("kill -TERM $$"));
    EXPECT_EQ(output.status.signal(), SIGTERM);
    EXPECT_EQ(output.status.code(), std::nullopt);
    EXPECT_EQ(output.status.str(), "killed by SIGTERM");
}

TEST_F(Processes, CheckThrowsWithTheEndOfStandardError) {
    EXPECT_NO_THROW(ran(Command("true")).check());
    try {
        ran(shell("echo 'no such table' >&2; exit 1")).check();
        FAIL() << "passed";
    } catch (const ProcessError& error) {
        EXPECT_STREQ(error.what(), "sh: exit code 1: no such table");
    }
}

TEST_F(Processes, ArgumentsArriveAsTheyAre) {
    Command command("printf", "[%s]", "two words", "$HOME", "");
    command.arg("'quoted'").args({"*", "\n"});
    EXPECT_EQ(output_of(command), "[two words][$HOME][]['quoted'][*][\n]");
}

TEST_F(Processes, HaveTheEnvironmentAndTheDirectoryThatTheyAreGiven) {
    ::setenv("TRAWL_TEST_INHERITED", "yes", 1);
    ::setenv("TRAWL_TEST_REMOVED", "yes", 1);
    Command command = shell("echo $TRAWL_TEST_INHERITED,$TRAWL_TEST_REMOVED,$TRAWL_TEST_NEW; pwd");
    command.env("TRAWL_TEST_NEW", "a b").without_env("TRAWL_TEST_REMOVED").directory("/usr");
    EXPECT_EQ(output_of(command), "yes,,a b\n/usr\n");
    EXPECT_EQ(output_of(Command("/usr/bin/env").empty_env().env("A", "1")), "A=1\n");
    ::unsetenv("TRAWL_TEST_INHERITED");
    ::unsetenv("TRAWL_TEST_REMOVED");
}

// ---- errors ----

struct Failure {
    int code;
    std::string message;
};

Failure failure_of(const Command& command) {
    Failure failure{};
    auto work = [&]() -> Task<> {
        try {
            Process::start(command);
        } catch (const OsError& error) {
            failure = Failure{error.code(), error.what()};
        }
        co_return;
    };
    run(work());
    return failure;
}

TEST_F(Processes, AProgramThatIsNotThereIsNamed) {
    const Failure by_name = failure_of(Command("no-such-program"));
    EXPECT_EQ(by_name.code, ENOENT);
    EXPECT_NE(by_name.message.find("'no-such-program': no such program in PATH"), std::string::npos) << by_name.message;
    const Failure by_path = failure_of(Command("/no/such/program").stdout_to(Stdio::pipe()));
    EXPECT_EQ(by_path.code, ENOENT);
    EXPECT_NE(by_path.message.find("/no/such/program"), std::string::npos) << by_path.message;
    EXPECT_EQ(failure_of(Command("")).code, ENOENT);
}

TEST_F(Processes, WhatExecRefusesIsAnErrorOfTheStart) {
    const std::string folder = std::filesystem::temp_directory_path() / format("trawl-exec-{}", ::getpid());
    std::filesystem::create_directory(folder);
    const auto write = [&](const std::string& name, const std::string& text, mode_t mode) {
        const int fd = ::open((folder + "/" + name).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, mode);
        EXPECT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        ::close(fd);
    };
    write("plain", "no program", 0600);
    write("script", "#!/no/such/interpreter\n", 0700);
    write("garbage",
          "\x7f"
          "ELF",
          0700);
    EXPECT_EQ(failure_of(Command(folder + "/plain")).code, EACCES);
    EXPECT_EQ(failure_of(Command(folder + "/garbage")).code, ENOEXEC);
    EXPECT_EQ(failure_of(Command(folder)).code, EACCES);
    const Failure script = failure_of(Command("./script").directory(folder));
    EXPECT_EQ(script.code, ENOENT);
    EXPECT_NE(script.message.find("interpreter"), std::string::npos) << script.message;
    std::filesystem::remove_all(folder);
}

TEST_F(Processes, ADirectoryThatIsNotThereIsNamed) {
    const Failure failure = failure_of(Command("true").directory("/no/such/directory"));
    EXPECT_EQ(failure.code, ENOENT);
    EXPECT_NE(failure.message.find("in directory /no/such/directory"), std::string::npos) << failure.message;
}

TEST_F(Processes, AFileThatCannotBeOpenedIsNamed) {
    const Failure failure = failure_of(Command("true").stdin_from(Stdio::file("/no/such/file")));
    EXPECT_EQ(failure.code, ENOENT);
    EXPECT_NE(failure.message.find("/no/such/file"), std::string::npos) << failure.message;
}

TEST_F(Processes, AStreamThatIsNoPipeIsAUsageError) {
    auto work = []() -> Task<> {
        Process process = Process::start(Command("true"));
        EXPECT_THROW(process.input(), UsageError);
        EXPECT_THROW(process.output(), UsageError);
        EXPECT_THROW(process.errors(), UsageError);
        co_await process.communicate("nobody reads this");
    };
    EXPECT_THROW(run(work()), UsageError);
}

TEST_F(Processes, WhatNoProgramCanBeGivenIsAUsageError) {
    const std::string zero("a\0b", 3);
    for (const Command& command :
         {Command(zero), Command("true", zero), Command("true").directory(zero), Command("true").env("NAME", zero)})
        EXPECT_THROW(failure_of(command), UsageError);
    EXPECT_THROW(Command("true").env("A=B", ""), UsageError);
    EXPECT_THROW(Command("true").env("", "value"), UsageError);
}

TEST_F(Processes, NeedALoopThatWaitsOnTheKernel) {
    EXPECT_THROW(Process::start(Command("true")), UsageError);
    auto work = []() -> Task<> {
        EXPECT_THROW(Process::start(Command("true").stdout_to(Stdio::pipe())), UsageError);
        co_return;
    };
    VirtualLoop().run(work());
}

// ---- streams ----

TEST_F(Processes, ReadAndWriteMoreThanAPipeHoldsAtTheSameTime) {
    std::string text;
    for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + "\n";
    const ProcessOutput output = ran(shell("tee /dev/stderr"), text);
    EXPECT_TRUE(output.output == text);
    EXPECT_TRUE(output.errors == text);
}

TEST_F(Processes, NeedNotReadTheirInput) {
    EXPECT_EQ(output_of(shell("exec <&-; echo done"), std::string(5'000'000, 'x')), "done\n");
    EXPECT_EQ(output_of(shell("head -c 3"), std::string(5'000'000, 'x')), "xxx");
}

TEST_F(Processes, HaveNoInputUnlessTheyAreGivenOne) { EXPECT_EQ(output_of(Command("cat")), ""); }

TEST_F(Processes, StreamsLeadWhereTheCommandSays) {
    const std::string file = std::filesystem::temp_directory_path() / format("trawl-stdio-{}", ::getpid());
    ran(shell("echo one; echo two >&2").stdout_to(Stdio::file(file)).stderr_to(Stdio::to_stdout())).check();
    ran(Command("echo", "three").stdout_to(Stdio::append(file))).check();
    EXPECT_EQ(output_of(Command("cat").stdin_from(Stdio::file(file))), "one\ntwo\nthree\n");
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(output_of(Command("cat").stdin_from(Stdio::descriptor(fd))), "one\ntwo\nthree\n");
    ::close(fd);
    std::filesystem::remove(file);
    EXPECT_EQ(output_of(shell("echo out; echo err >&2").stderr_to(Stdio::to_stdout())), "out\nerr\n");
    EXPECT_EQ(ran(shell("echo out; echo err >&2").stderr_to(Stdio::null())).errors, "");
}

TEST_F(Processes, TalkWhileTheyRun) {
    auto work = []() -> Task<std::string> {
        Process cat = Process::start(Command("cat").stdin_from(Stdio::pipe()).stdout_to(Stdio::pipe()));
        std::string heard;
        for (const char* word : {"ping", "pong"}) {
            co_await cat.input().send(word);
            Buffer buffer = co_await cat.output().receive();
            heard += buffer.view();
        }
        cat.input().close();
        Buffer end = co_await cat.output().receive();
        EXPECT_TRUE(end.empty());
        const ExitStatus status = co_await cat.wait();
        EXPECT_TRUE(status.ok());
        co_return heard;
    };
    EXPECT_EQ(run(work()), "pingpong");
}

TEST_F(Processes, WritingToOneThatIsGoneIsAnErrorAndNoSignal) {
    auto work = []() -> Task<int> {
        Process gone = Process::start(Command("true").stdin_from(Stdio::pipe()));
        co_await gone.wait();
        int code = 0;
        try {
            co_await gone.input().send("anybody?");
        } catch (const OsError& error) {
            code = error.code();
        }
        co_return code;
    };
    EXPECT_EQ(run(work()), EPIPE);
    sigset_t pending;
    sigpending(&pending);
    EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

// ---- what a child inherits ----

TEST_F(Processes, InheritNoDescriptorBesidesTheThree) {
    const int leaky = ::open("/dev/null", O_RDONLY);  // NOLINT(android-cloexec-open): another library's would be so
    ASSERT_GE(leaky, 3);
    auto work = []() -> Task<std::string> {
        auto pipe = make_pipe();
        Process sleeper = Process::start(Command("sleep", "1000").stdin_from(Stdio::pipe()));
        ProcessOutput output = co_await run_command(Command("ls", "/proc/self/fd"));
        co_return output.output;
    };
    EXPECT_EQ(run(work()), "0\n1\n2\n3\n");  // 3 is the folder that ls reads
    ::close(leaky);
}

// Bits of the signals 1 to 31 in a line such as "SigIgn:\t0000000000001000".
unsigned long mask_in(const std::string& status, const std::string& name) {
    const std::size_t at = status.find(name + ":\t");
    return at == std::string::npos ? ~0UL : std::stoul(status.substr(at + name.size() + 2, 16), nullptr, 16);
}

TEST_F(Processes, InheritNeitherBlockedNorIgnoredSignals) {
    auto* const before = ::signal(SIGPIPE, SIG_IGN);
    auto work = []() -> Task<std::string> {
        SignalWatcher watcher{SIGTERM, SIGUSR1};
        ProcessOutput output = co_await run_command(Command("cat", "/proc/self/status"));
        co_return output.output;
    };
    const std::string status = run(work());
    ::signal(SIGPIPE, before);
    constexpr unsigned long kOfTheLibrary = 3UL << 31;  // 32 and 33 are glibc's own, and ignored by its posix_spawn
    for (const char* name : {"SigBlk", "SigIgn", "SigCgt"})
        EXPECT_EQ(mask_in(status, name) & ~kOfTheLibrary, 0UL) << name;
}

// ---- ends ----

TEST_F(Processes, OneThatIsDestroyedIsKilledAndReaped) {
    auto work = []() -> Task<pid_t> {
        Process process = Process::start(shell("trap '' TERM INT HUP; exec sleep 1000"));
        co_return process.pid();
    };
    EXPECT_FALSE(is_alive(run(work())));
}

TEST_F(Processes, ATimeoutKills) {
    pid_t pid = 0;
    auto work = [&]() -> Task<> {
        Process process = Process::start(Command("sleep", "1000"));
        pid = process.pid();
        co_await timeout(5ms, process.wait());
    };
    EXPECT_THROW(run(work()), TimeoutError);
    EXPECT_FALSE(is_alive(pid));
    EXPECT_THROW(run([]() -> Task<> { co_await timeout(5ms, run_command(Command("sleep", "1000"))); }()), TimeoutError);
}

TEST_F(Processes, OneThatOutlivesItsLoopIsKilledByItsDestructor) {
    std::optional<Process> kept;
    auto work = [&]() -> Task<> {
        kept.emplace(Process::start(Command("sleep", "1000").stdin_from(Stdio::pipe())));
        co_return;
    };
    run(work());
    const pid_t pid = kept->pid();
    EXPECT_TRUE(is_alive(pid));
    kept.reset();
    EXPECT_FALSE(is_alive(pid));
}

TEST_F(Processes, AStatusCanBeAskedForAgain) {
    auto work = []() -> Task<> {
        Process process = Process::start(shell("read line; exit 4").stdin_from(Stdio::pipe()));
        EXPECT_EQ(process.status(), std::nullopt);
        process.input().close();
        const ExitStatus first = co_await process.wait();
        const ExitStatus second = co_await process.wait();
        EXPECT_EQ(first, ExitStatus::of_code(4));
        EXPECT_EQ(second, first);
        EXPECT_EQ(process.status(), first);
        process.send_signal(SIGTERM);  // to nobody
    };
    run(work());
}

TEST_F(Processes, StopAsksFirstAndKillsThen) {
    auto work = [](std::string script, Duration grace) -> Task<ExitStatus> {
        Process process = Process::start(shell(std::move(script)).stdout_to(Stdio::pipe()).own_group());
        Buffer ready = co_await process.output().receive();
        EXPECT_EQ(ready.view(), "ready\n");
        co_return co_await process.stop(grace);
    };
    EXPECT_EQ(run(work("trap 'exit 7' TERM; echo ready; sleep 1000 & wait", 60s)), ExitStatus::of_code(7));
    EXPECT_EQ(run(work("trap '' TERM; echo ready; exec sleep 1000", 5ms)), ExitStatus::of_signal(SIGKILL));
}

TEST_F(Processes, AGroupOfItsOwnEndsAsAWhole) {
    auto work = []() -> Task<std::string> {
        Process process = Process::start(shell("sleep 1000 & echo $!; wait").stdout_to(Stdio::pipe()).own_group());
        Buffer buffer = co_await process.output().receive();
        std::string grandchild(buffer.view());
        process.send_signal(SIGTERM);
        Buffer end = co_await process.output().receive();  // the last who holds the pipe is gone
        EXPECT_TRUE(end.empty());
        const ExitStatus status = co_await process.wait();
        EXPECT_EQ(status, ExitStatus::of_signal(SIGTERM));
        co_return grandchild;
    };
    EXPECT_NE(run(work()), "");
}

TEST_F(Processes, WhatIsLeftOfAGroupIsKilledWhenItsLeaderHasEnded) {
    auto work = []() -> Task<bool> {
        Process process = Process::start(shell("sleep 1000 & exec true").stdout_to(Stdio::pipe()).own_group());
        const ExitStatus status = co_await process.wait();
        EXPECT_TRUE(status.ok());
        Buffer end = co_await process.output().receive();
        co_return end.empty();
    };
    EXPECT_TRUE(run(work()));
}

TEST_F(Processes, WhatIsLeftOfAGroupKeepsNobodyWaitingForItsOutput) {
    EXPECT_EQ(output_of(shell("sleep 1000 & echo started").own_group()), "started\n");
    EXPECT_EQ(output_of(shell("sleep 1000 & echo started").stdin_from(Stdio::pipe()).own_group(),
                        std::string(1'000'000, 'x')),
              "started\n");
}

TEST_F(Processes, AMovedProcessIsTheSame) {
    auto work = []() -> Task<> {
        Process first = Process::start(shell("read line; exit 5").stdin_from(Stdio::pipe()));
        const pid_t pid = first.pid();
        Process second = std::move(first);
        EXPECT_EQ(second.pid(), pid);
        second.input().close();
        const ExitStatus status = co_await second.wait();
        EXPECT_EQ(status, ExitStatus::of_code(5));
        Process third = Process::start(Command("sleep", "1000"));
        const pid_t killed = third.pid();
        third = std::move(second);
        EXPECT_FALSE(is_alive(killed));
        EXPECT_EQ(third.status(), ExitStatus::of_code(5));
    };
    run(work());
}

TEST_F(Processes, AStatusThatSomebodyElseTookIsAnError) {
    auto work = []() -> Task<int> {
        Process process = Process::start(Command("true"));
        EXPECT_EQ(::waitpid(process.pid(), nullptr, 0), process.pid());
        int codes = 0;
        for (int i = 0; i < 2; ++i) {
            try {
                co_await process.wait();
            } catch (const OsError& error) {
                codes += error.code();
            }
        }
        co_return codes;
    };
    EXPECT_EQ(run(work()), 2 * ECHILD);
}

// ---- many ----

TEST_F(Processes, AThousandOneAfterTheOtherLeaveNothing) {
    auto work = []() -> Task<int> {
        int ended = 0;
        std::size_t descriptors = 0;
        for (int i = 0; i < 1000; ++i) {
            ProcessOutput output = co_await run_command(Command("true"));
            ended += output.status.ok() ? 1 : 0;
            if (i == 0) descriptors = open_descriptors();
        }
        EXPECT_EQ(open_descriptors(), descriptors);
        EXPECT_FALSE(has_children());
        co_return ended;
    };
    EXPECT_EQ(run(work()), 1000);
}

TEST_F(Processes, ManyAtOnceEachGetTheirOwn) {
    auto work = []() -> Task<int> {
        std::vector<Task<ProcessOutput>> tasks;
        for (int i = 0; i < 50; ++i) tasks.push_back(run_command(Command("cat"), std::to_string(i)));
        auto outputs = co_await gather(std::move(tasks));
        int right = 0;
        for (std::size_t i = 0; i < outputs.size(); ++i) right += outputs[i].output == std::to_string(i);
        co_return right;
    };
    EXPECT_EQ(run(work()), 50);
}

// Timeouts that end a child anywhere between its start and its end.
TEST_F(Processes, AnyMomentIsAsGoodToEndOne) {
    auto limited = [](int i) -> Task<bool> {
        bool in_time = true;
        try {
            co_await timeout(i * 50us, run_command(shell("cat; echo end"), std::string(200'000, 'x')));
        } catch (const TimeoutError&) {
            in_time = false;
        }
        co_return in_time;
    };
    auto work = [&]() -> Task<int> {
        int in_time = 0;
        for (int round = 0; round < 10; ++round) {
            std::vector<Task<bool>> tasks;
            for (int i = 0; i < 20; ++i) tasks.push_back(limited(i * 10));
            const std::vector<bool> ended = co_await gather(std::move(tasks));
            in_time += static_cast<int>(std::count(ended.begin(), ended.end(), true));
            EXPECT_FALSE(has_children());
        }
        co_return in_time;
    };
    EXPECT_LT(run(work()), 200);  // those with no time at all
}

TEST_F(Processes, AGroupOfTasksThatIsCancelledLeavesNone) {
    auto work = []() -> Task<> {
        TaskGroup group;
        auto wait = []() -> Task<> { co_await run_command(Command("sleep", "1000")); };
        for (int i = 0; i < 20; ++i) group.spawn(wait());
        co_await sleep(0s);
        EXPECT_TRUE(has_children());
        group.cancel();
        EXPECT_FALSE(has_children());
    };
    run(work());
}

}  // namespace
}  // namespace trawl
