#include <gtest/gtest.h>

#include "trawl/fetch/pages.hpp"

namespace trawl {
namespace {

TEST(Page, ItsRecordsAreAJsonArray) {
    Page page;
    EXPECT_EQ(page.json().items().size(), 0U);
    page.records = "{\"name\":\"two\\nlines\"}\n[1,2]\n7\n";
    ASSERT_EQ(page.json().items().size(), 3U);
    for (const Json& row : page.json().items()) EXPECT_NE(row.raw(), "");
    EXPECT_EQ(page.json()[0]["name"].string(), "two\nlines");
    EXPECT_EQ(page.json()[2].integer(), 7);
}

}  // namespace
}  // namespace trawl
