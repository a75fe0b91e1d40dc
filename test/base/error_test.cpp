#include "trawl/base/error.hpp"

#include <gtest/gtest.h>
#include <cerrno>

namespace trawl {
namespace {

TEST(OsError, KeepsTheCodeAndExplainsIt) {
    OsError error(ENOSPC, "write lake/part-0.parquet");
    EXPECT_EQ(error.code(), ENOSPC);
    EXPECT_STREQ(error.what(), "write lake/part-0.parquet: No space left on device");
}

}  // namespace
}  // namespace trawl
