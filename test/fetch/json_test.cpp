/// JSON pages: what is refused and where, what is kept byte for byte, and which array is the records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/json_page.hpp"

namespace trawl {
namespace {

using testing::HasSubstr;

constexpr auto case_name = [](const auto& tested) { return tested.param.name; };

std::string message_of(const std::string& body) {
    try {
        (void)JsonPage::parse(body);
    } catch (const PageError& error) {
        return error.what();
    }
    return "accepted";
}

struct Bad {
    const char* name;
    std::string body;
    const char* says;
};

class BadPage : public testing::TestWithParam<Bad> {};

TEST_P(BadPage, IsRefusedWithItsPlace) { EXPECT_THAT(message_of(GetParam().body), HasSubstr(GetParam().says)); }

INSTANTIATE_TEST_SUITE_P(
    Pages, BadPage,
    testing::Values(
        Bad{"empty", "", "it is empty"}, Bad{"blank", " \n ", "it is empty"}, Bad{"html", "<html></html>", "HTML"},
        Bad{"word", "Service Unavailable", "no value at byte 0"}, Bad{"cut_in_string", R"([{"a": "b)", "cut off"},
        Bad{"cut_in_object", R"({"items": [{"a": 1)", "cut off"},
        Bad{"cut_after_record", R"({"items": [{"a": 1}])", "cut off"},
        Bad{"inner_close_missing",
            R"([{"a": [1, {"b": 2}, {"c": 3})"
            "]",
            "at byte"},
        Bad{"second_document", "[1] [2]", "something follows the end of the document at byte 4"},
        Bad{"garbage_behind", R"({"a": 1} x)", "at byte"}, Bad{"extra_bracket", "[1]]", "at byte 3"},
        Bad{"bad_literal", R"([{"a": tru}])", "no value at byte 7"}, Bad{"literal_glued", "[nullx]", "no value"},
        Bad{"leading_zero", "[01]", "no value"}, Bad{"plus", "[+1]", "no value"}, Bad{"point_only", "[1.]", "no value"},
        Bad{"nan", "[NaN]", "no value"}, Bad{"exponent_empty", "[1e]", "no value"},
        Bad{"trailing_comma", "[1,]", "at byte"}, Bad{"trailing_comma_object", R"({"a":1,})", "at byte"},
        Bad{"missing_comma", "[1 2]", "at byte"}, Bad{"missing_colon", R"({"a" 1})", "at byte"},
        Bad{"missing_value", R"({"a":})", "at byte"}, Bad{"double_comma", "[1,,2]", "at byte"},
        Bad{"mismatched", R"([{"a":1]})", "at byte"}, Bad{"key_not_string", "{1:2}", "at byte"},
        Bad{"bad_escape", R"(["\x"])", "no value at byte 1"}, Bad{"short_unicode", R"(["\u12"])", "no value"},
        Bad{"bad_escape_in_key", R"({"\q":1})", "no name"}, Bad{"control_character", "[\"a\nb\"]", "control character"},
        Bad{"nul", std::string("[1\0]", 4), "at byte"}, Bad{"not_utf8", "[\"a\xff\"]", "UTF-8 at byte 3"},
        Bad{"overlong_utf8", "[\"\xc0\xaf\"]", "UTF-8 at byte 2"}, Bad{"glued_strings", R"(["a""b"])", "at byte"},
        Bad{"number_then_string", R"([1"a"])", "at byte"}, Bad{"single_quotes", "{'a':1}", "at byte"}),
    case_name);

TEST(JsonPageHostile, AMillionBracketsAreRefusedNotRecursed) {
    EXPECT_THAT(message_of(std::string(1'000'000, '[')), HasSubstr("at byte"));
    EXPECT_THAT(message_of(std::string(100'000, '[') + std::string(100'000, ']')), HasSubstr("too deeply"));
}

TEST(JsonPageHostile, EveryTruncationOfAPageIsRefused) {
    const std::string page = R"({"n":1.5e3,"items":[{"a":"\u00e9\"","b":[true,null]},{"c":{}}],"next":"x"})";
    ASSERT_EQ(message_of(page), "accepted");
    for (std::size_t size = 0; size < page.size(); ++size)
        EXPECT_NE(message_of(page.substr(0, size)), "accepted") << size;
}

