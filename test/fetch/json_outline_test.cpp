/// What is asked of a page before it is read. That pages are read right is json_page_test.cpp's.
#include "json_outline.hpp"

#include <gtest/gtest.h>

namespace trawl::fetch {
namespace {

struct Page {
    const char* body;
    std::vector<std::string_view> keys;
    bool has_element;
};

class ElementAt : public testing::TestWithParam<Page> {};

TEST_P(ElementAt, IsSeenWithoutReadingOn) {
    EXPECT_EQ(has_element_at(GetParam().body, GetParam().keys), GetParam().has_element);
}

INSTANTIATE_TEST_SUITE_P(Pages, ElementAt,
                         testing::Values(Page{R"([1])", {}, true}, Page{R"( [ ] )", {}, false},
                                         Page{R"({"n":2,"items":[{"id":1}],"error":"no"})", {"items"}, true},
                                         Page{R"({"items":[ ],"error":"no"})", {"items"}, false},
                                         Page{R"({"error":{"items":[1]},"items":[]})", {"items"}, false},
                                         Page{R"({"data":{"list":[null]}})", {"data", "list"}, true},
                                         Page{R"({"data":[{"list":[1]}]})", {"data", "list"}, false},
                                         Page{R"({"items":{"id":1}})", {"items"}, false},
                                         Page{R"({"items":null})", {"items"}, false},
                                         Page{R"({"items":[1],"items":[]})", {"items"}, true},
                                         Page{"\xEF\xBB\xBF[1]", {}, true}, Page{R"("text")", {}, false},
                                         Page{"", {}, false}, Page{"{", {"items"}, false},
                                         Page{R"({"items":[{"id":1)", {"items"}, false}));

}  // namespace
}  // namespace trawl::fetch
