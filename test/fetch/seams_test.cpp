/// Slices that do and do not share a row, one case after the other: what is handed on, what is wanted, when it ends.
#include "seams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "moving_source.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SeamsOptions slices_of(std::uint64_t size, SliceKind kind = SliceKind::offset) {
    SeamsOptions options;
    options.slice_size = size;
    options.kind = kind;
    return options;
}

Slice slice(std::uint64_t begin, std::uint64_t asked, std::vector<std::uint64_t> ids) {
    Slice made{begin, asked, {}};
    for (const std::uint64_t id : ids) made.keys.push_back(key_of(id));
    return made;
}

/// Rows `first`, `first` + 1, ...
Slice run_of(std::uint64_t begin, std::uint64_t asked, std::uint64_t first, std::uint64_t count) {
    std::vector<std::uint64_t> ids(count);
    std::iota(ids.begin(), ids.end(), first);
    return slice(begin, asked, std::move(ids));
}

std::string wanted(const Seams& seams) {
    return seams.wanted() ? format("{}+{}", seams.wanted()->begin, seams.wanted()->count) : "nothing";
}

TEST(Seams, OfAListAtRestWantNothingUntilTheEnd) {
    Seams seams(slices_of(4));
    EXPECT_THAT(seams.take(run_of(0, 4, 0, 4)), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(seams.take(run_of(3, 4, 3, 4)), ElementsAre(1, 2, 3));
    EXPECT_EQ(wanted(seams), "nothing");
    EXPECT_THAT(seams.take(run_of(6, 4, 6, 2)), ElementsAre(1));
    EXPECT_EQ(wanted(seams), "7+4");  // does it end here, or does the source give two rows at most now?
    EXPECT_FALSE(seams.ended());
    EXPECT_THAT(seams.take(run_of(7, 4, 7, 1)), IsEmpty());
    EXPECT_TRUE(seams.ended());
    EXPECT_EQ(seams.describe(), "read to position 8; ended");
}

TEST(Seams, OfAnEmptyListEndAtOnce) {
    Seams seams(slices_of(4));
    EXPECT_THAT(seams.take(run_of(0, 4, 0, 0)), IsEmpty());
    EXPECT_TRUE(seams.ended());
}

TEST(Seams, ADeletedRowOpensASeamThatOneReadMends) {
    Seams seams(slices_of(8));
    (void)seams.take(run_of(0, 8, 0, 8));
    EXPECT_THAT(seams.take(run_of(7, 8, 8, 8)), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));  // row 3 went: 7 is not there
    EXPECT_EQ(wanted(seams), "6+8");
    EXPECT_EQ(seams.describe(), "read to position 8; 0 of 1 seams mended by 0 reads; wants [6, 14)");
    EXPECT_THAT(seams.take(run_of(6, 8, 7, 8)), IsEmpty());
    EXPECT_EQ(seams.describe(), "read to position 15; 1 of 1 seams mended by 1 reads");
}

TEST(Seams, FindTheRowThatWasSkipped) {
    Seams seams(slices_of(8));
    (void)seams.take(run_of(0, 8, 0, 8));
    (void)seams.take(run_of(7, 8, 9, 8));  // rows 2 and 3 went: 8 is in neither slice
    ASSERT_EQ(wanted(seams), "6+8");
    EXPECT_THAT(seams.take(run_of(6, 8, 8, 8)), ElementsAre(0));  // it came, but shares no row with what was there
    ASSERT_EQ(wanted(seams), "1+8");
    EXPECT_THAT(seams.take(slice(1, 8, {1, 4, 5, 6, 7, 8, 9, 10})), IsEmpty());
    EXPECT_EQ(wanted(seams), "nothing");
    EXPECT_EQ(seams.describe(), "read to position 15; 1 of 1 seams mended by 2 reads");
}

TEST(Seams, RowsThatWereInsertedBeforeComeOnce) {
    Seams seams(slices_of(4));
    (void)seams.take(run_of(0, 4, 0, 4));
    EXPECT_THAT(seams.take(run_of(3, 4, 2, 4)), ElementsAre(2, 3));
    EXPECT_EQ(wanted(seams), "nothing");
    EXPECT_EQ(seams.stats().repeated, 2U);
}

