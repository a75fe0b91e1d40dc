/// Leftovers of writers that were killed go with a later commit; what may be somebody's stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

#include "store.hpp"
#include "table_test.hpp"
#include "temp_dir.hpp"

namespace trawl::lake {
namespace {

fs::path make_file(const fs::path& path) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << "x";
    return path;
}

void age(const fs::path& path) { fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(25)); }

std::string data_name() { return "part-" + make_uuid() + ".parquet"; }

TEST(Sweep, RemovesWhatADeadWriterLeft) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    const fs::path table = dir.path() / "t";
    const fs::path data = make_file(table / data_name());
    const fs::path inside = make_file(table / "_trawl-dead" / "data-1" / data_name());
    const fs::path entry = make_file(table / "_delta_log" / ".00000000000000000001.json.x.tmp");
    for (const fs::path& path : {data, inside, inside.parent_path(), table / "_trawl-dead", entry}) age(path);
    write(dir.path(), R"({"id":2})", appending());
    EXPECT_FALSE(fs::exists(data));
    EXPECT_FALSE(fs::exists(table / "_trawl-dead"));
    EXPECT_FALSE(fs::exists(entry));
    EXPECT_THAT(rows(dir.path(), "FROM t ORDER BY id"), testing::ElementsAre(Row{"1"}, Row{"2"}));
}

TEST(Sweep, LeavesWhatAWriterMayBeAtAndWhatIsNotOurs) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    const fs::path table = dir.path() / "t";
    const fs::path fresh = make_file(table / data_name());
    const fs::path foreign = make_file(table / "part-00000-c000.snappy.parquet");
    const fs::path live = make_file(table / "_trawl-live" / "spill" / "1.tmp");
    for (const fs::path& path : {foreign, live.parent_path(), table / "_trawl-live"}) age(path);
    write(dir.path(), R"({"id":2})", appending());
    for (const fs::path& path : {fresh, foreign, live}) EXPECT_TRUE(fs::exists(path)) << path;
}

TEST(Sweep, LeavesTheFilesOfOlderVersions) {
    const TempDir dir;
    write(dir.path(), R"({"id":1})");
    const fs::path old = dir.path() / "t" / read_table(dir.path(), "t")->files.begin()->first;
    age(old);
    write(dir.path(), R"({"id":2})");
    write(dir.path(), R"({"id":3})");
    EXPECT_TRUE(fs::exists(old));
}

}  // namespace
}  // namespace trawl::lake
