#include "trawl/pull/get.hpp"

#include <gtest/gtest.h>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {
namespace {

TEST(FileNameFor, IsTheLastPartOfThePathWithoutWhatFileSystemsStumbleOver) {
    EXPECT_EQ(file_name_for("https://example.com/dumps/2024/items.json.gz?token=x"), "items.json.gz");
    EXPECT_EQ(file_name_for("https://example.com/a%20b/c%2Fd.csv"), "c_2Fd.csv");
    EXPECT_EQ(file_name_for("https://example.com/dir/"), "index");
    EXPECT_EQ(file_name_for("https://example.com"), "index");
    EXPECT_EQ(file_name_for("https://example.com/.profile"), "profile");
    EXPECT_EQ(file_name_for("https://example.com/--help"), "help");
    EXPECT_EQ(file_name_for("https://example.com/" + std::string(300, 'a') + ".csv").size(), 200U);
    EXPECT_TRUE(file_name_for("https://example.com/" + std::string(300, 'a') + ".csv").ends_with("a.csv"));
}

TEST(FileNames, EachIsGivenOnce) {
    FileNames names;
    EXPECT_EQ(names.unique("items.json.gz"), "items.json.gz");
    EXPECT_EQ(names.unique("items.json.gz"), "items-2.json.gz");
    EXPECT_EQ(names.unique("items-3.json.gz"), "items-3.json.gz");
    EXPECT_EQ(names.unique("items.json.gz"), "items-4.json.gz");
    EXPECT_EQ(names.unique("index"), "index");
    EXPECT_EQ(names.unique("index"), "index-2");
}

TEST(GetFiles, AListWithoutAUrlIsAMistake) {
    GetOptions options;
    options.next_url = [] { return std::nullopt; };
    GetProgress progress;
    EXPECT_THROW(run(get_files(std::move(options), progress)), UsageError);
}

}  // namespace
}  // namespace trawl