TEST(Seams, PlannedSlicesThatWereAllSeenBeforeAreNoFailure) {
    Seams seams(slices_of(10));
    for (std::uint64_t i = 0; i < 200; ++i) (void)seams.take(run_of(9 * i, 10, 9 * i, 10));
    // 1,500 rows are inserted in front: 166 slices repeat what was read.
    for (std::uint64_t i = 200; i < 400; ++i) {
        (void)seams.take(run_of(9 * i, 10, 9 * i - 1500, 10));
        ASSERT_EQ(wanted(seams), "nothing");
    }
    EXPECT_EQ(seams.stats().seams, 0U);
}

TEST(Seams, OneKnownRowBehindManyNewOnesIsARowThatMoved) {
    Seams seams(slices_of(8));
    (void)seams.take(run_of(0, 8, 0, 8));
    (void)seams.take(slice(7, 8, {20, 21, 22, 23, 24, 2}));  // row 2 was changed and went to the end
    EXPECT_EQ(seams.stats().seams, 1U);
    EXPECT_EQ(wanted(seams), "6+8");
}

TEST(Seams, PagesThatOnlyTouchAreBridgedByATinyOne) {
    Seams seams(slices_of(10, SliceKind::page));
    (void)seams.take(run_of(0, 10, 0, 10));
    (void)seams.take(run_of(10, 10, 10, 10));
    EXPECT_EQ(wanted(seams), "9+2");
    EXPECT_THAT(seams.take(run_of(9, 3, 9, 3)), IsEmpty());  // page 3 of 3 rows
    EXPECT_EQ(seams.describe(), "read to position 20");      // no change, so no seam to mend
}

TEST(Seams, ShortAnswersAmidDoNotEndTheList) {
    Seams seams(slices_of(6));
    (void)seams.take(run_of(0, 6, 0, 6));
    (void)seams.take(run_of(5, 6, 5, 3));
    EXPECT_EQ(wanted(seams), "7+6");
    (void)seams.take(run_of(7, 6, 7, 6));
    EXPECT_EQ(wanted(seams), "nothing");
    EXPECT_EQ(seams.onward(), (SliceRequest{12, 6}));
    EXPECT_FALSE(seams.ended());
}

TEST(Seams, AListOfWhichNothingIsLeftIsBegunAnew) {
    Seams seams(slices_of(4));
    (void)seams.take(run_of(0, 4, 0, 4));
    (void)seams.take(run_of(3, 4, 50, 4));
    ASSERT_EQ(wanted(seams), "2+4");
    (void)seams.take(run_of(2, 4, 49, 4));
    ASSERT_EQ(wanted(seams), "1+4");
    (void)seams.take(run_of(1, 4, 48, 4));
    ASSERT_EQ(wanted(seams), "0+4");
    (void)seams.take(run_of(0, 4, 47, 4));
    EXPECT_EQ(seams.stats().restarts, 1U);
    EXPECT_EQ(seams.describe(), "read to position 7; 1 of 1 seams mended by 3 reads; begun anew 1 times");
}

TEST(Seams, ASourceThatIsNeverTheSameIsAnError) {
    Seams seams(slices_of(4));
    (void)seams.take(run_of(0, 4, 0, 4));
    std::uint64_t next = 1000;
    try {
        (void)seams.take(run_of(500, 4, next, 4));
        while (seams.wanted()) (void)seams.take(run_of(seams.wanted()->begin + 500, 4, next += 4, 4));
        FAIL();
    } catch (const PaginationError& error) {
        EXPECT_THAT(error.what(), HasSubstr("the source changes faster than it can be read: 65 reads around position 4 "
                                            "had no row in common with those before it; ask for larger pages"));
    }
}

using Source = std::function<Slice(const SliceRequest&)>;

struct ReadToTheEnd {
    std::set<std::uint64_t> rows;
    int reads = 0;
    std::string error;
};

ReadToTheEnd read_all(Seams& seams, const Source& source) {
    ReadToTheEnd all;
    try {
        for (SliceRequest next{0, 10}; !seams.ended(); next = seams.wanted().value_or(seams.onward())) {
            if (++all.reads > 1000) throw PaginationError("no end");
            const Slice got = source(next);
            for (const std::size_t i : seams.take(got)) all.rows.insert(got.keys[i].low);
        }
    } catch (const PaginationError& error) {
        all.error = error.what();
    }
    return all;
}

