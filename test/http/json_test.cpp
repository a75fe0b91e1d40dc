#include "trawl/http/json.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/http/response.hpp"

namespace trawl {
namespace {

Json sample() {
    return Json::parse(
        R"({"name":"Ada \"L\"","id":9007199254740993,"price":1.5,"big":1e400,"on":true,"none":null,
            "items":[{"a":1},[],"x"],"a name":{"b":[0,[7]]},"twice":1,"twice":2})");
}

std::string error_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const JsonError& error) {
        return error.what();
    }
    return "no error";
}

TEST(Json, GivesValues) {
    const Json json = sample();
    EXPECT_EQ(json["name"].string(), "Ada \"L\"");
    EXPECT_EQ(json["id"].integer(), 9007199254740993);
    EXPECT_EQ(json["price"].number(), 1.5);
    EXPECT_TRUE(json["on"].boolean());
    EXPECT_TRUE(json["none"].is_null());
    EXPECT_EQ(json["items"][0]["a"].integer(), 1);
    EXPECT_EQ(json["twice"].integer(), 2);
}

TEST(Json, KeepsEveryDigit) {
    EXPECT_EQ(sample()["big"].raw(), "1e400");
    EXPECT_EQ(sample()["id"].raw(), "9007199254740993");
}

TEST(Json, MayBeAnyValue) {
    EXPECT_EQ(Json::parse(" 7 ").integer(), 7);
    EXPECT_EQ(Json::parse("\"x\"").string(), "x");
    EXPECT_EQ(Json::parse("[1,2]").size(), 2U);
    EXPECT_TRUE(Json::parse("null").is_null());
    EXPECT_EQ(Json::parse("{}").size(), 0U);
}

TEST(Json, GivesItemsAndMembersInOrder) {
    const Json json = sample();
    std::string kinds;
    for (const Json& item : json["items"].items()) kinds += std::to_string(static_cast<int>(item.kind())) + ' ';
    EXPECT_EQ(kinds, "5 4 3 ");
    std::string names;
    for (const auto& [name, value] : Json::parse(R"({"b":1,"a":2})").members()) names += name + value.path() + ' ';
    EXPECT_EQ(names, "b$.b a$.a ");
}

TEST(Json, OutlivesTheDocumentItCameFrom) {
    Json inner = sample()["items"][0];
    EXPECT_EQ(inner["a"].integer(), 1);
}

TEST(Json, FindIsForWhatMayBeMissing) {
    const Json json = sample();
    EXPECT_TRUE(json.find("name").has_value());
    EXPECT_FALSE(json.find("nothing").has_value());
    EXPECT_FALSE(json["none"].find("x").has_value());
    EXPECT_FALSE(json["items"].find("x").has_value());
}

TEST(Json, ErrorsNameThePlace) {
    const Json json = sample();
    const std::pair<std::function<void()>, std::string> table[] = {
        {[&] { (void)json["nothing"]; }, "$ has no \"nothing\""},
        {[&] { (void)json["items"]["x"]; }, "$.items is [{\"a\":1},[],\"x\"], not an object"},
        {[&] { (void)json["items"][3]; }, "$.items has 3 items, none at 3"},
        {[&] { (void)json["name"][0]; }, "$.name is \"Ada \\\"L\\\"\", not an array"},
        {[&] { (void)json["items"][2].number(); }, "$.items[2] is \"x\", not a number"},
        {[&] { (void)json["a name"]["b"][1][0].string(); }, "$[\"a name\"].b[1][0] is 7, not a string"},
        {[&] { (void)json["price"].integer(); }, "$.price is 1.5, not a whole number of 64 bits"},
        {[&] { (void)json["big"].number(); }, "$.big is 1e400, not a number that a double can hold"},
        {[&] { (void)json["none"].boolean(); }, "$.none is null, not true or false"},
        {[&] { (void)json["on"].size(); }, "$.on is true, not an array"}};
    for (const auto& [work, what] : table) EXPECT_EQ(error_of(work), what);
}

TEST(Json, LongValuesAreCutInErrors) {
    const Json json = Json::parse("[\"" + std::string(1000, 'x') + "\"]");
    EXPECT_EQ(error_of([&] { (void)json[0].number(); }), "$[0] is \"" + std::string(39, 'x') + "..., not a number");
}

TEST(Json, OfAResponseNamesTheRequest) {
    const Response response("GET", Url::parse("http://h/x?token=hush"), 200, {}, "<html>");
    const std::string error = error_of([&] { (void)response.json(); });
    EXPECT_NE(error.find("GET http://h/x?token=*** answered 200"), std::string::npos) << error;
}

}  // namespace
}  // namespace trawl
