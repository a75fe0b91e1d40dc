/// What makes two rows the same row, and what is no key.
#include "row_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trawl/base/error.hpp"

namespace trawl::fetch {
namespace {

using testing::HasSubstr;

RowKey key(std::initializer_list<const char*> paths) {
    std::vector<JsonPath> parsed;
    for (const char* path : paths) parsed.push_back(JsonPath::parse(path));
    return RowKey(std::move(parsed));
}

struct Pair {
    const char* a;
    const char* b;
    bool same;
};

TEST(RowKey, TellsRowsApartByTheirKeyAlone) {
    const Pair pairs[] = {
        {R"({"id":1,"v":2})", R"({"v":3,"id":1})", true},
        {R"({"id":1})", R"({"id":2})", false},
        {R"({"id":1})", R"({"id":"1"})", false},
        {R"({"id":1})", R"({"id":1.0})", false},
        {R"({"id":true})", R"({"id":"true"})", false},
        {R"({"id":"A"})", R"({"id":"\u0041"})", true},
        {R"({"id":""})", R"({"id":" "})", false},
        {R"({"id":12345678901234567890123})", R"({"id":12345678901234567890124})", false},
        {R"({ "id" : 1 })", R"({"id":1})", true},
    };
    RowKey id = key({"id"});
    for (const Pair& pair : pairs)
        EXPECT_EQ(id.of(pair.a, 0) == id.of(pair.b, 0), pair.same) << pair.a << " " << pair.b;
}

TEST(RowKey, OfSeveralFieldsDoesNotRunThemTogether) {
    RowKey both = key({"a", "b.c"});
    EXPECT_NE(both.of(R"({"a":"x","b":{"c":"yz"}})", 0), both.of(R"({"a":"xy","b":{"c":"z"}})", 0));
    EXPECT_NE(both.of(R"({"a":1,"b":{"c":12}})", 0), both.of(R"({"a":11,"b":{"c":2}})", 0));
    EXPECT_NE(both.of(R"({"a":1,"b":{"c":2}})", 0), both.of(R"({"a":2,"b":{"c":1}})", 0));
    EXPECT_EQ(both.of(R"({"a":1,"b":{"c":2}})", 0), both.of(R"({"b":{"d":0,"c":2},"a":1})", 0));
}

TEST(RowKey, FollowsIndexesAndTakesRecordsThatAreValues) {
    RowKey second = key({"ids[1]"});
    EXPECT_EQ(second.of(R"({"ids":[7,8]})", 0), second.of(R"({"ids":[9,8,1]})", 0));
    RowKey whole = key({"$"});
    EXPECT_NE(whole.of("7", 0), whole.of("\"7\"", 0));
}

std::string refusal(RowKey row_key, const char* record) {
    try {
        (void)row_key.of(record, 2);
    } catch (const PageError& error) {
        return error.what();
    }
    return "none";
}

TEST(RowKey, NamesTheRecordThatHasNone) {
    EXPECT_EQ(refusal(key({"id"}), R"({"name":"Ada"})"),
              "record 3 cannot be told from others: $.id is missing, which is (part of) the primary key; name a field "
              R"(that every record has, or pull without a primary key; the record: {"name":"Ada"})");
    EXPECT_THAT(refusal(key({"id"}), R"({"id":null})"), HasSubstr("$.id is null"));
    EXPECT_THAT(refusal(key({"id"}), R"({"id":{"a":1}})"), HasSubstr("$.id is an object"));
    EXPECT_THAT(refusal(key({"id"}), R"({"id":[1]})"), HasSubstr("$.id is an array"));
    EXPECT_THAT(refusal(key({"a", "b[3]"}), R"({"a":1,"b":[1]})"), HasSubstr("$.b[3] is missing"));
    EXPECT_THAT(refusal(key({"id"}), "{"), HasSubstr("record 3 is not JSON"));
}

TEST(RowKey, IsOnePathOrMoreThatNameOneValueEach) {
    EXPECT_THROW(key({}), UsageError);
    EXPECT_THROW(key({"items[*].id"}), UsageError);
}

TEST(RowKey, OfAPageIsOnePerLine) {
    RowKey id = key({"id"});
    const std::vector<KeyHash> keys = id.of_all("{\"id\":1}\n{\"id\":2}\n");
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[1], id.of(R"({"id":2})", 0));
    EXPECT_TRUE(id.of_all("").empty());
}

}  // namespace
}  // namespace trawl::fetch
