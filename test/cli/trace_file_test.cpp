#include "trace_file.hpp"

#include <gtest/gtest.h>

#include "trawl/base/error.hpp"

namespace trawl::cli {
namespace {

using namespace std::chrono_literals;

TEST(TraceFile, HasALineForEachPointOfEachOrigin) {
    PullSummary summary;
    summary.begin = TimePoint(10s);
    summary.traces.push_back(
        {"http://a", {{TimePoint(10s + 412ms), 8, 7, 161.94, 49200us}, {TimePoint(11s), 16, 0, 0}}});
    summary.traces.push_back({"http://b:8080", {}});
    summary.traces.push_back({"https://c", {{TimePoint(12s), 4, 4, 3.5, 1s}}});
    EXPECT_EQ(trace_lines(summary),
              R"({"origin":"http://a","t":0.412,"limit":8,"in_flight":7,"throughput":161.940,"latency":0.049200})"
              "\n"
              R"({"origin":"http://a","t":1.000,"limit":16,"in_flight":0,"throughput":0.000,"latency":0.000000})"
              "\n"
              R"({"origin":"https://c","t":2.000,"limit":4,"in_flight":4,"throughput":3.500,"latency":1.000000})"
              "\n");
}

TEST(TraceFile, TellsBeforeThePullThatItsPathCannotBeWritten) { EXPECT_THROW(TraceFile("/dev/null/trace"), FileError); }

TEST(TraceFile, TellsThatTheDiskIsFull) {
    PullSummary summary;
    summary.traces.push_back({"http://a", {{TimePoint(1s), 8, 7, 161.94, 49200us}}});
    TraceFile full("/dev/full");
    EXPECT_THROW(full.write(summary), FileError);
}

}  // namespace
}  // namespace trawl::cli
