// The coroutine forms that scripts/tidy forbids, compiled: each test first sees what this compiler makes of the trap (a
// line and the property "trap" say it), then asserts that the form we write instead is right. Where g++ 12 is known to
// have the trap, its absence fails: the test no longer shows what it is there to show, or the compiler was mended and
// the ban can go.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "coroutine.hpp"

namespace canary {
namespace {

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ == 12
constexpr bool gcc12 = true;
#else
constexpr bool gcc12 = false;
#endif

/// Options as one is tempted to write them: an aggregate with a member that has a destructor.
struct Aggregate {
    Tracked tracked;
    int number = 0;
};

/// Options as we write them.
class Options {
public:
    explicit Options(int number) : number_(number) {}
    Options with(int number) && {
        number_ = number;
        return std::move(*this);
    }
    [[nodiscard]] int number() const { return number_; }

private:
    Tracked tracked_;
    int number_;
};

Job take(Aggregate given) { co_return given.number; }
Job take_options(Options given) { co_return given.number(); }
Job take_default(int number, const Aggregate& given = {}) { co_return number + given.number; }
Job value_of(int number) { co_return number; }

/// Runs a coroutine to its end; whether each value in it was destroyed once, and it returned `expected`.
bool sound(Job (*coroutine)(), int expected) {
    Tracked::reset();
    bool right = false;
    {
        Job job = coroutine();
        right = job.resume() == expected;
    }
    return right && Tracked::balanced();
}

/// The same for a form that corrupts its frame: tried in a process of its own, which may die of it.
bool sound_alone(Job (*coroutine)(), int expected) {
    pid_t child = fork();
    if (child == 0) {
        alarm(10);  // a corrupt frame may also loop
        (void)std::freopen("/dev/null", "w", stderr);
        _exit(sound(coroutine, expected) ? 0 : 1);
    }
    int status = -1;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void tell(const char* trap, bool is_sound) {
    std::printf("    %s: %s on this compiler\n", trap, is_sound ? "harmless" : "goes wrong");
    testing::Test::RecordProperty("trap", is_sound ? "harmless" : "misbehaves");
}

TEST(AggregateTemporary, IsAVariableBeforeTheAwait) {
    bool trap = sound([]() -> Job { co_return co_await take({.tracked = {}, .number = 7}); }, 7);
    tell("an aggregate temporary in co_await", trap);
    EXPECT_FALSE(gcc12 && trap);
    EXPECT_TRUE(sound(
        []() -> Job {
            Aggregate given{.tracked = {}, .number = 7};
            co_return co_await take(std::move(given));
        },
        7));
}

TEST(AggregateTemporary, IsNotADefaultArgument) {
    bool trap = sound([]() -> Job { co_return co_await take_default(7); }, 7);
    tell("an aggregate as default argument in co_await", trap);
    EXPECT_FALSE(gcc12 && trap);
}

TEST(AggregateTemporary, ATypeWithAConstructorMayBeOne) {
    EXPECT_TRUE(sound([]() -> Job { co_return co_await take_options(Options(7)); }, 7));
    EXPECT_TRUE(sound([]() -> Job { co_return co_await take_options(Options(7).with(8)); }, 8));
}

Options made() { return Options(7); }

TEST(ConditionalTemporary, IsAVariableBeforeTheAwait) {
    bool trap = sound_alone(
        []() -> Job {
            Options other(8);
            bool first = true;
            co_return co_await take_options(first ? made() : Options(other));
        },
        7);
    tell("a conditional operator's temporary in co_await", trap);
    EXPECT_TRUE(sound(
        []() -> Job {
            Options other(8);
            bool first = true;
            Options chosen = first ? made() : Options(other);
            co_return co_await take_options(std::move(chosen));
        },
        7));
}

template <typename Function>
Job call(Function function) {
    co_return function();
}

template <typename Function, typename Argument>
Job call_with(Function function, Argument argument) {
    co_return function(std::move(argument));
}

TEST(CapturingLambda, IsNamedOrCapturesByReferenceOrTakesArguments) {
    bool trap = sound(
        []() -> Job {
            Tracked tracked;
            co_return co_await call([tracked] { return 7; });
        },
        7);
    tell("a lambda with by-value captures in co_await", trap);
    EXPECT_FALSE(gcc12 && trap);
    EXPECT_TRUE(sound(
        []() -> Job {
            Tracked tracked;
            auto named = [tracked] { return 7; };
            co_return co_await call(std::move(named));
        },
        7));
    EXPECT_TRUE(sound(
        []() -> Job {
            Tracked tracked;
            co_return co_await call([&] {
                Tracked copy = tracked;
                return 7;
            });
        },
        7));
    EXPECT_TRUE(sound(
        []() -> Job {
            Tracked tracked;
            co_return co_await call_with([](Tracked) { return 7; }, tracked);
        },
        7));
}

Job sum(std::initializer_list<int> numbers) {
    int total = 0;
    for (int number : numbers) total += number;
    co_return total;
}

// `co_await sum({1, 2, 3})` does not compile on g++ 12: only the form that we write can be shown.
TEST(InitializerList, IsNamedFirst) {
    EXPECT_TRUE(sound(
        []() -> Job {
            auto numbers = {1, 2, 3};
            co_return co_await sum(numbers);
        },
        6));
}

Job awaits_in_a_condition() {
    while (co_await value_of(0)) co_return 8;
    co_return 7;
}

TEST(Condition, AwaitsIntoAVariable) {
    bool trap = sound_alone(awaits_in_a_condition, 7);
    tell("co_await in a condition, nothing declared", trap);
    EXPECT_FALSE(gcc12 && trap);
    EXPECT_TRUE(sound(
        []() -> Job {
            int rounds = 0;
            for (;;) {
                int value = co_await value_of(rounds);
                if (value == 3) break;
                ++rounds;
            }
            co_return rounds;
        },
        3));
}

// The declaration in the condition is the local declaration that the trap lacks.
TEST(Condition, MayDeclareWhatItAwaits) {
    EXPECT_TRUE(sound(
        []() -> Job {
            static int left;
            left = 3;
            while (auto value = co_await value_of(left)) left = value - 1;
            co_return 7;
        },
        7));
}

Job pair_source(std::pair<int, int>& into) {
    into = {3, 4};
    co_return 7;
}

TEST(StructuredBinding, IsTakenFromAVariable) {
    EXPECT_TRUE(sound(
        []() -> Job {
            std::pair<int, int> both;
            int value = co_await pair_source(both);
            auto [first, second] = both;
            co_return value + first* second;
        },
        19));
}

/// Notes when it suspends (its name) and when its value is taken (its name in upper case).
class Noted {
public:
    Noted(std::string& log, char name) : log_(log), name_(name) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) { log_ += name_; }
    int await_resume() {
        log_ += static_cast<char>(name_ - 'a' + 'A');
        return 1;
    }

private:
    std::string& log_;
    char name_;
};

Job two_in_an_expression(std::string& log) {
    int sum = co_await Noted(log, 'a') + co_await Noted(log, 'b');
    co_return sum;
}

Job two_on_lines(std::string& log) {
    int first = co_await Noted(log, 'a');
    int second = co_await Noted(log, 'b');
    co_return first + second;
}

// What was sent to the first is asked for when its sender is gone: nobody may rely on the order, and no generator can.
TEST(TwoInAnExpression, AreOnLinesOfTheirOwn) {
    auto log_of = [](Job (*coroutine)(std::string&)) {
        std::string log;
        Job job = coroutine(log);
        for (int i = 0; i < 3; ++i) job.resume();
        return log;
    };
    const bool trap = log_of(two_in_an_expression) == "aAbB";
    tell("two values awaited in one expression", trap);
    EXPECT_FALSE(gcc12 && trap);
    EXPECT_EQ(log_of(two_on_lines), "aAbB");
}

/// A coroutine whose promise lets exceptions out of unhandled_exception().
class Leaky {
public:
    struct promise_type {
        Leaky get_return_object() { return Leaky(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        std::suspend_always final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() { throw; }
    };

    explicit Leaky(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    Leaky(const Leaky&) = delete;
    ~Leaky() { handle_.destroy(); }
    void resume() { handle_.resume(); }

private:
    std::coroutine_handle<promise_type> handle_;
};

Leaky leaks(Tracked) {
    Tracked tracked;
    co_await std::suspend_always();
    throw std::runtime_error("leaked");
    co_return;
}

TEST(Exceptions, LeakingOutOfUnhandledExceptionIsObservedOnly) {
    Tracked::reset();
    bool thrown = false;
    try {
        Leaky leaky = leaks(Tracked());
        leaky.resume();
        leaky.resume();
    } catch (const std::runtime_error&) {
        thrown = true;
    }
    tell("an unhandled_exception() that throws", Tracked::balanced());
    EXPECT_TRUE(thrown);
}

Job throws(const char* what) {
    Tracked tracked;
    throw std::runtime_error(what);
    co_return 0;
}

// A promise that throws out of unhandled_exception() makes clang destroy locals twice; ours keeps it for whoever
// resumes.
TEST(Exceptions, AreKeptAndRethrownAfterTheResume) {
    EXPECT_TRUE(sound(
        []() -> Job {
            Tracked tracked;
            try {
                co_return co_await throws("kept");
            } catch (const std::runtime_error& error) {
                co_return error.what() == std::string("kept") ? 7 : 0;
            }
        },
        7));
}

struct alignas(256) Wide {
    char bytes[256];
};

// Frames come from an allocator that knows no alignment above the usual one; what needs more lives outside the frame.
TEST(OverAligned, LivesOnTheHeapAndNotInTheFrame) {
    auto misaligned = [](const void* where) { return reinterpret_cast<std::uintptr_t>(where) % alignof(Wide) != 0; };
    EXPECT_TRUE(sound(
        []() -> Job {
            auto wide = std::make_unique<Wide>();
            int value = co_await value_of(7);
            wide->bytes[0] = static_cast<char>(value);
            co_return reinterpret_cast<std::uintptr_t>(wide.get()) % alignof(Wide) == 0 ? wide->bytes[0] : 0;
        },
        7));
    static int wrong;
    wrong = 0;
    auto probe = [](auto check) -> Job {
        alignas(256) char bytes[256];
        bytes[0] = 1;
        int value = co_await value_of(7);
        wrong += check(bytes);
        co_return value + bytes[0] - 1;
    };
    std::unique_ptr<Job> kept[8];
    for (auto& job : kept) {
        job = std::make_unique<Job>(probe(misaligned));
        EXPECT_EQ(job->resume(), 7);
    }
    tell("an over-aligned local in a coroutine", wrong == 0);
}

}  // namespace
}  // namespace canary
