// A generator as a range (input, one pass), and co_yield from(range).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <list>
#include <map>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "generator_trace.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/generator.hpp"

namespace trawl {
namespace {

using testing::all;
using testing::count;
using ::testing::ElementsAre;
using testing::Finally;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;
using testing::Trace;

static_assert(std::ranges::input_range<Generator<int>>);
static_assert(std::ranges::input_range<Generator<int&>>);
static_assert(std::ranges::input_range<Generator<const std::string&>>);
static_assert(std::ranges::input_range<Generator<std::unique_ptr<int>, void, int>>);
static_assert(std::ranges::input_range<Generator<int, std::optional<int>>>);
static_assert(!std::ranges::forward_range<Generator<int>>);
static_assert(!std::ranges::range<Generator<int, int>>, "a loop sends nothing, and it waits for a value");
static_assert(!std::is_copy_constructible_v<Generator<int>>);
static_assert(std::is_nothrow_move_constructible_v<Generator<int>> &&
              std::is_nothrow_move_assignable_v<Generator<int>>);

TEST(GeneratorRange, IsReadOnce) {
    auto generator = count(3);
    EXPECT_THAT(all(generator), ElementsAre(0, 1, 2));
    EXPECT_THAT(all(generator), IsEmpty());
}

// PEP 255: a generator is its own iterator: a second loop goes on where the first one broke off.
TEST(GeneratorRange, GoesOnWhereALoopBrokeOff) {
    auto generator = count(5);
    for (int item : generator) {
        if (item == 1) break;
    }
    EXPECT_THAT(all(generator), ElementsAre(2, 3, 4));
}

TEST(GeneratorRange, AndNextMayBeMixed) {
    auto generator = count(4);
    std::vector<int> seen;
    for (int item : generator) {
        seen.push_back(item);
        if (auto skipped = generator.next()) seen.push_back(-*skipped);
    }
    EXPECT_THAT(seen, ElementsAre(0, -1, 2, -3));
}

TEST(GeneratorRange, BreakingOffATemporaryDestroysIt) {
    Trace trace;
    auto body = [](Trace& out) -> Generator<int> {
        Finally finally(out, "local");
        co_yield 1;
        co_yield 2;
    };
    for (int item : body(trace)) {
        trace.push_back(std::to_string(item));
        break;
    }
    EXPECT_THAT(trace, ElementsAre("1", "~local"));
}

TEST(GeneratorRange, MayBeClosedInsideTheLoop) {
    auto generator = count(5);
    int rounds = 0;
    for (int item : generator) {
        ++rounds;
        if (item == 1) generator.close();
    }
    EXPECT_EQ(rounds, 2);
}

TEST(GeneratorRange, ThrowsTheErrorOutOfTheLoop) {
    auto body = []() -> Generator<int> {
        co_yield 1;
        throw std::runtime_error("in the loop");
    };
    int rounds = 0;
    auto loop = [&] {
        for (int item : body()) rounds += item;
    };
    EXPECT_THAT(loop, ThrowsMessage<std::runtime_error>("in the loop"));
    EXPECT_EQ(rounds, 1);
}

TEST(GeneratorRange, WorksWithViewsAndAlgorithms) {
    auto even = [](int number) { return number % 2 == 0; };
    std::vector<int> squares;
    for (int square : count(100) | std::views::filter(even) | std::views::take(3) |
                          std::views::transform([](int number) { return number * number; })) {
        squares.push_back(square);
    }
    EXPECT_THAT(squares, ElementsAre(0, 4, 16));
    auto generator = count(10);
    EXPECT_EQ(std::ranges::count_if(generator, even), 5);
    auto searched = count(10);
    auto found = std::ranges::find(searched, 7);
    EXPECT_EQ(*found, 7);
    std::vector<int> copied;
    std::ranges::copy(count(3), std::back_inserter(copied));
    EXPECT_THAT(copied, ElementsAre(0, 1, 2));
}

TEST(GeneratorRange, AnLvalueInAViewKeepsTheRest) {
    auto generator = count(6);
    std::vector<int> seen;
    for (int item : generator | std::views::take_while([](int number) { return number < 2; })) seen.push_back(item);
    EXPECT_THAT(seen, ElementsAre(0, 1));
    EXPECT_EQ(generator.next(), 3) << "2 was looked at";
}

TEST(GeneratorRange, OfANullableSendSendsNothing) {
    auto body = []() -> Generator<int, std::optional<int>> {
        for (int i = 0; i < 2; ++i) {
            std::optional<int> sent = co_yield i;
            EXPECT_FALSE(sent);
        }
    };
    std::vector<int> items;
    for (int item : body()) items.push_back(item);
    EXPECT_THAT(items, ElementsAre(0, 1));
}

// test_generators: the sieve, each prime one more generator around the others.
Generator<int> without_multiples(Generator<int> numbers, int prime) {
    for (int number : numbers) {
        if (number % prime != 0) co_yield number;
    }
}

Generator<int> primes(int below) {
    auto numbers = [](int limit) -> Generator<int> {
        for (int i = 2; i < limit; ++i) co_yield i;
    };
    auto left = numbers(below);
    while (auto prime = left.next()) {
        const int found = *prime;
        co_yield found;
        left = without_multiples(std::move(left), found);
    }
}

TEST(GeneratorRange, SievesPrimes) { EXPECT_THAT(all(primes(30)), ElementsAre(2, 3, 5, 7, 11, 13, 17, 19, 23, 29)); }

// test_generators: permutations, by delegating to oneself.
Generator<const std::string&> permutations(std::string& letters, std::size_t from_here) {
    if (from_here + 1 >= letters.size()) co_yield letters;
    for (std::size_t i = from_here; from_here + 1 < letters.size() && i < letters.size(); ++i) {
        std::swap(letters[from_here], letters[i]);
        co_yield from(permutations(letters, from_here + 1));
        std::swap(letters[from_here], letters[i]);
    }
}

TEST(GeneratorRange, PermutesInPlace) {
    std::string letters = "abc";
    EXPECT_THAT(all(permutations(letters, 0)), ElementsAre("abc", "acb", "bac", "bca", "cba", "cab"));
}

// --- co_yield from(range) --------------------------------------------------------------------------------------------

// PEP 380: any iterable can be delegated to.
TEST(GeneratorFromRange, GivesTheElementsOfAnyRange) {
    auto body = []() -> Generator<int> {
        const std::vector<int> numbers{1, 2};
        co_yield from(numbers);
        std::list<int> moved{3, 4};
        co_yield from(std::move(moved));
        const int plain[] = {5, 6};
        co_yield from(plain);
        co_yield from(std::views::iota(7, 9));
        co_yield from(numbers | std::views::transform([](int number) { return 10 * number; }));
        co_yield from(std::vector<int>());
    };
    EXPECT_THAT(all(body()), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 10, 20));
}

TEST(GeneratorFromRange, ConvertsTheElements) {
    auto texts = []() -> Generator<std::string> {
        const char* const words[] = {"a", "b"};
        co_yield from(words);
    };
    EXPECT_THAT(all(texts()), ElementsAre("a", "b"));
    auto numbers = []() -> Generator<const double&> { co_yield from(std::views::iota(1, 3)); };
    EXPECT_THAT(all(numbers()), ElementsAre(1.0, 2.0));
    auto flags = []() -> Generator<bool> { co_yield from(std::vector<bool>(2, true)); };
    EXPECT_THAT(all(flags()), ElementsAre(true, true));
}

TEST(GeneratorFromRange, GivesReferencesIntoIt) {
    auto values = [](std::map<int, std::string>& map) -> Generator<std::string&> {
        co_yield from(std::views::values(map));
    };
    std::map<int, std::string> map{{1, "a"}, {2, "b"}};
    for (std::string& value : values(map)) value += "!";
    EXPECT_THAT(map, ElementsAre(std::pair(1, "a!"), std::pair(2, "b!")));
}

using Asked = Generator<int, std::optional<int>>;

Asked three(Trace& trace) {
    Finally finally(trace, "three");
    const std::array numbers{1, 2, 3};
    try {
        co_yield from(numbers);
    } catch (const UsageError& error) {
        trace.emplace_back(error.what());
    }
    co_yield 4;
}

// PEP 380: sending None to a plain iterator is next().
TEST(GeneratorFromRange, TakesNextAndASentNothing) {
    Trace trace;
    auto generator = three(trace);
    EXPECT_EQ(generator.next(), 1);
    EXPECT_EQ(generator.send(std::nullopt), 2);
    EXPECT_EQ(generator.next(), 3);
    EXPECT_EQ(generator.next(), 4);
}

// PEP 380: sending a value to a plain iterator is an error, thrown by the expression in the outer.
TEST(GeneratorFromRange, TakesNoSentValue) {
    Trace trace;
    auto generator = three(trace);
    generator.next();
    EXPECT_EQ(generator.send(5), 4);
    EXPECT_THAT(trace, ElementsAre(HasSubstr("takes none")));
}

// Ours: also where Send cannot be nothing, next() moves a range on: it waits for no value.
TEST(GeneratorFromRange, NextIsAllowedThereWhateverSendIs) {
    auto body = []() -> Generator<int, int> {
        co_yield from(std::views::iota(0, 2));
        int sent = co_yield 9;
        co_yield sent;
    };
    auto generator = body();
    EXPECT_EQ(generator.next(), 0);
    EXPECT_EQ(generator.next(), 1);
    EXPECT_EQ(generator.next(), 9);
    EXPECT_THROW(generator.next(), UsageError);
    EXPECT_EQ(generator.send(3), 3);
}

// PEP 380: an error thrown while a plain iterator is delegated to comes out of the expression.
TEST(GeneratorFromRange, ThrowsInTheOuterWhatIsThrownToIt) {
    Trace trace;
    auto generator = three(trace);
    generator.next();
    generator.next();
    EXPECT_THROW(generator.throw_(std::runtime_error("tomato")), std::runtime_error);
    EXPECT_THAT(trace, ElementsAre("~three"));
}

// PEP 380: closing is fine although a plain iterator has no close().
TEST(GeneratorFromRange, IsClosedWithTheOuter) {
    Trace trace;
    auto generator = three(trace);
    generator.next();
    generator.close();
    EXPECT_THAT(trace, ElementsAre("~three"));
}

// PEP 380: an error of the iterator itself comes out of the expression.
TEST(GeneratorFromRange, ThrowsWhatItsIteratorThrows) {
    auto body = []() -> Generator<int> {
        co_yield from(std::views::iota(0, 3) | std::views::transform([](int number) {
                          if (number == 1) throw std::runtime_error("broken");
                          return number;
                      }));
    };
    auto generator = body();
    EXPECT_EQ(generator.next(), 0);
    EXPECT_THAT([&] { generator.next(); }, ThrowsMessage<std::runtime_error>("broken"));
}

// --- generators of other types ---------------------------------------------------------------------------------------

Generator<int, int, std::string> doubles() {
    int next = 1;
    for (;;) {
        int sent = 0;
        try {
            sent = co_yield next;
        } catch (const std::runtime_error& error) {
            co_return std::string(error.what());
        }
        next = 2 * sent;
    }
}

TEST(GeneratorFromOther, ConvertsItemsAndSentValuesAndKeepsTheRest) {
    auto body = []() -> Generator<double, short, std::string> {
        std::string returned = co_yield from(doubles());
        co_yield 0.5;
        co_return returned;
    };
    auto generator = body();
    EXPECT_EQ(generator.next(), 1.0);
    EXPECT_EQ(generator.send(4), 8.0);
    EXPECT_THROW(generator.next(), UsageError);
    EXPECT_EQ(generator.throw_(std::runtime_error("enough")), 0.5);
    EXPECT_FALSE(generator.send(1));
    EXPECT_EQ(generator.return_value(), "enough");
}

TEST(GeneratorFromOther, OneThatIsSentNothingTakesNothing) {
    auto body = []() -> Generator<int, std::optional<int>> {
        std::string refused;
        try {
            co_yield from(count(3));
        } catch (const UsageError& error) {
            refused = error.what();
        }
        co_yield static_cast<int>(refused.size());
    };
    auto generator = body();
    EXPECT_EQ(generator.next(), 0);
    EXPECT_EQ(generator.next(), 1);
    EXPECT_GT(generator.send(5), 10);
}

TEST(GeneratorFromOther, GivesReferencesToItsItems) {
    auto texts = []() -> Generator<std::string> {
        co_yield "a";
        co_yield "b";
    };
    auto refers = [](auto make) -> Generator<const std::string&> { co_yield from(make()); };
    EXPECT_THAT(all(refers(texts)), ElementsAre("a", "b"));
}

TEST(GeneratorFromOther, DestroysTheInnermostFirst) {
    Trace trace;
    auto inner = [](Trace& out) -> Generator<int> {
        Finally finally(out, "inner");
        co_yield 1;
    };
    auto outer = [](auto make, Trace& out) -> Generator<long> {
        Finally finally(out, "outer");
        co_yield from(make(out));
    };
    {
        auto generator = outer(inner, trace);
        generator.next();
    }
    EXPECT_THAT(trace, ElementsAre("~inner", "~outer"));
}

}  // namespace
}  // namespace trawl
