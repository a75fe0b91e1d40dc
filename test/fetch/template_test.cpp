/// Templates: what they mean, what they refuse, and that a value stays what it was.
#include "trawl/fetch/template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trawl/base/error.hpp"

namespace trawl {
namespace {

using Use = Template::Use;

constexpr const char* kRow =
    R"({"id":7,"big":12345678901234567890123,"name":"a/b c","ok":true,"none":null,"dots":"..","empty":"","line":"a\nb",)"
    R"("user":{"login":"ada","tags":["x","y"]},"quote":"\"\u00e9"})";

/// What `text` is bound to; the message if it cannot be.
std::string bound(const std::string& text, Use use = Use::text) {
    JsonReader reader;
    TemplateValues values;
    values.row = reader.parse_record(kRow);
    values.end_value = JsonScalar{JsonScalar::Kind::number, "9"};
    try {
        return Template::parse(text, use).bind(values).value_or("(left out)");
    } catch (const Error& error) {
        return error.what();
    }
}

std::string bound_json(const std::string& string) {
    JsonReader reader;
    TemplateValues values;
    values.row = reader.parse_record(kRow);
    values.end_value = JsonScalar{JsonScalar::Kind::string, "2024"};
    try {
        JsonTemplate json;
        json.append("{\"v\":");
        json.append_string(string);
        json.append("}");
        return json.bind(values);
    } catch (const Error& error) {
        return error.what();
    }
}

struct Row {
    std::string text, gives;
    Use use = Use::text;
};

TEST(Template, PutsFieldsOfTheParentIn) {
    const std::vector<Row> table = {
        {"", ""},
        {"plain", "plain"},
        {"{{}}", "{}"},
        {"{{{resources.p.id}}}", "{7}"},
        {"/x/{resources.p.id}/y", "/x/7/y"},
        {"{resources.p.big}", "12345678901234567890123"},
        {"{resources.p.ok}", "true"},
        {"{resources.p.user.login}-{resources.p.user.tags[1]}", "ada-y"},
        {"{resources.p['user'].login}", "ada"},
        {"{resources.p.user['tags'][0]}", "x"},
        {"{resources.p.name}", "a/b c"},
        {"{resources.p.name}", "a%2Fb%20c", Use::path},
        {"{resources.p.quote}", "%22%C3%A9", Use::path},
        {"{resources.p.empty}", ""},
        {"{incremental.end_value}", "9"},
        {"{incremental.start_value}", "(left out)"},
    };
    for (const auto& [text, gives, use] : table) EXPECT_EQ(bound(text, use), gives) << text;
}

TEST(Template, RefusesWhatWouldLeaveAHoleInAPath) {
    const std::vector<Row> table = {
        {"{resources.p.id2}", "{resources.p.id2} cannot be filled in: a row of 'p' has no $.id2"},
        {"{resources.p.none}", "{resources.p.none} cannot be filled in: it is null in a row of 'p'"},
        {"{resources.p.user}", "{resources.p.user} cannot be filled in: it is an object in a row of 'p'"},
        {"{resources.p.user.tags}", "{resources.p.user.tags} cannot be filled in: it is an array in a row of 'p'"},
        {"{resources.p.dots}", "{resources.p.dots} cannot be filled in: its value is '..', which would be another path",
         Use::path},
        {"{resources.p.empty}", "{resources.p.empty} cannot be filled in: its value is '', which would be another path",
         Use::path},
        {"{resources.p.line}",
         "{resources.p.line} cannot be filled in: its value has a line break, which no header can have", Use::header},
    };
    for (const auto& [text, says, use] : table) EXPECT_EQ(bound(text, use), says);
}

TEST(Template, ARowThatIsNoObjectIsItsValue) {
    JsonReader reader;
    TemplateValues values;
    values.row = reader.parse_record("17");
    EXPECT_EQ(Template::parse("{resources.p.value}", Use::text).bind(values), "17");
    EXPECT_THROW((void)Template::parse("{resources.p.value}", Use::text).bind({}), FetchError);
}

TEST(Template, TellsItsPlaceholders) {
    const Template parsed = Template::parse("a{resources.p.user.login}b{incremental.start_value}", Use::text);
    ASSERT_EQ(parsed.placeholders().size(), 2U);
    EXPECT_EQ(parsed.placeholders()[0].str(), "resources.p.user.login");
    EXPECT_EQ(parsed.str(), "a{resources.p.user.login}b{incremental.start_value}");
    EXPECT_FALSE(parsed.is_plain());
    EXPECT_TRUE(Template::parse("a{{b}}", Use::text).is_plain());
}

TEST(JsonTemplate, APlaceholderAloneKeepsItsType) {
    const std::vector<std::pair<std::string, std::string>> table = {
        {"plain \"q\"", R"({"v":"plain \"q\""})"},
        {"", R"({"v":""})"},
        {"{resources.p.id}", R"({"v":7})"},
        {"{resources.p.big}", R"({"v":12345678901234567890123})"},
        {"{resources.p.none}", R"({"v":null})"},
        {"{resources.p.user}", R"({"v":{"login":"ada","tags":["x","y"]}})"},
        {"{resources.p.name}", R"({"v":"a/b c"})"},
        {"{resources.p.line}", R"({"v":"a\nb"})"},
        {"id {resources.p.id}!", R"({"v":"id 7!"})"},
        {"{resources.p.line}{resources.p.id}", R"({"v":"a\u000ab7"})"},
        {"{incremental.end_value}", R"({"v":"2024"})"},
        {"{incremental.start_value}",
         "{incremental.start_value} cannot be filled in: there is no such value yet; give "
         "initial_value"},
        {"x{resources.p.none}", "{resources.p.none} cannot be filled in: it is null in a row of 'p'"},
    };
    for (const auto& [text, gives] : table) EXPECT_EQ(bound_json(text), gives) << text;
}

}  // namespace
}  // namespace trawl
