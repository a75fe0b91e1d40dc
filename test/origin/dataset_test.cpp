#include "dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data.hpp"
#include "trawl/base/error.hpp"

namespace trawl::origin {
namespace {

std::string record(const DataSet& data, std::size_t index) {
    std::string text;
    data.append(index, text);
    return text;
}

std::string error_of(const std::string& json, const std::string& array) {
    try {
        DataSet::parse("things", json, array, "cars.json");
    } catch (const UsageError& error) {
        return error.what();
    }
    return "no error";
}

TEST(DataSet, KeepsTheTextOfRecordsWithoutTheWhiteSpace) {
    const DataSet data = DataSet::parse(
        "things", R"({"meta": [1], "rows": [ {"a b" : 1.10, "c": "x  y\n" }, [ 1, 2 ], 3.0e5, "Juli\u00e0", null ]})",
        "rows", "t");
    ASSERT_EQ(data.size(), 5U);
    EXPECT_EQ(record(data, 0), R"({"a b":1.10,"c":"x  y\n"})");
    EXPECT_EQ(record(data, 1), "[1,2]");
    EXPECT_EQ(record(data, 2), "3.0e5");
    EXPECT_EQ(record(data, 3), R"("Juli\u00e0")");
    EXPECT_EQ(record(data, 4), "null");
}

TEST(DataSet, AnEmptyArrayNameMeansTheFile) { EXPECT_EQ(DataSet::parse("things", " [1,2] ", "", "t").size(), 2U); }

TEST(DataSet, SaysWhatIsWrongWithAFile) {
    EXPECT_THAT(error_of("{\"rows\": [1,", "rows"), testing::HasSubstr("cars.json is not JSON"));
    EXPECT_THAT(error_of("[{\"a\":tru}]", ""), testing::HasSubstr("cars.json is not JSON"));
    EXPECT_THAT(error_of("{\"rows\": 1}", "rows"), testing::HasSubstr("no array 'rows'"));
    EXPECT_THAT(error_of("{\"rows\": []}", "cars"), testing::HasSubstr("no array 'cars'"));
    EXPECT_THAT(error_of("{\"rows\": []}", ""), testing::HasSubstr("it is no array"));
    EXPECT_THROW(DataSet::load("things", "/no/such/file", ""), UsageError);
}

TEST(DataSet, NumberedRecordsRepeatTheFileAndHaveAnId) {
    DataSet data = DataSet::parse("things", R"([{"v":1},{}])", "", "t");
    data.number(5'000'000'000);
    EXPECT_EQ(data.size(), 5'000'000'000U);
    EXPECT_EQ(record(data, 0), R"({"id":1,"v":1})");
    EXPECT_EQ(record(data, 1), R"({"id":2})");
    EXPECT_EQ(record(data, 4'999'999'998), R"({"id":4999999999,"v":1})");
}

TEST(DataSet, OnlyObjectsWithoutAnIdCanBeNumbered) {
    for (const char* json : {"[]", "[1]", R"([{"v":1},[]])", R"([{"v":1},{"id":7}])"}) {
        DataSet data = DataSet::parse("things", json, "", "t");
        EXPECT_THROW(data.number(10), UsageError) << json;
    }
}

}  // namespace
}  // namespace trawl::origin
