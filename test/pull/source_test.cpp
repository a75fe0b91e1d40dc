#include "source.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace trawl::pulling {
namespace {

Connector read(const std::string& text) {
    const Secrets secrets([](const std::string&) { return std::optional<std::string>("s3cr+t/TOK=="); });
    return parse_connector(text, "c.toml", secrets);
}

std::string client(const std::string& base_url) {
    return "[client]\nbase_url = \"" + base_url +
           "\"\nauth = { type = \"bearer\", token = \"${TOK}\" }\nheaders = { X-Key = \"${TOK}\" }\n";
}

/// Which of the client's and the resource's own is sent to the first page: "auth X-Key X-Own".
std::string sent(const std::string& toml, const std::string& row = "{}") {
    const Connector connector = read(toml);
    const Source source(connector, 1U << 20U);
    JsonReader reader;
    TemplateValues values;
    values.row = reader.parse(row);
    const FetchOptions options = source.bind(connector.resources.back(), values);
    std::string text = options.auth ? "auth" : "";
    for (const auto& [name, value] : options.headers) text += " " + name;
    return text;
}

std::string child(const std::string& path) {
    return "[[resources]]\nname = \"p\"\n[[resources]]\nname = \"x\"\nheaders = { X-Own = \"${TOK}\" }\npath = \"" +
           path + "\"\n";
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

TEST(Source, TheLoginGoesToTheOriginOfTheBaseUrlAlone) {
    const std::string here = client("https://api.example.com/v1");
    EXPECT_EQ(sent(here + child("items/{resources.p.id}"), R"({"id":1})"), "auth X-Key X-Own");
    EXPECT_EQ(sent(here + child("https://api.example.com/v2/{resources.p.id}"), R"({"id":1})"), "auth X-Key X-Own");
    EXPECT_EQ(sent(here + child("https://api.example.com:8443/{resources.p.id}"), R"({"id":1})"), " X-Own");
    EXPECT_EQ(sent(here + child("http://api.example.com/{resources.p.id}"), R"({"id":1})"), " X-Own");
    EXPECT_EQ(sent(here + child("https://files.example.com/q/{resources.p.id}"), R"({"id":1})"), " X-Own");
}

TEST(Source, AHostThatARowNamesIsToldNothing) {
    const std::string here = client("https://api.example.com/v1");
    EXPECT_EQ(sent(here + child("https://{resources.p.host}/x"), R"({"host":"evil.example"})"), "");
    EXPECT_EQ(sent(here + child("https://api.example.com.{resources.p.host}/x"), R"({"host":"evil.example"})"), "");
    EXPECT_EQ(sent(here + child("https://{resources.p.host}/x"), R"({"host":"api.example.com"})"), "auth X-Key X-Own");
}

TEST(Source, WithoutABaseUrlTheLoginGoesWhereThePathsLead) {
    const std::string toml =
        "[client]\nauth = { type = \"bearer\", token = \"${TOK}\" }\nheaders = { X-Key = \"k\" }\n"
        "[[resources]]\nname = \"p\"\npath = \"https://a.example/p\"\n"
        "[[resources]]\nname = \"x\"\npath = \"https://b.example/x\"\nheaders = { X-Own = \"o\" }\n";
    EXPECT_EQ(sent(toml), "auth X-Key X-Own");
}

TEST(Source, ATimeLimitIsThatOfEachRequest) {
    const Connector connector =
        read("[client]\nbase_url = \"https://h\"\ntimeout = \"30s\"\n[[resources]]\nname = \"x\"\n");
    const Source source(connector, 1U << 20U);
    EXPECT_EQ(source.bind(connector.resources.front(), {}).timeout, std::chrono::seconds(30));
}

}  // namespace
}  // namespace trawl::pulling
