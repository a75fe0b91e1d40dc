#include "partition_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::pulling {
namespace {

std::string rows(int first, int end) {
    std::string text;
    for (int i = first; i < end; ++i) text += format("{{\"id\":{}}}\n", i);
    return text;
}

Partitioning days() {
    DatePartitions dates;
    dates.start_param = "from";
    dates.end_param = "until";
    return dates;
}

TEST(PartitionRows, AWindowWhoseRowsCameInAnotherIsAnError) {
    PartitionRows seen;
    seen.add("monday", rows(0, 30));
    EXPECT_NO_THROW(seen.check(days(), "monday"));
    seen.add("tuesday", rows(10, 20));
    seen.add("tuesday", rows(20, 30));
    try {
        seen.check(days(), "tuesday");
        FAIL() << "all rows would be there twice";
    } catch (const FetchError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("the partition tuesday have come in others too: does the source "
                                                     "know 'until'?"));
    }
}

TEST(PartitionRows, ThoseAtTheBoundaryAreTold) {
    PartitionRows seen;
    seen.add("monday", rows(0, 11));
    EXPECT_FALSE(seen.have_common());
    seen.add("tuesday", rows(10, 21));
    EXPECT_TRUE(seen.have_common());
    EXPECT_NO_THROW(seen.check(days(), "tuesday"));
}

TEST(PartitionRows, RowsThatAWindowRepeatsAreItsOwn) {
    PartitionRows seen;
    for (int i = 0; i < 3; ++i) seen.add("monday", rows(0, 10));
    EXPECT_FALSE(seen.have_common());
}

TEST(PartitionRows, OfManyASampleIsEnough) {
    PartitionRows seen;
    seen.add("monday", rows(0, 200'000));
    seen.add("tuesday", rows(100'000, 200'000));
    EXPECT_THROW(seen.check(days(), "tuesday"), FetchError);
}

}  // namespace
}  // namespace trawl::pulling
