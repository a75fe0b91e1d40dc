#include "site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cursor.hpp"
#include "data.hpp"

namespace trawl::origin {
namespace {

class SiteTest : public testing::Test {
protected:
    [[nodiscard]] Route route(std::string_view target, std::string_view method = "GET", std::string_view host = "h:1") {
        std::vector<DataSet> sets;
        sets.push_back(numbers(120, "things"));
        sets.push_back(numbers(3, "others"));
        site_.emplace(std::move(sets), settings_, counters_);
        return site_->route(SiteRequest{method, target, host});
    }
    [[nodiscard]] int status(std::string_view target) {
        const Route found = route(target);
        return found.data != nullptr ? 200 : found.answer.status;
    }

    SiteSettings settings_;
    Counters counters_;
    std::optional<Site> site_;
};

struct Asked {
    std::string target;
    Style style;
    Slice slice;
};

TEST_F(SiteTest, EachStyleReadsItsOwnParameters) {
    const Asked cases[] = {
        {"/things", Style::page, {0, 50}},
        {"/page/things?page=2", Style::page, {50, 50}},
        {"/page/things?page=3&page_size=20", Style::page, {40, 20}},
        {"/page/things?offset=7&limit=7", Style::page, {0, 50}},
        {"/offset/things?offset=7&limit=9", Style::offset, {7, 9}},
        {"/link/things?page=2&per_page=30", Style::link, {30, 30}},
        {"/cursor/things?cursor=" + cursor_of(60) + "&limit=30", Style::cursor, {60, 30}},
        {"/next/things?cursor=" + cursor_of(60), Style::next, {60, 50}},
        {"/page/things?page_size=100000", Style::page, {0, 1000}},
        {"/page/things?page=1000000000000&page_size=1000", Style::page, {999'999'999'999'000, 1000}},
    };
    for (const Asked& asked : cases) {
        const Route found = route(asked.target);
        ASSERT_NE(found.data, nullptr) << asked.target << found.answer.body;
        EXPECT_EQ(found.style, asked.style) << asked.target;
        EXPECT_EQ(found.slice.first, asked.slice.first) << asked.target;
        EXPECT_EQ(found.slice.count, asked.slice.count) << asked.target;
    }
}

TEST_F(SiteTest, ParametersThatMakeNoSenseAreABadRequest) {
    for (const char* target :
         {"/things?page=0", "/things?page=-1", "/things?page=x", "/things?page=", "/things?page_size=0",
          "/things?page=1000000000001", "/offset/things?offset=-1", "/offset/things?limit=0", "/cursor/things?cursor=7",
          "/next/things?cursor=", "/link/things?per_page=1.5"}) {
        EXPECT_EQ(status(target), 400) << target;
    }
}

TEST_F(SiteTest, OtherPathsAreNotFound) {
    for (const char* target : {"/nothing", "/page", "/page/", "/page/nothing", "/Page/things", "/things/", "//things",
                               "/page/page/things"}) {
        EXPECT_EQ(status(target), 404) << target;
    }
}

TEST_F(SiteTest, OnlyGetAndHeadAreAllowed) {
    EXPECT_NE(route("/things", "HEAD").data, nullptr);
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
        const Route found = route("/things", method);
        EXPECT_EQ(found.answer.status, 405) << method;
        EXPECT_EQ(found.answer.fields, "Allow: GET, HEAD\r\n");
    }
}

TEST_F(SiteTest, BeyondTheEndIsAsSet) {
    const char* target = "/page/things?page=9";
    settings_.beyond = Beyond::empty;
    EXPECT_EQ(route(target).slice, (Slice{400, 50}));
    settings_.beyond = Beyond::not_found;
    EXPECT_EQ(status(target), 404);
    EXPECT_EQ(status("/page/things?page=3"), 200);
    EXPECT_EQ(status("/page/things?page=4"), 404);
    settings_.beyond = Beyond::clamp;
    EXPECT_EQ(route(target).slice, (Slice{100, 50}));
    EXPECT_EQ(route("/offset/things?offset=120&limit=60").slice, (Slice{60, 60}));
}

TEST_F(SiteTest, FurtherPagesAreAtTheHostThatWasAskedOrRelative) {
    EXPECT_EQ(route("/next/things").path, "http://h:1/next/things");
    EXPECT_EQ(route("/things?page=2").path, "http://h:1/things");
    EXPECT_EQ(route("/next/things", "GET", "").path, "/next/things");
    settings_.relative_urls = true;
    EXPECT_EQ(route("/next/things").path, "/next/things");
}

TEST_F(SiteTest, AHostThatCouldBreakOutOfJsonOrHeadersIsRefused) {
    for (const char* host : {"a\"b", "a b", "a>b", "a/b", "a\\b"}) {
        const Route found = route("/next/things", "GET", host);
        EXPECT_EQ(found.data, nullptr) << host;
        EXPECT_EQ(found.answer.status, 400) << host;
    }
}

TEST_F(SiteTest, TheDefaultStyleIsAsSet) {
    settings_.style = Style::link;
    EXPECT_EQ(route("/others").style, Style::link);
    EXPECT_EQ(route("/page/others").style, Style::page);
}

TEST_F(SiteTest, SaysWhatThereIs) {
    counters_.requests = 7;
    EXPECT_THAT(route("/").answer.body,
                testing::HasSubstr(R"({"name":"things","records":120,"default":"/things","page":"/page/things")"));
    EXPECT_EQ(route("/health").answer.body, "{\"status\":\"ok\"}\n");
    EXPECT_THAT(route("/stats?x").answer.body, testing::StartsWith("{\"requests\":7,"));
    EXPECT_EQ(site_->summary(), "120 things, 3 others");
}

}  // namespace
}  // namespace trawl::origin
