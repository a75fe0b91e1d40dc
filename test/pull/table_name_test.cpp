#include <gtest/gtest.h>

#include "trawl/base/error.hpp"
#include "trawl/pull/pull.hpp"

namespace trawl {
namespace {

TEST(TableName, ComesFromTheUrl) {
    const struct {
        const char* url;
        const char* name;
    } cases[] = {
        {"https://api.example.com/v1/Items?page=2", "items"},
        {"https://api.example.com/items/", "items"},
        {"https://api.example.com/items.json", "items"},
        {"https://api.example.com/users/42", "users"},
        {"https://api.example.com/my-things", "my_things"},
        {"https://api.example.com/a%20b", "a_20b"},
        {"https://api.example.com/_private", "private"},
        {"https://api.example.com/", "api_example_com"},
        {"http://127.0.0.1:8080/", "table"},
    };
    for (const auto& c : cases) EXPECT_EQ(table_name_for(c.url), c.name) << c.url;
}

TEST(TableName, OfWhatIsNoUrlIsAnError) { EXPECT_THROW(table_name_for("items"), InvalidUrl); }

}  // namespace
}  // namespace trawl
