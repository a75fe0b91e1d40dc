#include "row_work.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trawl/base/error.hpp"

namespace trawl::pulling {
namespace {

using testing::HasSubstr;

std::string failure(RowWork& work, const std::string& row, const std::string& added = "") {
    RowWork::Sequence sequence;
    try {
        (void)work.apply(row + "\n", 1, added, {}, sequence);
        return "none";
    } catch (const FetchError& error) {
        return error.what();
    }
}

Resource child() {
    Resource resource;
    resource.name = "issues";
    resource.parent = "repos";
    resource.include_from_parent = {"id"};
    resource.at = {7, 3};
    return resource;
}

TEST(RowWork, ARowWithAFieldOfAnAddedOnesNameIsAnError) {
    const Resource resource = child();
    RowWork work(resource, nullptr, "c.toml");
    RowWork::Sequence sequence;
    EXPECT_EQ(work.apply("{\"id\":1}\n", 1, "\"_repos_id\":7,", {}, sequence).ndjson, "{\"_repos_id\":7,\"id\":1}\n");
    EXPECT_THAT(failure(work, R"({"id":1,"_repos_id":8})", "\"_repos_id\":7,"),
                HasSubstr("c.toml:7:3: resource issues: a row has a field _repos_id of its own"));
}

TEST(RowWork, AnErrorNamesTheResourceWhereItIsWritten) {
    Resource resource = child();
    resource.incremental.emplace().cursor_path = JsonPath::parse("at");
    IncrementalCursor cursor(*resource.incremental, {});
    RowWork work(resource, &cursor, "c.toml");
    EXPECT_THAT(failure(work, R"({"id":1})"), HasSubstr("c.toml:7:3: resource issues: a row has no cursor value at"));
}

}  // namespace
}  // namespace trawl::pulling
