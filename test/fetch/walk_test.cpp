#include "walk.hpp"

#include <gtest/gtest.h>

#include "link_header.hpp"
#include "trawl/base/error.hpp"

namespace trawl::fetch {
namespace {

std::optional<Url> after(Walk& walk, const std::string& url, const std::string& body, std::size_t count,
                         const std::string& link = {}) {
    Headers headers;
    if (!link.empty()) headers.add("link", link);
    const Url at = Url::parse(url);
    const JsonPage page(body);
    return walk.after(PageFacts{at, headers, page, count});
}

TEST(LinkHeader, FindsTheRelation) {
    const struct {
        const char* field;
        const char* target;
    } cases[] = {
        {"<http://a/2>; rel=\"next\"", "http://a/2"},
        {"<http://a/2>;rel=next", "http://a/2"},
        {"<http://a/2>; rel=\"prev next\"", "http://a/2"},
        {"<http://a/2>; REL=Next", "http://a/2"},
        {"<http://a/1>; rel=prev, <http://a/3>; rel=next", "http://a/3"},
        {"<http://a/x,y;z>; rel=next", "http://a/x,y;z"},
        {"<http://a/2>; title=\"a, \\\"b\\\"; rel=next\"; rel=next", "http://a/2"},
        {"<http://a/1>; title=\"rel=next\", <http://a/2>; rel=next", "http://a/2"},
        {"<>; rel=next", ""},
        {"<?page=2> ; rel = next", "?page=2"},
    };
    for (const auto& c : cases) EXPECT_EQ(link_target(c.field, "next"), c.target) << c.field;
    for (const char* field :
         {"", "next", "<http://a/2", "<http://a/2>", "<http://a/2>; rel=nexts", "<http://a/2>; rel=\"next",
          "<http://a/2>; rel=prev; rel=next", ";;;,,,", "<http://a/2>; rel"}) {
        const auto found = link_target(field, "next");
        EXPECT_TRUE(!found || std::string(field) == "<http://a/2>; rel=\"next") << field;
    }
}

TEST(PageUrl, ReplacesTheNumber) {
    Pagination pagination;
    pagination.kind = PaginationKind::offset;
    pagination.param = "offset";
    pagination.first = 10;
    pagination.step = 50;
    pagination.pattern = Url::parse("http://a/x?limit=50&offset=60&sort=id");
    EXPECT_EQ(page_url(pagination, 0).str(), "http://a/x?limit=50&offset=10&sort=id");
    EXPECT_EQ(page_url(pagination, 3).str(), "http://a/x?limit=50&offset=160&sort=id");
}

Walk walk(PaginationKind kind, const std::string& path, const std::string& param = {}) {
    Pagination pagination;
    pagination.kind = kind;
    pagination.param = param;
    if (!path.empty()) pagination.path = parse_json_path(path);
    pagination.pattern = Url::parse("http://a/x");
    return Walk(pagination);
}

TEST(Walk, FollowsNextUrlsToTheEnd) {
    Walk w = walk(PaginationKind::json_link, "links.next");
    EXPECT_EQ(after(w, "http://a/x", R"({"links":{"next":"/x?c=1"}})", 5)->str(), "http://a/x?c=1");
    EXPECT_EQ(after(w, "http://a/x?c=1", R"({"links":{"next":"?c=2"}})", 5)->str(), "http://a/x?c=2");
    EXPECT_FALSE(after(w, "http://a/x?c=2", R"({"links":{"next":null}})", 5));
    EXPECT_FALSE(after(w, "http://a/x?c=2", R"({"links":{}})", 5));
}

TEST(Walk, FollowsTheLinkHeader) {
    Walk w = walk(PaginationKind::header_link, "");
    EXPECT_EQ(after(w, "http://a/x", "[]", 5, "</x?c=1>; rel=next")->str(), "http://a/x?c=1");
    EXPECT_FALSE(after(w, "http://a/x?c=1", "[]", 5, "</x>; rel=first"));
}

TEST(Walk, PassesTheCursorOn) {
    Walk w = walk(PaginationKind::cursor, "meta.next", "cursor");
    EXPECT_EQ(after(w, "http://a/x?limit=5", R"({"meta":{"next":"a b"}})", 5)->query("cursor"), "a b");
    EXPECT_EQ(after(w, "http://a/x?limit=5&cursor=a%20b", R"({"meta":{"next":17}})", 5)->query("cursor"), "17");
    EXPECT_FALSE(after(w, "http://a/x?limit=5&cursor=17", R"({"meta":{"next":""}})", 5));
}

TEST(Walk, GoingInCirclesIsAnError) {
    Walk cursors = walk(PaginationKind::cursor, "next", "cursor");
    after(cursors, "http://a/x", R"({"next":"a"})", 5);
    EXPECT_THROW(after(cursors, "http://a/x?cursor=a", R"({"next":"a"})", 5), PaginationError);
    Walk links = walk(PaginationKind::json_link, "next");
    after(links, "http://a/1", R"({"next":"/2"})", 5);
    after(links, "http://a/2", R"({"next":"/3"})", 5);
    EXPECT_THROW(after(links, "http://a/3", R"({"next":"/1"})", 5), PaginationError);
    Walk self = walk(PaginationKind::json_link, "next");
    EXPECT_THROW(after(self, "http://a/1", R"({"next":"/1"})", 5), PaginationError);
}

TEST(Walk, NumbersEndWithAnEmptyPage) {
    Walk w = walk(PaginationKind::page_number, "", "page");
    EXPECT_EQ(after(w, "http://a/x?page=0", "[]", 5)->str(), "http://a/x?page=1");
    EXPECT_EQ(after(w, "http://a/x?page=1", "[]", 3)->str(), "http://a/x?page=2");
    EXPECT_FALSE(after(w, "http://a/x?page=2", "[]", 0));
}

TEST(Walk, OffsetsAdvanceByTheRecordsThatCame) {
    Walk w = walk(PaginationKind::offset, "", "offset");
    EXPECT_EQ(after(w, "http://a/x?offset=0", "[]", 50)->str(), "http://a/x?offset=50");
    EXPECT_EQ(after(w, "http://a/x?offset=50", "[]", 20)->str(), "http://a/x?offset=70");
    EXPECT_FALSE(after(w, "http://a/x?offset=70", "[]", 0));
}

TEST(RepeatGuard, TheSameRecordsTwiceInARowAreAnError) {
    const Url url = Url::parse("http://a/x");
    RepeatGuard guard;
    guard.check(0, "{\"a\":1}\n", url);
    guard.check(1, "{\"a\":2}\n", url);
    EXPECT_THROW(guard.check(2, "{\"a\":2}\n", url), PaginationError);
    RepeatGuard empty;
    empty.check(0, "", url);
    empty.check(1, "", url);
}

}  // namespace
}  // namespace trawl::fetch