struct Cut {
    const char* name;
    std::string body;
    const char* path;  // nullptr: found
    const char* ndjson;
    const char* found_at;
};

class CutRecords : public testing::TestWithParam<Cut> {};

TEST_P(CutRecords, AreWhereTheyShouldBe) {
    const auto& [name, body, path, ndjson, found_at] = GetParam();
    const JsonPage page = JsonPage::parse(body);
    const Records records = path ? page.records(JsonPath::parse(path)) : page.records();
    EXPECT_EQ(records.ndjson, ndjson);
    EXPECT_EQ(records.path.str(), found_at);
    EXPECT_EQ(static_cast<long>(records.count), std::count(records.ndjson.begin(), records.ndjson.end(), '\n'));
}

INSTANTIATE_TEST_SUITE_P(
    Found, CutRecords,
    testing::Values(
        Cut{"root_array", R"([{"a":1}, {"a":2}])", nullptr, "{\"a\":1}\n{\"a\":2}\n", "$"},
        Cut{"root_empty", "[]", nullptr, "", "$"}, Cut{"bom", "\xEF\xBB\xBF[{\"a\":1}]\n", nullptr, "{\"a\":1}\n", "$"},
        Cut{"usual_name", R"({"tags":["x"],"results":[{"a":1}],"facets":[{"b":1},{"b":2}]})", nullptr, "{\"a\":1}\n",
            "$.results"},
        Cut{"usual_name_is_empty", R"({"results":[],"facts":[{"b":1}]})", nullptr, "", "$.results"},
        Cut{"usual_name_in_other_case", R"({"Items":[{"a":1}]})", nullptr, "{\"a\":1}\n", "$.Items"},
        Cut{"odata", R"({"@odata.count":1,"value":[{"a":1}]})", nullptr, "{\"a\":1}\n", "$.value"},
        Cut{"nested", R"({"data":{"items":[{"a":1}]}})", nullptr, "{\"a\":1}\n", "$.data.items"},
        Cut{"hal", R"({"_embedded":{"things":[{"a":1}]},"_links":{}})", nullptr, "{\"a\":1}\n", "$._embedded.things"},
        Cut{"elastic", R"({"hits":{"total":{"value":1},"hits":[{"a":1}]}})", nullptr, "{\"a\":1}\n", "$.hits.hits"},
        Cut{"largest", R"({"groups":[{"g":1}],"users":[{"u":1},{"u":2}]})", nullptr, "{\"u\":1}\n{\"u\":2}\n",
            "$.users"},
        Cut{"equal_size_takes_the_first", R"({"b":[{"x":1}],"a":[{"y":1}]})", nullptr, "{\"x\":1}\n", "$.b"},
        Cut{"errors_are_no_records", R"({"errors":[{"m":1}],"data":{"people":[{"a":1}]}})", nullptr, "{\"a\":1}\n",
            "$.data.people"},
        Cut{"depth_three", R"({"a":{"b":{"c":[{"d":1}]}}})", nullptr, "{\"d\":1}\n", "$.a.b.c"},
        Cut{"only_array_is_empty", R"({"count":0,"people":[]})", nullptr, "", "$.people"},
        Cut{"usual_array_of_numbers", R"({"items":[1,2]})", nullptr, "1\n2\n", "$.items"},
        Cut{"escaped_key", R"({"it\u0065ms":[{"a":1}]})", nullptr, "{\"a\":1}\n", "$.items"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    ByPath, CutRecords,
    testing::Values(Cut{"root_object", R"({"a":1})", "$", "{\"a\":1}\n", "$"},
                    Cut{"plain_name", R"({"a":[{"b":1}]})", "a", "{\"b\":1}\n", "$.a"},
                    Cut{"wildcard", R"({"a":[{"b":1},{"b":2}]})", "$.a[*]", "{\"b\":1}\n{\"b\":2}\n", "$.a[*]"},
                    Cut{"wildcard_of_empty", R"({"a":[]})", "$.a[*]", "", "$.a[*]"},
                    Cut{"inner_wildcard", R"({"g":[{"u":[{"x":1}]},{"u":[{"x":2},{"x":3}]}]})", "g[*].u",
                        "{\"x\":1}\n{\"x\":2}\n{\"x\":3}\n", "$.g[*].u"},
                    Cut{"index", R"([{"pages":1},[{"x":1},{"x":2}]])", "$[1]", "{\"x\":1}\n{\"x\":2}\n", "$[1]"},
                    Cut{"member_of_each_of_none", R"({"v":[]})", "$.v[*].x", "", "$.v[*].x"},
                    Cut{"member_of_each", R"([{"v":{"x":1}},{"v":{"x":2}}])", "$[*].v", "{\"x\":1}\n{\"x\":2}\n",
                        "$[*].v"},
                    Cut{"null_is_no_records", R"({"items":null})", "items", "", "$.items"},
                    Cut{"quoted", R"({"a.b":[{"x":1}]})", "$['a.b']", "{\"x\":1}\n", "$['a.b']"},
                    Cut{"later_member_wins", R"({"a":[{"x":1}],"a":[{"x":2}]})", "a", "{\"x\":2}\n", "$.a"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    ByteForByte, CutRecords,
    testing::Values(
        Cut{"numbers", R"([{"a":123456789012345678901234567890,"b":1.0,"c":1,"d":1E400,"e":-0,"f":0.10}])", nullptr,
            "{\"a\":123456789012345678901234567890,\"b\":1.0,\"c\":1,\"d\":1E400,\"e\":-0,\"f\":0.10}\n", "$"},
        Cut{"inner_space_kept", R"([{ "a" : 1 } , {}])", nullptr, "{ \"a\" : 1 }\n{}\n", "$"},
        Cut{"pretty_printed", "[\n  {\r\n    \"a\": \"x \\n y\",\n    \"b\": [1,\n 2]\n  }\n]\n", nullptr,
            "{\"a\":\"x \\n y\",\"b\":[1,2]}\n", "$"},
        Cut{"brackets_in_strings", R"([{"a":"]}\\\"["},{"b":"},{"}])", nullptr,
            "{\"a\":\"]}\\\\\\\"[\"}\n{\"b\":\"},{\"}\n", "$"},
        Cut{"lone_surrogate_kept", R"([{"a":"\ud800"}])", nullptr, "{\"a\":\"\\ud800\"}\n", "$"},
        Cut{"unicode", "[{\"\xc3\xa9\":\"\xf0\x9f\x90\x9f\"}]", nullptr, "{\"\xc3\xa9\":\"\xf0\x9f\x90\x9f\"}\n", "$"}),
    case_name);

