#include "detect.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "trawl/base/error.hpp"

namespace trawl::fetch {
namespace {

struct Case {
    const char* name;
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::size_t count;
    std::string expected;
};

std::string describe(const Pagination& p) {
    switch (p.kind) {
        case PaginationKind::single_page:
            return "single";
        case PaginationKind::header_link:
            return "header_link";
        case PaginationKind::json_link:
            return "json_link " + json_path_text(p.path);
        case PaginationKind::cursor:
            return "cursor " + json_path_text(p.path) + " as " + p.param;
        default: {
            const std::string kind = p.kind == PaginationKind::offset ? "offset " : "page ";
            const std::string pages = p.pages ? std::to_string(*p.pages) : "?";
            return kind + p.param + " from " + std::to_string(p.first) + " step " + std::to_string(p.step) + ", " +
                   pages + " pages";
        }
    }
}

std::string run(const Case& c) {
    Headers headers;
    for (const auto& [name, value] : c.headers) headers.add(name, value);
    const Url url = Url::parse(c.url);
    const JsonPage page(c.body);
    return describe(detect(PageFacts{url, headers, page, c.count}));
}

const std::vector<Case> kCases{
    {"nothing", "http://a/x", {}, R"([{"a":1}])", 1, "single"},
    {"DRF page numbers",
     "http://a/x",
     {},
     R"({"count":101,"next":"http://a/x?page=2","previous":null,"results":[]})",
     50,
     "page page from 1 step 1, 3 pages"},
    {"DRF limit and offset",
     "http://a/x?limit=50",
     {},
     R"({"count":101,"next":"http://a/x?limit=50&offset=50","results":[]})",
     50,
     "offset offset from 0 step 50, 3 pages"},
    {"DRF limit and offset, size left to the source",
     "http://a/x",
     {},
     R"({"count":101,"next":"http://a/x?limit=50&offset=50","results":[]})",
     50,
     "offset offset from 0 step 50, 3 pages"},
    {"DRF's last page",
     "http://a/x?page=3",
     {},
     R"({"count":101,"next":null,"previous":"http://a/x?page=2","results":[]})",
     1,
     "single"},
    {"DRF cursor",
     "http://a/x",
     {},
     R"({"next":"http://a/x?cursor=cD0yMDA","previous":null,"results":[]})",
     50,
     "json_link $.next"},
    {"json-server",
     "http://a/x?_page=1&_limit=50",
     {{"Link",
       "<http://a/x?_page=1&_limit=50>; rel=\"first\", <http://a/x?_page=2&_limit=50>; rel=\"next\", "
       "<http://a/x?_page=103&_limit=50>; rel=\"last\""},
      {"X-Total-Count", "5127"}},
     "[]",
     50,
     "page _page from 1 step 1, 103 pages"},
    {"GitHub, last page named",
     "http://a/x?per_page=100",
     {{"Link", "<http://a/x?per_page=100&page=2>; rel=\"next\", <http://a/x?per_page=100&page=34>; rel=\"last\""}},
     "[]",
     100,
     "page page from 1 step 1, 34 pages"},
    {"a Link header without a total",
     "http://a/x",
     {{"Link", "<http://a/x?page=2>; rel=\"next\""}},
     "[]",
     50,
     "header_link"},
    {"a Link header with a cursor",
     "http://a/x",
     {{"Link", "<http://a/x?after=abc>; rel=\"next\""}, {"X-Total-Count", "500"}},
     "[]",
     50,
     "header_link"},
    {"files that name the next one",
     "http://a/page-1.json",
     {},
     R"({"next":"page-2.json","items":[]})",
     50,
     "json_link $.next"},
    {"HAL",
     "http://a/x",
     {},
     R"({"_links":{"next":{"href":"/x?c=2a"}},"_embedded":{"xs":[]}})",
     50,
     "json_link $._links.next.href"},
    {"page and total_pages",
     "http://a/x",
     {},
     R"({"page":1,"page_size":50,"total_pages":7,"total":301,"items":[]})",
     50,
     "page page from 1 step 1, 7 pages"},
    {"totals as text",
     "http://a/x",
     {},
     R"({"page":"1","total_pages":"7","items":[]})",
     50,
     "page page from 1 step 1, 7 pages"},
    {"page in the URL, total in the page",
     "http://a/x?p=1",
     {},
     R"({"total":101,"items":[]})",
     50,
     "page p from 1 step 1, 3 pages"},
    {"counted from zero",
     "http://a/x?page=0",
     {},
     R"({"total":101,"items":[]})",
     50,
     "page page from 0 step 1, 3 pages"},
    {"meta",
     "http://a/x",
     {},
     R"({"meta":{"current_page":1,"last_page":4},"data":[]})",
     15,
     "page page from 1 step 1, 4 pages"},
    {"one page of one", "http://a/x", {}, R"({"page":1,"total_pages":1,"items":[]})", 5, "single"},
    {"skip, limit, total",
     "http://a/x",
     {},
     R"({"products":[],"total":100,"skip":0,"limit":30})",
     30,
     "offset skip from 0 step 30, 4 pages"},
    {"offset and total",
     "http://a/x",
     {},
     R"({"offset":0,"limit":50,"total":101,"results":[]})",
     50,
     "offset offset from 0 step 50, 3 pages"},
    {"a cursor", "http://a/x", {}, R"({"data":[],"next_cursor":"abc"})", 50, "cursor $.next_cursor as cursor"},
    {"a token", "http://a/x", {}, R"({"files":[],"nextPageToken":"abc"})", 50, "cursor $.nextPageToken as pageToken"},
    {"a cursor that has ended", "http://a/x", {}, R"({"data":[],"next_cursor":null})", 50, "single"},
    {"a total that says less than there is", "http://a/x", {}, R"({"total":3,"offset":0,"results":[]})", 50, "single"},
    {"the next page's number", "http://a/x?p=1", {}, R"({"next_page":2,"results":[]})", 50, "cursor $.next_page as p"},
    {"a next URL deep down",
     "http://a/x",
     {},
     R"({"response":{"paging":{"next":"/x?c=2a"},"rows":[]}})",
     50,
     "json_link $.response.paging.next"},
    {"said to be the last", "http://a/x", {}, R"({"has_more":false,"data":[]})", 50, "single"},
    {"no next page's number", "http://a/x?p=1", {}, R"({"next_page":null,"results":[]})", 50, "single"},
    {"a next URL elsewhere",
     "http://a/x",
     {},
     R"({"count":101,"next":"http://b/x?page=2","results":[]})",
     50,
     "json_link $.next"},
};

TEST(Detect, FindsOutHowPagesFollow) {
    for (const Case& c : kCases) EXPECT_EQ(run(c), c.expected) << c.name;
}

TEST(Detect, RefusesToTakeOnePageForAllOfThem) {
    for (const char* body : {R"({"total":300,"results":[]})", R"({"next":"eyJpZCI6NTB9","results":[]})",
                             R"({"has_more":true,"data":[]})", R"({"hasNextPage":true,"page":1,"items":[]})",
                             R"({"isLast":false,"values":[]})", R"({"meta":{"has_more":true},"data":[]})"}) {
        EXPECT_THROW(run({"", "http://a/x", {}, body, 50, ""}), PaginationError) << body;
    }
}

}  // namespace
}  // namespace trawl::fetch
