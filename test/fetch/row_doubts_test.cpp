#include "row_doubts.hpp"

#include <gtest/gtest.h>

#include <string>

#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

std::string rows_from(int first, int count, const char* name = "id") {
    std::string rows;
    for (int i = first; i < first + count; ++i) rows += format("{{\"{}\":{}}}\n", name, i);
    return rows;
}

/// Pages of ten rows that begin at those numbers.
RowDoubts after(std::initializer_list<int> pages, const char* name = "id") {
    RowDoubts doubts;
    doubts.begin(rows_from(*pages.begin(), 10, name), true);
    for (const int first : pages) doubts.add(rows_from(first, 10, name), 10);
    return doubts;
}

TEST(RowDoubts, RowsThatDifferGiveNone) {
    EXPECT_FALSE(after({0, 10, 20}).have_repeats());
    EXPECT_FALSE(after({0, 10, 20}).come_in_no_order());
}

TEST(RowDoubts, AHandfulThatCameTwiceHasMoved) {
    EXPECT_TRUE(after({0, 10, 15}).have_repeats());
    EXPECT_FALSE(after({0, 10, 15}).come_in_no_order());
}

TEST(RowDoubts, ManyThatHaveAnIdAndCameTwiceComeInNoOrder) {
    EXPECT_TRUE(after({0, 10, 14}).come_in_no_order());
    EXPECT_TRUE(after({0, 10, 14}, "uuid").come_in_no_order());
    EXPECT_FALSE(after({0, 10, 14}, "colour").come_in_no_order());
}

TEST(RowDoubts, AFieldThatIsTwiceOnThePageIsNoId) {
    RowDoubts doubts;
    doubts.begin("{\"id\":1}\n{\"id\":1}\n", false);
    for (int i = 0; i < 10; ++i) doubts.add("{\"id\":1}\n{\"id\":1}\n", 2);
    EXPECT_TRUE(doubts.have_repeats());
    EXPECT_FALSE(doubts.come_in_no_order());
}

TEST(RowDoubts, RowsOfTheFirstAndTheLastPageAreNotNew) {
    const RowDoubts doubts = after({0, 10, 20});
    EXPECT_TRUE(doubts.are_new(rows_from(30, 10)));
    EXPECT_TRUE(doubts.are_new(rows_from(10, 10)));  // those between are not remembered
    EXPECT_FALSE(doubts.are_new(rows_from(9, 10)));
    EXPECT_FALSE(doubts.are_new(rows_from(29, 10)));
}

}  // namespace
}  // namespace trawl::fetch