TEST(Records, ExplainsWhatWasTakenAndWhatWasNot) {
    const std::string body = R"({"groups":[{"g":1}],"users":[{"u":1},{"u":2}]})";
    EXPECT_EQ(JsonPage::parse(body).records().explanation,
              "records: $.users (2 objects); not taken: $.groups (1 object)");
}

TEST(Records, AnEmptyObjectIsNoneWhereArraysAreKnownToBe) {
    const auto count = [](const char* body, const char* path, bool are_elements) {
        return JsonPage::parse(body).records(JsonPath::parse(path), are_elements).count;
    };
    EXPECT_EQ(count(R"({"items":{}})", "items", false), 1U);
    EXPECT_EQ(count(R"({"items":{}})", "items", true), 0U);
    EXPECT_EQ(count(R"({"items":{}})", "items[*]", true), 0U);
    EXPECT_EQ(count("{}", "$", true), 0U);
    EXPECT_EQ(count(R"({"g":[{"u":[{"x":1}]},{"u":{}}]})", "g[*].u", true), 1U);
    EXPECT_EQ(count(R"({"items":[{}]})", "items", true), 1U);
    EXPECT_EQ(count(R"({"items":{"a":1}})", "items", true), 1U);
}

TEST(Records, SayWhetherTheyAreElements) {
    const auto are_elements = [](const char* body) {
        return JsonPage::parse(body).records(JsonPath::parse("items")).are_elements;
    };
    EXPECT_TRUE(are_elements(R"({"items":[]})"));
    EXPECT_FALSE(are_elements(R"({"items":{"a":1}})"));
    EXPECT_FALSE(are_elements(R"({"items":null})"));
}

