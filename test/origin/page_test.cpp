#include "page.hpp"

#include <gtest/gtest.h>

#include "data.hpp"

namespace trawl::origin {
namespace {

struct Case {
    Style style;
    std::size_t first;
    const char* body;
    const char* fields;
};

// Five records, two a page.
const Case kCases[] = {
    {Style::page, 0, R"({"page":1,"page_size":2,"total_pages":3,"total":5,"items":[{"v":0},{"v":1}]})", ""},
    {Style::page, 4, R"({"page":3,"page_size":2,"total_pages":3,"total":5,"items":[{"v":4}]})", ""},
    {Style::page, 6, R"({"page":4,"page_size":2,"total_pages":3,"total":5,"items":[]})", ""},
    {Style::offset, 3, R"({"offset":3,"limit":2,"total":5,"results":[{"v":3},{"v":4}]})", ""},
    {Style::offset, 9, R"({"offset":9,"limit":2,"total":5,"results":[]})", ""},
    {Style::link, 0, R"([{"v":0},{"v":1}])",
     "Link: <U?page=1&per_page=2>; rel=\"first\", <U?page=2&per_page=2>; rel=\"next\", <U?page=3&per_page=2>; "
     "rel=\"last\"\r\n"
     "X-Total-Count: 5\r\n"},
    {Style::link, 4, R"([{"v":4}])",
     "Link: <U?page=1&per_page=2>; rel=\"first\", <U?page=2&per_page=2>; rel=\"prev\", <U?page=3&per_page=2>; "
     "rel=\"last\"\r\n"
     "X-Total-Count: 5\r\n"},
    {Style::cursor, 2, R"({"data":[{"v":2},{"v":3}],"next_cursor":"YWZ0ZXI6NA=="})", ""},
    {Style::cursor, 4, R"({"data":[{"v":4}],"next_cursor":null})", ""},
    {Style::next, 0, R"({"results":[{"v":0},{"v":1}],"next":"U?cursor=YWZ0ZXI6Mg%3D%3D&limit=2"})", ""},
    {Style::next, 4, R"({"results":[{"v":4}],"next":null})", ""},
};

TEST(Page, IsWhatItsStyleSays) {
    const DataSet data = numbers(5);
    for (const Case& one : kCases) {
        const Answer answer = page_answer(one.style, data, Slice{one.first, 2}, "U", SiteSettings());
        EXPECT_EQ(answer.body, std::string(one.body) + "\n");
        EXPECT_EQ(answer.fields, one.fields) << one.body;
        EXPECT_EQ(answer.status, 200);
    }
}

TEST(Page, ThatEndsWithTheDataHasNoNext) {
    const DataSet data = numbers(4);
    EXPECT_EQ(page_answer(Style::cursor, data, Slice{2, 2}, "U", SiteSettings()).body,
              "{\"data\":[{\"v\":2},{\"v\":3}],\"next_cursor\":null}\n");
    const std::string fields = page_answer(Style::link, data, Slice{2, 2}, "U", SiteSettings()).fields;
    EXPECT_EQ(fields.find("\"next\""), std::string::npos) << fields;
}

TEST(Page, OfNothingIsTheOnlyOne) {
    const DataSet data = numbers(0);
    EXPECT_EQ(page_answer(Style::page, data, Slice{0, 2}, "U", SiteSettings()).body,
              "{\"page\":1,\"page_size\":2,\"total_pages\":0,\"total\":0,\"items\":[]}\n");
    EXPECT_EQ(page_answer(Style::next, data, Slice{0, 2}, "U", SiteSettings()).body,
              "{\"results\":[],\"next\":null}\n");
}

TEST(Page, CanCountFromZeroAndHideTheTotal) {
    const DataSet data = numbers(5);
    SiteSettings settings;
    settings.first_page = 0;
    settings.totals = false;
    EXPECT_EQ(page_answer(Style::page, data, Slice{2, 2}, "U", settings).body,
              "{\"page\":1,\"page_size\":2,\"items\":[{\"v\":2},{\"v\":3}]}\n");
    EXPECT_EQ(page_answer(Style::offset, data, Slice{4, 2}, "U", settings).body,
              "{\"offset\":4,\"limit\":2,\"results\":[{\"v\":4}]}\n");
    EXPECT_EQ(page_answer(Style::link, data, Slice{0, 2}, "U", settings).fields,
              "Link: <U?page=0&per_page=2>; rel=\"first\", <U?page=1&per_page=2>; rel=\"next\"\r\n");
}

}  // namespace
}  // namespace trawl::origin
