/// What can be seen of a change without a key, and that nothing is said when nothing changed.
#include "change_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trawl::fetch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

std::vector<KeyHash> rows(std::uint64_t first, std::uint64_t count) {
    std::vector<KeyHash> made(count);
    for (std::uint64_t i = 0; i < count; ++i) made[i] = {first + i, first + i};
    return made;
}

TEST(ChangeWatch, SaysNothingOfASourceAtRest) {
    ChangeWatch watch;
    for (const std::uint64_t index : {2U, 0U, 3U, 1U}) watch.page(index, rows(10 * index, 10), 40);
    EXPECT_THAT(watch.verdict(), IsEmpty());
    EXPECT_THAT(ChangeWatch().verdict(), IsEmpty());
}

TEST(ChangeWatch, TellsOfATotalThatMoved) {
    ChangeWatch watch;
    watch.page(0, rows(0, 10), 30);
    watch.page(1, rows(10, 10), 28);
    watch.page(2, rows(20, 10), 30);
    EXPECT_THAT(watch.verdict(),
                ElementsAre("the source's total was 30 at first and 30 at last, from 28 to 30 in between: rows came or "
                            "went while pages were read, and some may be missing or there twice; name a primary key "
                            "(--primary-key), and such rows are found and read again"));
}

TEST(ChangeWatch, TellsOfRowsThatMovedToTheNextPageInWhateverOrderTheyCame) {
    for (const bool forward : {true, false}) {
        ChangeWatch watch;
        watch.page(forward ? 0 : 1, forward ? rows(0, 10) : rows(7, 10), std::nullopt);
        watch.page(forward ? 1 : 0, forward ? rows(7, 10) : rows(0, 10), std::nullopt);
        EXPECT_THAT(watch.verdict(),
                    ElementsAre(StartsWith("3 rows at the end of a page begin the next one as well (first on pages 1 "
                                           "and 2): rows were inserted before them")));
    }
}

TEST(ChangeWatch, WithAnOverlapTellsOfAGapAsWell) {
    ChangeWatch watch(1);
    watch.page(0, rows(0, 10), std::nullopt);
    watch.page(1, rows(9, 10), std::nullopt);
    EXPECT_THAT(watch.verdict(), IsEmpty());
    watch.page(2, rows(19, 10), std::nullopt);
    EXPECT_THAT(watch.verdict(), ElementsAre(StartsWith("1 pages do not begin with the last row of the one before "
                                                        "(first pages 2 and 3): rows were deleted")));
    watch.page(3, rows(25, 10), std::nullopt);
    EXPECT_THAT(watch.verdict(), ElementsAre(StartsWith("3 rows at the end of a page"), StartsWith("1 pages do not")));
}

TEST(ChangeWatch, DoesNotTakeRowsThatAreAlikeForCertain) {
    ChangeWatch watch;
    watch.page(0, {{1, 1}, {2, 2}, {3, 3}}, std::nullopt);
    watch.page(1, {{4, 4}, {2, 2}, {5, 5}}, std::nullopt);
    EXPECT_THAT(watch.verdict(),
                ElementsAre(StartsWith("1 rows are on two neighbouring pages (first on pages 1 and 2): the source's "
                                       "order changed while pages were read, or it has rows that are alike")));
}

TEST(ChangeWatch, AnEmptyPageBehindTheEndIsNoGap) {
    ChangeWatch watch(1);
    watch.page(0, rows(0, 4), 4);
    watch.page(1, {}, 4);
    EXPECT_THAT(watch.verdict(), IsEmpty());
}

}  // namespace
}  // namespace trawl::fetch
