// What co_yield may be given and what it costs: pointers to what was yielded, copies only of what the caller may
// change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "generator_trace.hpp"
#include "trawl/coro/generator.hpp"

namespace trawl {
namespace {

using testing::all;
using ::testing::ElementsAre;

/// Counts what is done to it.
class Counted {
public:
    explicit Counted(int number) : number_(number) { ++alive; }
    Counted(const Counted& other) : number_(other.number_) { ++alive, ++copies; }
    Counted(Counted&& other) noexcept : number_(std::exchange(other.number_, -1)) { ++alive, ++moves; }
    Counted& operator=(const Counted&) = delete;
    Counted& operator=(Counted&&) = delete;
    ~Counted() { --alive; }
    [[nodiscard]] int number() const { return number_; }

    static void reset() { copies = moves = 0; }
    static inline int alive = 0;
    static inline int copies = 0;
    static inline int moves = 0;

private:
    int number_;
};

struct Cost {
    int copies;
    int moves;
    bool operator==(const Cost&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Cost& cost) {
    return out << cost.copies << " copies, " << cost.moves << " moves";
}

/// What it costs to read the generator's items, by next() and by a loop that only looks.
template <class Make>
std::pair<Cost, Cost> cost_of(Make make) {
    const int before = Counted::alive;
    Counted::reset();
    {
        auto generator = make();
        while (auto item = generator.next()) EXPECT_EQ(item->number(), 5);
    }
    const Cost by_next{Counted::copies, Counted::moves};
    Counted::reset();
    for (auto&& item : make()) EXPECT_EQ(item.number(), 5);
    EXPECT_EQ(Counted::alive, before) << "each was destroyed once";
    return {by_next, Cost{Counted::copies, Counted::moves}};
}

TEST(GeneratorYield, OfAnRvalueCostsAMoveForWhoeverTakesIt) {
    auto cost = cost_of([]() -> Generator<Counted> { co_yield Counted(5); });
    EXPECT_EQ(cost.first, (Cost{0, 1}));
    EXPECT_EQ(cost.second, (Cost{0, 0}));
}

TEST(GeneratorYield, OfAnLvalueCostsOneCopy) {
    auto cost = cost_of([]() -> Generator<Counted> {
        Counted mine(5);
        co_yield mine;
        EXPECT_EQ(mine.number(), 5) << "the caller took a copy";
    });
    EXPECT_EQ(cost.first, (Cost{1, 1}));
    EXPECT_EQ(cost.second, (Cost{1, 0}));
}

TEST(GeneratorYield, OfAnLvalueThatMayBeTakenCostsNoCopy) {
    auto cost = cost_of([]() -> Generator<Counted> {
        Counted mine(5);
        co_yield std::move(mine);
    });
    EXPECT_EQ(cost.first, (Cost{0, 1}));
    EXPECT_EQ(cost.second, (Cost{0, 0}));
}

TEST(GeneratorYield, OfConstItemsCopiesForNext) {
    auto cost = cost_of([]() -> Generator<const Counted> {
        const Counted mine(5);
        co_yield mine;
    });
    EXPECT_EQ(cost.first, (Cost{1, 0}));
    EXPECT_EQ(cost.second, (Cost{0, 0}));
}

TEST(GeneratorYield, OfReferencesCostsNothing) {
    auto cost = cost_of([]() -> Generator<const Counted&> {
        Counted mine(5);
        co_yield mine;
        co_yield Counted(5);
    });
    EXPECT_EQ(cost.first, (Cost{0, 0}));
    EXPECT_EQ(cost.second, (Cost{0, 0}));
}

Generator<Counted> passed_on(int levels) {
    const int below = levels - 1;
    if (levels == 0) {
        co_yield Counted(5);
    } else {
        co_yield from(passed_on(below));
    }
}

TEST(GeneratorYield, ThroughLevelsCostsTheSame) {
    auto cost = cost_of([] { return passed_on(20); });
    EXPECT_EQ(cost.first, (Cost{0, 1}));
    EXPECT_EQ(cost.second, (Cost{0, 0}));
}

TEST(GeneratorYield, OfTheElementsOfARangeCopiesAnLvaluesAndTakesAnRvalues) {
    std::vector<Counted> numbers;
    numbers.emplace_back(5);
    auto copies = cost_of(
        [&] { return [](const std::vector<Counted>& range) -> Generator<Counted> { co_yield from(range); }(numbers); });
    EXPECT_EQ(copies.first, (Cost{1, 1}));
    EXPECT_EQ(numbers[0].number(), 5);
    auto refers = cost_of([&] {
        return [](const std::vector<Counted>& range) -> Generator<const Counted&> { co_yield from(range); }(numbers);
    });
    EXPECT_EQ(refers.first, (Cost{0, 0}));
    auto takes = cost_of([] {
        return []() -> Generator<Counted> {
            std::vector<Counted> mine;
            mine.emplace_back(5);
            co_yield from(std::move(mine));
        }();
    });
    EXPECT_EQ(takes.first, (Cost{0, 1}));
    EXPECT_EQ(takes.second, (Cost{0, 0}));
}

TEST(GeneratorYield, MayBeMoveOnly) {
    auto owners = []() -> Generator<std::unique_ptr<int>> {
        co_yield std::make_unique<int>(1);
        auto second = std::make_unique<int>(2);
        co_yield std::move(second);
        EXPECT_EQ(second, nullptr);
    };
    std::vector<int> seen;
    for (std::unique_ptr<int> owner : owners()) seen.push_back(*owner);
    auto generator = owners();
    while (std::optional<std::unique_ptr<int>> owner = generator.next()) seen.push_back(**owner);
    EXPECT_THAT(seen, ElementsAre(1, 2, 1, 2));
}

TEST(GeneratorYield, OfAReferenceIsTheObjectItself) {
    auto each_of = [](std::vector<int>& numbers) -> Generator<int&> {
        for (int& number : numbers) co_yield number;
    };
    std::vector<int> numbers{1, 2, 3};
    for (int& number : each_of(numbers)) number *= 10;
    auto generator = each_of(numbers);
    int* first = generator.next();
    EXPECT_EQ(first, numbers.data());
    *first = 7;
    generator.next();
    generator.next();
    EXPECT_EQ(generator.next(), nullptr) << "the end";
    EXPECT_THAT(numbers, ElementsAre(7, 20, 30));
}

TEST(GeneratorYield, OfAnRvalueReferenceMayBeTaken) {
    auto gives = []() -> Generator<std::string&&> {
        std::string text(100, 'x');
        co_yield std::move(text);
        EXPECT_EQ(text, "");
        co_yield std::string("temporary");
    };
    std::vector<std::string> taken;
    for (std::string&& text : gives()) taken.push_back(std::move(text));
    EXPECT_THAT(taken, ElementsAre(std::string(100, 'x'), "temporary"));
}

TEST(GeneratorYield, OfConstIsAsGoodAsOfPlain) {
    auto constants = []() -> Generator<const int> {
        const int one = 1;
        co_yield one;
        co_yield 2;
    };
    EXPECT_THAT(all(constants()), ElementsAre(1, 2));
    static_assert(std::is_same_v<decltype(*constants().begin()), const int&>);
    static_assert(std::is_same_v<decltype(constants().next()), std::optional<const int>>);
}

TEST(GeneratorYield, ConvertsWhatItIsGiven) {
    auto texts = []() -> Generator<std::string> {
        co_yield "a literal that is longer than what a string holds without an allocation";
        const std::string mine = "mine, and longer than what a string holds without an allocation";
        co_yield mine + "!";
        co_yield mine;
    };
    auto read = all(texts());
    ASSERT_EQ(read.size(), 3u);
    EXPECT_EQ(read[0].substr(0, 9), "a literal");
    EXPECT_EQ(read[1], read[2] + "!");
    auto numbers = []() -> Generator<double> { co_yield 1; };
    EXPECT_THAT(all(numbers()), ElementsAre(1.0));
}

TEST(GeneratorYield, OfAPolymorphicReferenceKeepsItsType) {
    struct Base {
        virtual ~Base() = default;
        [[nodiscard]] virtual int number() const { return 1; }
    };
    struct Derived final : Base {
        [[nodiscard]] int number() const override { return 2; }
    };
    auto bases = []() -> Generator<const Base&> {
        co_yield Derived();
        std::vector<Derived> more(2);
        co_yield from(more);
    };
    std::vector<int> numbers;
    for (const Base& base : bases()) numbers.push_back(base.number());
    EXPECT_THAT(numbers, ElementsAre(2, 2, 2));
}

TEST(GeneratorYield, OfWhatCannotBeMovedIsReadInPlace) {
    struct Fixed {
        explicit Fixed(int given) : number(given) {}
        Fixed(const Fixed&) = delete;
        Fixed& operator=(const Fixed&) = delete;
        int number;
    };
    auto body = []() -> Generator<Fixed> { co_yield Fixed(3); };
    std::vector<int> seen;
    for (auto&& fixed : body()) seen.push_back(fixed.number);
    EXPECT_THAT(seen, ElementsAre(3));
}

}  // namespace
}  // namespace trawl
