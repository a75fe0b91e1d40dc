#include "source.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace trawl::pulling {
namespace {

Connector read(const std::string& text) {
    const Secrets secrets([](const std::string&) { return std::optional<std::string>("s3cr+t/TOK=="); });
    return parse_connector(text, "c.toml", secrets);
}

TEST(Source, ThePlaceInTheTablesLogHasNoSecret) {
    const auto place = [](const std::string& toml) {
        const Connector connector = read(toml);
        return Source(connector, 1U << 20U).place(connector.resources.back());
    };
    EXPECT_EQ(place("[client]\nbase_url = \"https://h/bot${TOK}\"\n[[resources]]\nname = \"x\"\n"),
              "https://h/bot***/x");
    EXPECT_EQ(place("[client]\nbase_url = \"https://h\"\n[[resources]]\nname = \"x\"\npath = \"x/${TOK}/y\"\n"),
              "https://h/x/***/y");
    EXPECT_EQ(place("[client]\nbase_url = \"https://h\"\n[[resources]]\nname = \"x\"\npath = \"x?q=pre${TOK}post\"\n"),
              "https://h/x?q=pre***post");
}

}  // namespace
}  // namespace trawl::pulling
