/// spell(): what was found, said so that parse_paginator() gives the same.
#include "trawl/fetch/pages_found.hpp"

#include <gtest/gtest.h>

namespace trawl {
namespace {

PagesFound found_by(const std::string& spec) {
    PagesFound found;
    found.pagination = parse_paginator(spec);
    found.page_size = 50;
    found.any_order = true;
    return found;
}

std::string spelled(const PagesFound& found) {
    const auto text = spell(found);
    return text ? text->str() : "";
}

TEST(PagesFound, IsSpelledAsItIsSaid) {
    for (const char* spec : {
             "page_number:page_param=p,base_page=0,next_url_path=$.next",
             "page_number:page_body_path=$.at.page,base_page=1,has_more_path=$.more",
             "page_number:page_param=page,base_page=1,page_size_param=size,page_size=20,links_next_key=next",
             "offset:offset_param=skip,offset=0,limit_param=take,limit=50,has_more_path=$.more",
             "cursor:cursor_path=$.meta.next,cursor_param=after",
             "cursor:cursor_key=x-next,cursor_body_path=$.after",
             "cursor:cursor_record_path=$.id,cursor_param=since,has_more_path=$.more",
             "json_link:next_url_path=$.links.next",
             "header_link:links_next_key=next",
             "odata",
             "relay:connection_path=$.data.issues,cursor_body_path=$.variables.after",
         })
        EXPECT_EQ(spelled(found_by(spec)), spec);
}

TEST(PagesFound, OfAnOffsetNamesTheTotal) {
    PagesFound found = found_by("offset");
    found.pagination.first = 0;
    found.total_path = "$.count";
    EXPECT_EQ(spelled(found), "offset:offset_param=offset,offset=0,limit_param=limit,total_path=$.count");
}

TEST(PagesFound, IsNotSpelledWhereItTakesALookAtTheFirstPage) {
    EXPECT_EQ(spelled(found_by("single_page")), "");
    PagesFound by_rows = found_by("page_number");  // a total of rows: its option names a total of pages
    by_rows.rows = 5127;
    by_rows.pagination.pages = 103;
    EXPECT_EQ(spelled(by_rows), "");
    PagesFound in_doubt = found_by("json_link");
    in_doubt.pagination.warnings.emplace_back("the totals contradict each other");
    EXPECT_EQ(spelled(in_doubt), "");
}

TEST(PagesFound, OfARangeEndsWhereTheNextBegins) {
    PagesFound found = found_by("page_number:page_param=p");
    found.pagination.first = 1;
    EXPECT_EQ(spell_range(found, 10, 20).str(), "page_number:page_param=p,base_page=11,maximum_page=21");
    found = found_by("offset:limit_param=take");
    found.pagination.first = 5;
    EXPECT_EQ(spell_range(found, 2, 3).str(),
              "offset:offset_param=offset,offset=105,limit_param=take,maximum_offset=155");
}

TEST(PagesFound, SaysWhereEachPageButTheLastNamesTheNext) {
    const Pagination pagination = parse_paginator("page_number:next_url_path=links.next,stop_after_empty_page=false");
    EXPECT_EQ(pagination.link_path->str(), "$.links.next");
    EXPECT_EQ(parse_paginator("offset:links_next_key=NEXT").link_relation, "next");
}

}  // namespace
}  // namespace trawl
