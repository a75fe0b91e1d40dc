#include "partition_starts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trawl/base/error.hpp"

namespace trawl::pulling {
namespace {

using testing::HasSubstr;

Page page_of(std::string records, std::size_t count) {
    Page page;
    page.records = std::move(records);
    page.count = count;
    return page;
}

TEST(PartitionStarts, TwoThatBeginWithTheSamePageAreAnError) {
    const Partitioning teams = ValuePartitions{"team", {"red", "blue", "green"}};
    PartitionStarts starts;
    starts.add(teams, "red", page_of("{\"id\":1}\n{\"id\":2}\n", 2));
    starts.add(teams, "blue", page_of("{\"id\":3}\n{\"id\":4}\n", 2));
    try {
        starts.add(teams, "green", page_of("{\"id\":1}\n{\"id\":2}\n", 2));
        FAIL() << "all rows would be there twice";
    } catch (const FetchError& error) {
        EXPECT_THAT(error.what(), HasSubstr("the partitions red and green began with the same page of 2 rows: does the "
                                            "source know the parameter 'team'?"));
    }
}

TEST(PartitionStarts, EmptyOnesAndThoseOfOneRowPass) {
    const Partitioning days = DatePartitions();
    PartitionStarts starts;
    for (const char* day : {"2024-01-01", "2024-01-02"}) {
        EXPECT_NO_THROW(starts.add(days, day, page_of("", 0)));
        EXPECT_NO_THROW(starts.add(days, day, page_of("{\"count\":0}\n", 1)));
    }
}

}  // namespace
}  // namespace trawl::pulling
