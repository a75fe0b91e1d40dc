/// Rows come and go between any two reads: whatever does, each row that stays is handed on. TRAWL_SEEDS=200000 for
/// more.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <tuple>

#include "moving_source.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

std::uint64_t seeds(std::uint64_t usual) {
    const char* wanted = std::getenv("TRAWL_SEEDS");
    return wanted == nullptr ? usual : std::strtoull(wanted, nullptr, 10) / 20;  // of all 20 combinations together
}

Reading reading_of(MovingSource& source, SliceKind kind) {
    Reading reading;
    reading.kind = kind;
    reading.page_size = source.page_size;
    reading.window = 1 + source.draw(8);
    reading.bridges_planned = kind == SliceKind::page && source.draw(2) == 0;
    switch (source.draw(4)) {
        case 0:  // right, or late
            reading.total = source.size_at_first();
            break;
        case 1:  // anything
            reading.total = source.draw(2 * source.size_at_first() + 3);
            break;
        default:
            break;
    }
    switch (source.draw(4)) {
        case 0:
            source.cap = (kind == SliceKind::page ? 12 : 2) + source.draw(source.page_size);
            break;
        case 1:
            if (kind == SliceKind::offset) source.cut_percent = 1 + source.draw(40);
            break;
        default:
            break;
    }
    return reading;
}

struct Sum {
    std::uint64_t losing = 0, failing = 0, twice = 0, reads = 0, seams = 0, restarts = 0;
    std::string first;  // seed that lost rows or failed
};

const char* name(Weather weather) {
    constexpr const char* names[] = {"calm", "rain",    "storm",   "shared_row",  "whole_page",
                                     "aba",  "emptied", "doubled", "growing_end", "shrinking_end"};
    return names[static_cast<int>(weather)];
}

class MovingRows : public testing::TestWithParam<std::tuple<Weather, SliceKind>> {};

TEST_P(MovingRows, EachRowThatStaysIsHandedOn) {
    const auto [weather, kind] = GetParam();
    Sum sum;
    const std::uint64_t count = seeds(150);
    for (std::uint64_t seed = 0; seed < count; ++seed) {
        MovingSource source(seed, weather);
        const Reading reading = reading_of(source, kind);
        const Outcome outcome = read_whole(source, reading);
        const std::uint64_t missing = lost(source, outcome);
        const bool failed = !outcome.error.empty();
        if ((missing > 0 || failed) && sum.first.empty())
            sum.first = format(
                "seed {}: {} of {} lost; page size {}, window {}, cap {}, cut {}%, total {}; {} reads; {}; {}", seed,
                missing, source.stable().size(), source.page_size, reading.window, source.cap, source.cut_percent,
                reading.total ? format("{}", *reading.total) : "unknown", outcome.reads, outcome.state, outcome.error);
        sum.losing += missing > 0 && !failed ? 1 : 0;
        sum.failing += failed ? 1 : 0;
        sum.twice += outcome.rows.size() - std::set(outcome.rows.begin(), outcome.rows.end()).size();
        sum.reads += outcome.reads;
        sum.seams += outcome.stats.seams;
        sum.restarts += outcome.stats.restarts;
    }
    RecordProperty("seeds", std::to_string(count));
    if (std::getenv("TRAWL_SEEDS") != nullptr)
        print("{:>14} {:6} {} seeds: {} lose rows, {} fail; {} reads, {} seams, {} restarts, {} rows twice; {}\n",
              name(weather), kind == SliceKind::page ? "page" : "offset", count, sum.losing, sum.failing, sum.reads,
              sum.seams, sum.restarts, sum.twice, sum.first);
    EXPECT_EQ(sum.losing, 0U) << sum.first;
    EXPECT_EQ(sum.failing, 0U) << sum.first;
    EXPECT_EQ(sum.twice, 0U);
}

INSTANTIATE_TEST_SUITE_P(Of, MovingRows,
                         testing::Combine(testing::Values(Weather::calm, Weather::rain, Weather::storm,
                                                          Weather::shared_row, Weather::whole_page, Weather::aba,
                                                          Weather::emptied, Weather::doubled, Weather::growing_end,
                                                          Weather::shrinking_end),
                                          testing::Values(SliceKind::offset, SliceKind::page)),
                         [](const auto& drawn) {
                             return std::string(name(std::get<0>(drawn.param))) +
                                    (std::get<1>(drawn.param) == SliceKind::page ? "ByPage" : "ByOffset");
                         });

TEST(MovingRowsReadNaively, AreLost) {
    std::uint64_t losing = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        MovingSource source(seed, Weather::rain);
        losing += lost(source, read_naively(source, reading_of(source, SliceKind::offset))) > 0 ? 1 : 0;
    }
    EXPECT_GT(losing, 50U);
    RecordProperty("losing", std::to_string(losing));
}

}  // namespace
}  // namespace trawl::fetch
