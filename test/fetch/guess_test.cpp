/// Pages that nothing but the place of the first one promises: taken until one is empty, and none where it is the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paginator_driver.hpp"

namespace trawl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* place = "http://x/s?page=1&per_page=20";

/// 250 rows, 20 a page.
std::string page_of(std::uint64_t page) { return rows(page > 13 ? 0 : page == 13 ? 10 : 20, (page - 1) * 20); }

TEST(Guess, PagesAreTakenUntilOneIsEmpty) {
    for (const std::uint64_t ahead : {1U, 4U, 20U}) {
        const Walked walked =
            walk_detected(place, [](const PageRequest& asked) { return page_of(number(asked, "page", 1)); }, ahead);
        EXPECT_THAT(walked.error, IsEmpty());
        EXPECT_EQ(by_id(walked.records), each_once(250));
    }
}

TEST(Guess, OffsetsBesideALimitAreTakenUntilAPageIsEmpty) {
    const Walked walked = walk_detected("http://x/s?limit=20", [](const PageRequest& asked) {
        const std::uint64_t from = number(asked, "offset", 0);
        return rows(from >= 250 ? 0 : std::min<std::size_t>(number(asked, "limit", 20), 250 - from), from);
    });
    EXPECT_THAT(walked.error, IsEmpty());
    EXPECT_EQ(by_id(walked.records), each_once(250));
}

TEST(Guess, ASourceThatIgnoresTheParameterHasOnePage) {
    for (const std::uint64_t ahead : {1U, 4U}) {
        const Walked walked = walk_detected(place, [](const PageRequest&) { return rows(20); }, ahead);
        EXPECT_THAT(walked.error, IsEmpty());
        EXPECT_THAT(walked.verdict.failure, IsEmpty());
        EXPECT_EQ(walked.records, each_once(20));
        EXPECT_THAT(walked.notes, ElementsAre(HasSubstr("one page of 20 rows was taken")));
    }
}

TEST(Guess, APageThatSaysThatItIsTheFirstAgainIsTheOnlyOne) {
    const Walked walked = walk_detected(
        "http://x/s", [](const PageRequest&) { return R"({"page":1,"per_page":20,"items":)" + rows(20) + "}"; });
    EXPECT_THAT(walked.error, IsEmpty());
    EXPECT_EQ(walked.records, each_once(20));
    EXPECT_THAT(walked.notes, ElementsAre(HasSubstr("page_number:page_param=NAME")));
}

/// Rows with a key, a name, and something of the moment.
std::string rows_of_now(std::uint64_t from, int now) {
    std::string text;
    for (std::uint64_t i = from; i < from + 20; ++i)
        text += format(R"({}{{"id":{},"name":"n{}","age":{}}})", text.empty() ? "" : ",", i, i, 1000 * now + int(i));
    return "[" + text + "]";
}

TEST(Guess, APageOfWhichAFieldChangesIsTheSamePage) {
    int now = 0;
    const Walked walked = walk_detected(place, [&](const PageRequest&) { return rows_of_now(0, ++now); }, 4);
    EXPECT_THAT(walked.error, IsEmpty());
    EXPECT_THAT(walked.verdict.failure, IsEmpty());
    EXPECT_EQ(walked.records.size(), 20U);
}

TEST(Guess, RowsThatAreNumberedOnEachPageAreOthers) {
    const Walked walked = walk_detected(place, [](const PageRequest& asked) {
        const std::uint64_t page = number(asked, "page", 1);
        std::string text;
        for (std::uint64_t i = 0; i < 20 && page < 4; ++i)
            text += format(R"({}{{"place":{},"id":{},"name":"n{}"}})", i ? "," : "", i, page * 20 + i, page * 20 + i);
        return "[" + text + "]";
    });
    EXPECT_THAT(walked.error, IsEmpty());
    EXPECT_EQ(walked.records.size(), 60U);
}

TEST(Guess, AnErrorForTheNextPageIsTheEnd) {
    for (const int status : {400, 404}) {
        const Walked walked = walk_detected(place, [&](const PageRequest& asked) {
            return number(asked, "page", 1) < 3 ? Answer(page_of(number(asked, "page", 1))) : Answer("", {}, status);
        });
        EXPECT_THAT(walked.error, IsEmpty());
        EXPECT_EQ(walked.records, each_once(40));
    }
}

TEST(Guess, AFailureIsNotTheEnd) {
    const Walked walked = walk_detected(place, [&](const PageRequest& asked) {
        return number(asked, "page", 1) < 3 ? Answer(page_of(number(asked, "page", 1))) : Answer("", {}, 500);
    });
    EXPECT_EQ(walked.error, "status 500");
}

}  // namespace
}  // namespace trawl
