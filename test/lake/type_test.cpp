#include "trawl/lake/type.hpp"

#include <gtest/gtest.h>

#include "observe.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl {
namespace {

/// The type of some records, as the writer sees them.
Type type_of(const std::vector<std::string>& records) {
    JsonReader reader;
    lake::Observer observer;
    for (const std::string& record : records) observer.observe(reader.parse_record(record));
    return observer.type();
}

/// Every kind, alone and nested, as values of the key "v".
const std::vector<std::string>& values() {
    static const std::vector<std::string> all = {"null",
                                                 "true",
                                                 "1",
                                                 "-9007199254740992",
                                                 "9007199254740993",
                                                 "-9223372036854775808",
                                                 "9223372036854775808",
                                                 "99999999999999999999999999999999999999",
                                                 "100000000000000000000000000000000000000",
                                                 "-0",
                                                 "1.0",
                                                 "1E5",
                                                 "0.1",
                                                 "1e400",
                                                 "0.12345678901234567890123",
                                                 R"("text")",
                                                 R"("")",
                                                 "[]",
                                                 "[null]",
                                                 "[1]",
                                                 "[1.5]",
                                                 R"(["a"])",
                                                 "[[]]",
                                                 "[[1]]",
                                                 R"([{"a":1}])",
                                                 "{}",
                                                 R"({"a":1})",
                                                 R"({"a":"x"})",
                                                 R"({"b":{}})",
                                                 R"({"a":[1],"b":null})"};
    return all;
}

std::vector<Type> types() {
    std::vector<Type> out;
    for (const std::string& value : values()) out.push_back(type_of({R"({"v":)" + value + "}"}));
    return out;
}

TEST(TypeMerge, IsCommutativeAssociativeAndIdempotent) {
    const std::vector<Type> all = types();
    for (const Type& a : all) {
        EXPECT_EQ(merge(a, a), a) << to_string(a);
        for (const Type& b : all) {
            const Type ab = merge(a, b);
            EXPECT_EQ(ab, merge(b, a)) << to_string(a) << " and " << to_string(b);
            EXPECT_EQ(merge(ab, a), ab) << to_string(a) << " and " << to_string(b);
            for (const Type& c : all) {
                EXPECT_EQ(merge(ab, c), merge(a, merge(b, c)))
                    << to_string(a) << ", " << to_string(b) << ", " << to_string(c);
            }
        }
    }
}

TEST(TypeMerge, HasNullAsIdentityAndJsonAsTop) {
    for (const Type& type : types()) {
        EXPECT_EQ(merge(type, Kind::null), type);
        EXPECT_EQ(merge(type, Kind::json), Type(Kind::json));
    }
}

TEST(Observer, FindsWhatMergingTheSingleRecordsFinds) {
    for (const std::string& a : values()) {
        for (const std::string& b : values()) {
            const std::string first = R"({"v":)" + a + "}";
            const std::string second = R"({"v":)" + b + R"(,"w":)" + a + "}";
            EXPECT_EQ(type_of({first, second}), merge(type_of({first}), type_of({second}))) << first << second;
        }
    }
}

TEST(Observer, GivesTheSmallestExactType) {
    const std::pair<std::vector<std::string>, std::string> table[] = {
        {{"1", "2"}, "int53"},
        {{"1", "9007199254740993"}, "int64"},
        {{"1", "9223372036854775808"}, "decimal"},
        {{"-9223372036854775808", "18446744073709551615"}, "decimal"},
        {{"1", "1.5"}, "double"},
        {{"1", "1.0"}, "double"},
        {{"9007199254740993", "1.5"}, "json"},
        {{"9223372036854775808", "1.5"}, "json"},
        {{"1e400"}, "json"},
        {{"1e-400"}, "json"},
        {{"0.12345678901234567890"}, "json"},
        {{"0.30000000000000004", "5e-324", "1.7976931348623157e308", "0.10000000000000001", "100.000"}, "double"},
        {{"100000000000000000000000000000000000000"}, "json"},
        {{"-0"}, "double"},
        {{"true", "1"}, "json"},
        {{"true", "null"}, "bool"},
        {{R"("1")", "1"}, "json"},
        {{R"("2024-01-01T00:00:00Z")"}, "string"},
        {{"[]"}, "list<null>"},
        {{"[]", "[1]", "null"}, "list<int53>"},
        {{"[1]", "1"}, "json"},
        {{"{}"}, "struct<>"},
        {{"{}", R"({"a":[{"b":1},{"c":"x"}]})"}, "struct<a: list<struct<b: int53, c: string>>>"},
        {{R"({"a":1})", R"("x")"}, "json"},
    };
    for (const auto& [texts, expected] : table) {
        std::vector<std::string> records;
        for (const std::string& text : texts) records.push_back(R"({"v":)" + text + "}");
        EXPECT_EQ(to_string(type_of(records).fields.at(0).type), expected) << texts.front();
    }
}

TEST(Observer, ReadsARecordThatIsNoObjectAsAValue) {
    EXPECT_EQ(to_string(type_of({"7", "null", "8"})), "struct<value: int53>");
    EXPECT_EQ(to_string(type_of({"[1]"})), "struct<value: list<int53>>");
}

TEST(Observer, StopsAtTheDepthLimit) {
    std::string deep = "1";
    for (int i = 0; i < kMaxDepth + 5; ++i) deep = "[" + deep + "]";
    const Type observed = type_of({R"({"v":)" + deep + "}"});
    const Type* at = &observed.fields.at(0).type;
    int lists = 0;
    for (; at->kind == Kind::list; at = &at->element.front()) ++lists;
    EXPECT_EQ(lists, kMaxDepth);
    EXPECT_EQ(at->kind, Kind::json);
}

TEST(Observer, TakesAnObjectKeyedByDataAsJson) {
    std::string wide;
    for (std::size_t i = 0; i <= kMaxFields; ++i) wide += trawl::format("{}\"id{}\":1", i == 0 ? "" : ",", i);
    EXPECT_EQ(to_string(type_of({R"({"v":{)" + wide + "}}"})), "struct<v: json>");
    EXPECT_EQ(to_string(type_of({"{" + wide + "}", R"({"a":1})"})), "json");
}

TEST(Observer, OfAKeyThatIsThereTwiceTheLastValueCounts) {
    EXPECT_EQ(to_string(type_of({R"({"a":1,"a":"x"})", R"({"a":"y"})"})), to_string(type_of({R"({"a":"x"})"})));
    EXPECT_EQ(to_string(type_of({R"({"a":{"b":"x"},"c":[{"d":"x","d":1}],"a":{"b":2,"b":true}})"})),
              to_string(type_of({R"({"a":{"b":true},"c":[{"d":1}]})"})));
}

TEST(Observer, CountsKeysThatAnObjectHasTwice) {
    JsonReader reader;
    lake::Observer observer;
    observer.observe(reader.parse(R"({"a":1,"b":{"c":1,"c":2},"a":3})"));
    EXPECT_EQ(observer.duplicate_keys(), 2);
    EXPECT_EQ(observer.duplicate_key(), "a");
}

}  // namespace
}  // namespace trawl
