#include "trawl/net/staged_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>

#include "disk.hpp"
#include "trawl/net/directory.hpp"
#include "trawl/net/file_faults.hpp"

namespace trawl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Task<> write_staged(std::string path, std::string bytes) {
    StagedFile staged = co_await StagedFile::create(std::move(path));
    co_await staged.file().write(std::move(bytes));
    co_await staged.publish();
}

TEST(StagedFile, IsThereWhenItIsPublished) {
    on_both_loops([]() -> Task<> {
        const Disk disk;
        StagedFile staged = co_await StagedFile::create(disk / "x");
        co_await staged.file().write("new");
        EXPECT_EQ(disk.names().size(), 1U);
        EXPECT_EQ(co_await error_of(read_file(disk / "x")), ENOENT);
        co_await staged.publish();
        EXPECT_EQ(co_await read_file(disk / "x"), "new");
        EXPECT_THAT(disk.names(), ElementsAre("x"));
    });
}

TEST(StagedFile, LeavesNothingWhenItIsNot) {
    on_both_loops([]() -> Task<> {
        const Disk disk;
        {
            StagedFile staged = co_await StagedFile::create(disk / "x");
            co_await staged.file().write("half");
            StagedFile moved = std::move(staged);
        }
        EXPECT_THAT(disk.names(), IsEmpty());
    });
}

TEST(StagedFile, HandsOnThePermissionsOfTheFileThatItReplaces) {
    on_both_loops([]() -> Task<> {
        const Disk disk;
        File secret = co_await File::open(disk / "x", FileMode::write().permissions(0600));
        co_await secret.close();
        co_await write_staged(disk / "x", "new");
        const auto info = co_await file_info(disk / "x");
        EXPECT_EQ(info->permissions, 0600U);
        EXPECT_EQ(co_await read_file(disk / "x"), "new");
    });
}

TEST(StagedFile, WhatCannotBeMadeDurableIsNotPublished) {
    for (const char* call : {"fsync", "rename"}) {
        on_both_loops([call]() -> Task<> {
            const Disk disk;
            co_await write_file(disk / "x", "old");
            FileFaults faults;
            faults.fail(call, EIO);
            EXPECT_EQ(co_await error_of(write_staged(disk / "x", "new")), EIO) << call;
            EXPECT_EQ(co_await read_file(disk / "x"), "old");
            EXPECT_THAT(disk.names(), ElementsAre("x"));
        });
    }
}

TEST(StagedFile, RefusesADirectory) {
    on_both_loops([]() -> Task<> {
        const Disk disk;
        EXPECT_EQ(co_await error_of(StagedFile::create(disk.path())), EISDIR);
        EXPECT_EQ(co_await error_of(StagedFile::create(disk / "missing/x")), ENOENT);
        EXPECT_THAT(disk.names(), IsEmpty());
    });
}

/// Whoever downloads to /dev/null as root would have no /dev/null any more.
TEST(StagedFile, ReplacesNothingThatIsNoFile) {
    on_both_loops([]() -> Task<> {
        const Disk disk;
        EXPECT_EQ(::mkfifo((disk / "pipe").c_str(), 0600), 0);
        EXPECT_EQ(co_await error_of(StagedFile::create(disk / "pipe")), EINVAL);
        EXPECT_EQ(co_await error_of(StagedFile::create("")), ENOENT);
        const std::optional<FileInfo> info = co_await file_info(disk / "pipe");
        EXPECT_TRUE(info && info->type != FileType::kFile);
        EXPECT_THAT(disk.names(), ElementsAre("pipe"));
    });
}

}  // namespace
}  // namespace trawl