TEST(Seams, ASourceThatMovesTooLargeAPositionBackEnds) {
    for (const std::uint64_t rows : {91U, 95U, 100U, 109U}) {
        Seams seams(slices_of(10));
        const ReadToTheEnd all = read_all(seams, [&](const SliceRequest& asked) {
            return run_of(asked.begin, asked.count, std::min(asked.begin, rows - asked.count), asked.count);
        });
        EXPECT_EQ(all.error, "") << rows;
        EXPECT_EQ(all.rows.size(), rows);
        EXPECT_LT(all.reads, 25) << rows;
        EXPECT_TRUE(seams.ended_by_repetition());
    }
}

TEST(Seams, ASourceThatGoesRoundInCirclesIsAnError) {
    Seams seams(slices_of(10));
    const ReadToTheEnd all = read_all(seams, [](const SliceRequest& asked) {
        Slice got{asked.begin, asked.count, {}};
        for (std::uint64_t at = asked.begin; at < asked.begin + asked.count; ++at) got.keys.push_back(key_of(at % 95));
        return got;
    });
    EXPECT_THAT(all.error, HasSubstr("brought no new row"));
    EXPECT_EQ(all.rows.size(), 95U);
    EXPECT_LT(all.reads, 150);
}

TEST(Seams, ASourceThatGivesSomeKnownPageBehindItsEndIsAnError) {
    Seams seams(slices_of(10));
    const ReadToTheEnd all = read_all(seams, [](const SliceRequest& asked) {
        const bool is_there = asked.begin + asked.count <= 91;
        return run_of(asked.begin, asked.count, is_there ? asked.begin : 40 + asked.begin % 7, asked.count);
    });
    EXPECT_THAT(all.error, HasSubstr("65 reads around position"));
    EXPECT_THAT(all.error, HasSubstr("brought no new row"));
}

TEST(Seams, RowsThatArePutInAsFastAsTheyAreReadAreNoEnd) {
    Seams seams(slices_of(10));
    (void)seams.take(run_of(0, 10, 0, 10));
    EXPECT_THAT(seams.take(run_of(9, 10, 0, 10)), IsEmpty());  // nine rows were put in, as many as the read went on
    EXPECT_EQ(wanted(seams), "28+10");
    (void)seams.take(run_of(28, 10, 0, 0));
    EXPECT_EQ(wanted(seams), "17+10");
    EXPECT_THAT(seams.take(run_of(17, 10, 8, 10)), ElementsAre(2, 3, 4, 5, 6, 7, 8, 9));
    EXPECT_EQ(wanted(seams), "nothing");
    EXPECT_FALSE(seams.ended());
}

TEST(Seams, TwoRowsOfOneKeyInOneAnswerAreAnError) {
    Seams seams(slices_of(4));
    try {
        (void)seams.take(slice(0, 4, {1, 2, 1}));
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(),
                     "row 3 of the answer at position 0 has the primary key of another row there: the key does not "
                     "tell rows apart; name all of its fields");
    }
    EXPECT_THROW(Seams(slices_of(1)), UsageError);
}

TEST(Seams, RememberBoundedlyMany) {
    SeamsOptions options = slices_of(10);
    options.recent_max = 100;
    Seams seams(options);
    for (std::uint64_t i = 0; i < 2000; ++i) (void)seams.take(run_of(9 * i, 10, 9 * i, 10));
    // What came 128 slices ago is known, what came at first is not.
    EXPECT_THAT(seams.take(run_of(17'000, 10, 17'000, 10)), IsEmpty());
    EXPECT_EQ(seams.take(run_of(17'990, 10, 0, 10)).size(), 10U);
}

TEST(Seams, OfSlicesThatWaitCanBeBridgedAhead) {
    const Slice left = run_of(0, 8, 0, 8);
    EXPECT_TRUE(share_a_row(left, run_of(7, 8, 7, 8)));
    EXPECT_FALSE(share_a_row(left, run_of(7, 8, 8, 8)));
    EXPECT_EQ(to_bridge(left, run_of(7, 8, 8, 8)), (SliceRequest{5, 8}));
    EXPECT_EQ(to_bridge(run_of(0, 10, 0, 10), run_of(10, 10, 10, 10)), (SliceRequest{9, 2}));
    Seams seams(slices_of(8));
    (void)seams.take(left);
    (void)seams.take(run_of(5, 8, 6, 8));
    (void)seams.take(run_of(7, 8, 8, 8));
    EXPECT_EQ(seams.describe(), "read to position 15");
}

}  // namespace
}  // namespace trawl::fetch