TEST(Records, FingerprintsTellRowsApartAndIgnoreTheEnvelope) {
    const auto fingerprint = [](const char* body) { return JsonPage::parse(body).records().fingerprint; };
    EXPECT_EQ(fingerprint(R"({"page":1,"items":[{"a":1}]})"), fingerprint(R"({"page":2,"items":[{"a":1}]})"));
    EXPECT_NE(fingerprint(R"({"items":[{"a":1}]})"), fingerprint(R"({"items":[{"a":2}]})"));
}

std::string no_records_message(const std::string& body, const char* path) {
    try {
        const JsonPage page = JsonPage::parse(body);
        (void)(path ? page.records(JsonPath::parse(path)) : page.records());
    } catch (const NoRecordsError& error) {
        return error.what();
    }
    return "found";
}

TEST(Records, NoneIsAnErrorThatListsWhatThereIs) {
    EXPECT_THAT(no_records_message(R"({"id":1,"name":"x"})", nullptr),
                testing::AllOf(HasSubstr("keys id, name; no arrays"), HasSubstr("--records $")));
    EXPECT_THAT(no_records_message(R"({"error":"quota","tags":["x"]})", "$.items"),
                testing::AllOf(HasSubstr("no records at $.items"), HasSubstr("arrays: $.tags (1 value)")));
    EXPECT_THAT(no_records_message("\"hello\"", nullptr), HasSubstr("a single value"));
    EXPECT_THAT(no_records_message(R"({"items":7})", "items"), HasSubstr("no records at $.items"));
    EXPECT_THAT(no_records_message(R"({"errors":[{"m":1}]})", nullptr), HasSubstr("$.errors (1 object)"));
}

TEST(JsonScalars, AreFoundByPathAndDecoded) {
    const std::string body =
        R"({"total":"0512","n":1E2,"meta":{"next":"a\/b\u00e9"},"ok":true,"no":null,"l":[{"x":7}]})";
    const JsonPage page = JsonPage::parse(body);
    const auto text = [&](const char* path) {
        const auto scalar = page.scalar(JsonPath::parse(path));
        return scalar ? scalar->text : "none";
    };
    EXPECT_EQ(text("total"), "0512");
    EXPECT_EQ(text("meta.next"), "a/b\xc3\xa9");
    EXPECT_EQ(text("ok"), "true");
    EXPECT_EQ(text("no"), "none");
    EXPECT_EQ(text("meta"), "none");
    EXPECT_EQ(text("meta.next.deeper"), "none");
    EXPECT_EQ(text("l[0].x"), "7");
    EXPECT_EQ(text("l[1].x"), "none");
    EXPECT_EQ(page.scalar(JsonPath::parse("total"))->count(), 512U);
    EXPECT_EQ(page.scalar(JsonPath::parse("n"))->count(), 100U);
    EXPECT_EQ(page.scalar(JsonPath::parse("ok"))->count(), std::nullopt);
}

TEST(JsonScalars, HostileCountsAreNoCounts) {
    for (const char* text :
         {"-1", "1.5", "99999999999999999999", "\"12x\"", "\"\"", "\" \"", "\"0x10\"", "\"inf\"", "1e300"}) {
        const std::string body = format("{{\"total\":{}}}", text);
        EXPECT_EQ(JsonPage::parse(body).scalar(JsonPath::parse("total"))->count(), std::nullopt) << text;
    }
}

TEST(JsonScalars, CountsMayBeWrittenInAnyWayThatIsWhole) {
    for (const char* text : {"250", "250.0", "2.5e2", "25000e-2", "\"250\"", "\" 250 \"", "\"250.0\""}) {
        const std::string body = format("{{\"total\":{}}}", text);
        EXPECT_EQ(JsonPage::parse(body).scalar(JsonPath::parse("total"))->count(), 250U) << text;
    }
}

TEST(JsonFields, AreThoseOutsideOfArraysShallowFirst) {
    const std::string body = R"({"a":{"b":1,"c":{"d":2}},"e":"x","f":null,"g":[{"h":1}]})";
    std::string all;
    for (const JsonField& field : JsonPage::parse(body).fields(2))
        all += field.path.str() + "=" + (field.is_null ? "null" : field.value.text) + " ";
    EXPECT_EQ(all, "$.e=x $.f=null $.a.b=1 ");
}

}  // namespace
}  // namespace trawl
