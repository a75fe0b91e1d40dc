/// The presets of --paginator that a protocol defines: OData and GraphQL connections, driven to their end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paginator_driver.hpp"

namespace trawl {
namespace {

using testing::HasSubstr;

/// Five rows, two a page. `link`: the next page's URL behind "?".
Source odata(const std::string& facts, const std::function<std::string(std::size_t at)>& link) {
    return [=](const PageRequest& request) -> Answer {
        const std::size_t at =
            std::min<std::uint64_t>(5, number(request, "$skip", 0) + number(request, "$skiptoken", 0));
        const std::size_t size = std::min<std::size_t>(std::min<std::uint64_t>(2, number(request, "$top", 2)), 5 - at);
        const std::string next = link && at + size < 5 ? link(at + size) : "";
        return "{" + facts + (next.empty() ? "" : "\"@odata.nextLink\":\"http://x/s?" + next + "\",") +
               "\"value\":" + rows(size, at) + "}";
    };
}

std::string skip(std::size_t at) { return format("$skip={}", at); }
std::string skiptoken(std::size_t at) { return format("$skiptoken={}", at); }

struct OData {
    const char* name;
    Source source;
    const char* asked;
};

class ODataPreset : public testing::TestWithParam<OData> {};

TEST_P(ODataPreset, FindsItsWay) {
    const Walked walked = walk("odata", "http://x/s?", GetParam().source);
    EXPECT_EQ(walked.asked, GetParam().asked);
    EXPECT_EQ(walked.records, each_once(5));
    EXPECT_EQ(walked.error + walked.verdict.failure, "");
    EXPECT_EQ(walk_detected("http://x/s?", GetParam().source).records, each_once(5));
}

constexpr auto case_name = [](const auto& tested) { return tested.param.name; };

INSTANTIATE_TEST_SUITE_P(
    Pages, ODataPreset,
    testing::Values(OData{"links", odata("", skiptoken), " $skiptoken=2 $skiptoken=4 "},
                    OData{"links_and_a_count", odata(R"("@odata.count":5,)", skiptoken), " $skiptoken=2 $skiptoken=4 "},
                    OData{"skip_in_links", odata("", skip), " %24skip=2&%24top=2 %24skip=4&%24top=2 "},
                    OData{"count_alone", odata(R"("@odata.count":5,)", {}), " %24skip=2&%24top=2 %24skip=4&%24top=2 "}),
    case_name);

TEST(ODataPreset, LinksThatEndBeforeTheCountAreAFailure) {
    const Source cut = [](const PageRequest& request) {
        const bool first = !request.url.query("$skiptoken");
        return first ? R"({"@odata.count":9,"@odata.nextLink":"http://x/s?$skiptoken=2","value":[{"id":0},{"id":1}]})"
                     : R"({"@odata.count":9,"value":[{"id":2}]})";
    };
    EXPECT_THAT(walk("odata", "http://x/s", cut).verdict.failure, HasSubstr("6 are missing"));
}

TEST(ODataPreset, OnePageIsEnough) {
    EXPECT_EQ(walk("odata", "http://x/s?", [](const PageRequest&) { return R"({"value":[{"id":0}]})"; }).asked, " ");
}

/// Five rows, two a page, of the connection that `before` and `behind` wrap.
Source relay(const std::string& before, const std::string& behind, bool as_edges = false) {
    return [=](const PageRequest& request) -> Answer {
        const JsonPage sent = JsonPage::parse(request.body);
        const auto after = sent.scalar(JsonPath::parse("variables.after"));
        const std::size_t at = after ? std::stoul(after->text.substr(1)) : 0;
        const std::size_t size = std::min<std::size_t>(2, 5 - at);
        std::string list = rows(size, at);
        if (as_edges) {
            list = "[";
            for (std::size_t i = at; i < at + size; ++i)
                list += (i > at ? "," : "") + format(R"({{"cursor":"c{}","node":{{"id":{}}}}})", i, i);
            list += "]";
        }
        return format(R"({{"data":{}{{"totalCount":5,"{}":{},"pageInfo":{{"hasNextPage":{},"endCursor":"c{}"}}}}{}}})",
                      before, as_edges ? "edges" : "nodes", list, at + size < 5, at + size, behind);
    };
}

constexpr const char* query = R"({"query":"query($after: String) { issues(after: $after) { nodes { id } } }"})";

Walked graphql(const std::string& spec, const std::string& body, const Source& source) {
    PageRequest request{.method = "POST", .url = Url::parse("http://x/graphql"), .body = body};
    return Driver(Paginator(parse_paginator(spec), request), source, 1).run();
}

TEST(RelayPreset, SetsTheVariableThatTheQueryTakes) {
    const Walked walked = graphql("relay", query, relay(R"({"issues":)", "}"));
    EXPECT_EQ(walked.records, each_once(5));
    EXPECT_THAT(walked.asked, HasSubstr(R"(,"variables":{"after":"c2"}} )"));
    EXPECT_EQ(walked.error + walked.verdict.failure, "");
}

TEST(RelayPreset, FindsAConnectionThatLiesDeepAndReadsItsEdges) {
    const Walked walked = graphql("relay", query, relay(R"({"org":{"repo":{"issues":)", "}}}", true));
    EXPECT_EQ(walked.records, each_once(5));
}

TEST(RelayPreset, TakesTheConnectionThatIsNamed) {
    const Source two = relay(R"({"pulls":{"nodes":[],"pageInfo":{"hasNextPage":true,"endCursor":"p"}},"issues":)", "}");
    const auto asks_for_a_name = [&](const char* spec) {
        try {
            return graphql(spec, query, two).error;
        } catch (const PaginationError& error) {  // the records of the first page are looked for before the paginator
            return std::string(error.what());
        }
    };
    EXPECT_THAT(asks_for_a_name("relay"), HasSubstr("name one: --paginator relay:connection_path=data.NAME"));
    Pagination named = parse_paginator("relay:connection_path=data.issues");
    const JsonPage page = JsonPage::parse(R"({"data":{"pulls":{"pageInfo":{"hasNextPage":true}},"issues":{"edges":[],)"
                                          R"("pageInfo":{"hasNextPage":true}}}})");
    EXPECT_EQ(records_by_protocol(page, &named)->str(), "$.data.issues.edges[*].node");
}

TEST(RelayPreset, WantsABodyAndPageInfo) {
    EXPECT_THROW(Paginator(parse_paginator("relay"), {.url = Url::parse("http://x/s")}), UsageError);
    const Walked walked =
        graphql("relay", query, [](const PageRequest&) { return R"({"data":{"issues":[{"id":1}]}})"; });
    EXPECT_THAT(walked.error, HasSubstr("no pageInfo with hasNextPage; ask for pageInfo { hasNextPage endCursor }"));
}

TEST(RelayPreset, AVariableThatTheQueryIgnoresIsAnError) {
    const Source ignores = [](const PageRequest&) {
        return R"({"data":{"a":{"nodes":[{"id":1}],"pageInfo":{"hasNextPage":true,"endCursor":"c"}}}})";
    };
    EXPECT_THAT(graphql("relay", query, ignores).error, HasSubstr("pages 1 and 2 have the same rows"));
}

TEST(RecordsByProtocol, AreNoneForOtherPages) {
    const JsonPage other = JsonPage::parse(R"({"data":{"items":[{"id":1}]},"value":[1]})");
    EXPECT_FALSE(records_by_protocol(other, nullptr));
    const JsonPage version_4 = JsonPage::parse(R"({"@odata.context":"x","value":[],"other":[{"id":1}]})");
    EXPECT_EQ(records_by_protocol(version_4, nullptr)->str(), "$.value");
    const JsonPage version_2 = JsonPage::parse(R"({"d":{"results":[],"__count":"0"}})");
    EXPECT_EQ(records_by_protocol(version_2, nullptr)->str(), "$.d.results");
}

}  // namespace
}  // namespace trawl
