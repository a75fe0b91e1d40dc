/// The Link header: RFC 8288's grammar as a table, then what broken and hostile senders write.
#include "trawl/fetch/link_header.hpp"

#include <gtest/gtest.h>

namespace trawl {
namespace {

/// "next last=/b first=/c": what a test asserts on.
std::string shown(const std::string& value) {
    std::string text;
    for (const Link& link : parse_link_header(value))
        for (const std::string& rel : link.rels) text += rel + "=" + link.target + " ";
    return text;
}

struct Case {
    const char* name;
    const char* value;
    const char* links;
};

class LinkHeader : public testing::TestWithParam<Case> {};

TEST_P(LinkHeader, Reads) { EXPECT_EQ(shown(GetParam().value), GetParam().links); }

constexpr auto case_name = [](const auto& tested) { return tested.param.name; };

INSTANTIATE_TEST_SUITE_P(
    Grammar, LinkHeader,
    testing::Values(
        Case{"one", R"(<https://x.org/?page=2>; rel="next")", "next=https://x.org/?page=2 "},
        Case{"github", R"(<https://x.org/r?page=2>; rel="next", <https://x.org/r?page=34>; rel="last")",
             "next=https://x.org/r?page=2 last=https://x.org/r?page=34 "},
        Case{"token_rel", "</b>;rel=next", "next=/b "}, Case{"any_case", R"(</b>; REL="Next")", "next=/b "},
        Case{"several_rels", R"(</b>; rel="next last")", "next=/b last=/b "},
        Case{"comma_and_semicolon_in_target", R"(</b?ids=1,2;x>; rel=next, </c>; rel=prev)",
             "next=/b?ids=1,2;x prev=/c "},
        Case{"comma_in_quotes", R"(</b>; title="a, <b>; rel=prev"; rel=next, </c>; rel=last)", "next=/b last=/c "},
        Case{"escaped_quote", R"(</b>; title="say \"hi\", ok"; rel="next")", "next=/b "},
        Case{"blanks", "  < /b >  ;  rel  =  \"next\"  ,  </c> ; rel = last ", "next=/b last=/c "},
        Case{"first_rel_counts", R"(</b>; rel=next; rel=prev)", "next=/b "},
        Case{"parameter_without_value", R"(</b>; crossorigin; rel=next)", "next=/b "},
        Case{"other_parameters", R"(</b>; results="true"; rel="next"; title*=UTF-8''n%c3%a4)", "next=/b "},
        Case{"empty_elements", R"(, ,</b>; rel=next,,)", "next=/b "}, Case{"empty_target", "<>; rel=next", "next= "},
        Case{"anchored_is_about_something_else", R"(</b>; rel=next; anchor="/c", </d>; rel=next)", "next=/d "}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Hostile, LinkHeader,
    testing::Values(Case{"empty", "", ""}, Case{"no_brackets", "/b; rel=next", ""}, Case{"no_rel", "</b>", ""},
                    Case{"unclosed_target", "</b; rel=next", ""}, Case{"unclosed_quote", R"(</b>; rel="next)", ""},
                    Case{"ends_in_backslash", R"(</b>; rel="next\)", ""}, Case{"rel_in_target", "<rel=next>", ""},
                    Case{"garbage_behind_target", "</b> x; rel=next, </c>; rel=last", "last=/c "},
                    Case{"garbage_first", R"(x"y, z", </c>; rel=last)", "last=/c "},
                    Case{"empty_rel", R"(</b>; rel="")", ""}, Case{"only_brackets", "<>,<>,<<>>", ""}),
    case_name);

TEST(LinkHeaderHostile, LongInputIsReadOnce) {
    std::string many;
    for (int i = 0; i < 20'000; ++i) many += "<,";
    EXPECT_EQ(parse_link_header(many).size(), 0U);
    EXPECT_EQ(parse_link_header(std::string(1'000'000, '<')).size(), 0U);
    EXPECT_EQ(parse_link_header("</b>" + std::string(1'000'000, ';')).size(), 0U);
}

TEST(FindLink, LooksThroughAllFieldsInAnyCase) {
    const std::vector<std::pair<std::string, std::string>> headers = {{"X-Link", "</no>; rel=next"},
                                                                      {"LINK", "</first>; rel=first"},
                                                                      {"link", "</b>; rel=next"},
                                                                      {"link", "</c>; rel=next"}};
    EXPECT_EQ(find_link(headers, "next"), "/b");
    EXPECT_EQ(find_link(headers, "first"), "/first");
    EXPECT_EQ(find_link(headers, "last"), std::nullopt);
}

}  // namespace
}  // namespace trawl
