#include "init_text.hpp"

#include <gtest/gtest.h>

#include "trawl/fetch/connector.hpp"

namespace trawl::cli {
namespace {

ResourceLook found_by(const std::string& spec) {
    ResourceLook look;
    look.resource = "items";
    look.found.emplace();
    look.found->pagination = parse_paginator(spec);
    look.found->pagination.first = 1;
    look.found->records = JsonPath::parse("$.items");
    look.rows = "{\"name\":\"a\",\"id\":1}\n{\"name\":\"a\",\"id\":2}\n";
    look.count = 2;
    return look;
}

SourceArguments source_of(const std::string& url) {
    SourceArguments source;
    source.source = url;
    return source;
}

TEST(InitText, IsAConnectorThatAsksForTheSame) {
    const std::string text = init_text(source_of("http://h:81/v1/items?page=1&tag=a&tag=b%22&q=%7Bx%7D"),
                                       found_by("page_number:next_url_path=$.next"));
    const Connector connector =
        parse_connector(text, "items.toml", Secrets([](const std::string&) { return std::nullopt; }));
    EXPECT_EQ(connector.client.base_url, "http://h:81");
    const Resource& resource = connector.resources.at(0);
    EXPECT_EQ(resource.path.str(), "/v1/items");
    ASSERT_EQ(resource.params.size(), 3U) << text;
    const Pagination pagination = parse_paginator(resource.paginator->str());
    EXPECT_EQ(pagination.param, "page");
    EXPECT_EQ(pagination.first, 1U);
    EXPECT_EQ(pagination.link_path->str(), "$.next");
    EXPECT_EQ(resource.data_selector->str(), "$.items");
    EXPECT_NE(text.find("# primary_key = \"id\"\n"), std::string::npos) << text;
}

TEST(InitText, HasNamesInsteadOfSecrets) {
    SourceArguments source = source_of("https://ada:hush@h/items?api_key=hush&a=1");
    source.url.headers = {{"X-Api-Key", "hush"}, {"Authorization", "Bearer hush"}};
    const std::string text = init_text(source, found_by("cursor"));
    EXPECT_EQ(text.find("hush"), std::string::npos) << text;
    for (const char* name : {"${X_API_KEY}", "${AUTHORIZATION}", "${SOURCE_USER}", "${SOURCE_PASSWORD}", "${API_KEY}"})
        EXPECT_NE(text.find(name), std::string::npos) << name << " in\n" << text;
}

}  // namespace
}  // namespace trawl::cli
