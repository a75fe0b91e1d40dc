/// Rows come and go between any two reads: whatever does, each row that stays is handed on. TRAWL_SEEDS=200000 for
/// more.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
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

/// What came of many seeds.
struct Sum {
    std::uint64_t seeds = 0, losing = 0, failing = 0, failing_tiny = 0, twice = 0, reads = 0, seams = 0, restarts = 0;
    std::string first;  // seed that lost rows or failed

    void add(std::uint64_t seed, const MovingSource& source, const Reading& reading, const Outcome& outcome) {
        const std::uint64_t missing = lost(source, outcome);
        const bool failed = !outcome.error.empty(), is_tiny = std::min(source.page_size, source.cap) < 8;
        ++seeds;
        losing += missing > 0 && !failed ? 1 : 0;
        ++(failed ? is_tiny ? failing_tiny : failing : succeeding);
        twice += outcome.rows.size() - std::set(outcome.rows.begin(), outcome.rows.end()).size();
        reads += outcome.reads;
        seams += outcome.stats.seams;
        restarts += outcome.stats.restarts;
        if (first.empty() && (failed ? !is_tiny : missing > 0))
            first = format("seed {}: {} of {} lost; pages of {}, window {}, cap {}, cut {}%, {} reads; {}; {}", seed,
                           missing, source.stable().size(), source.page_size, reading.window, source.cap,
                           source.cut_percent, outcome.reads, outcome.state, outcome.error);
    }

    std::uint64_t succeeding = 0;
};

const char* name(Weather weather) {
    constexpr const char* names[] = {"calm", "rain",    "storm",   "shared_row",  "whole_page",
                                     "aba",  "emptied", "doubled", "growing_end", "shrinking_end"};
    return names[static_cast<int>(weather)];
}

bool is_rough(Weather weather) { return weather == Weather::storm || weather == Weather::whole_page; }

class MovingRows : public testing::TestWithParam<std::tuple<Weather, SliceKind>> {};

TEST_P(MovingRows, EachRowThatStaysIsHandedOnOnceOrTheReadingFails) {
    const auto [weather, kind] = GetParam();
    Sum sum;
    const std::uint64_t count = seeds(150);
    for (std::uint64_t seed = 0; seed < count; ++seed) {
        MovingSource source(seed, weather);
        const Reading reading = reading_of(source, kind);
        sum.add(seed, source, reading, read_whole(source, reading));
    }
    if (std::getenv("TRAWL_SEEDS") != nullptr)
        print("{:>14} {:6} {} seeds: {} lose rows, {} + {} tiny fail; {} reads, {} seams, {} restarts; {}\n",
              name(weather), kind == SliceKind::page ? "page" : "offset", count, sum.losing, sum.failing,
              sum.failing_tiny, sum.reads, sum.seams, sum.restarts, sum.first);
    EXPECT_EQ(sum.losing, 0U) << sum.first;
    EXPECT_EQ(sum.twice, 0U);
    // Pages of a few rows that move by more than their size at each read cannot always be followed.
    EXPECT_LE(sum.failing, is_rough(weather) ? count / 20 : count / 200) << sum.first;
    EXPECT_LE(sum.failing_tiny, is_rough(weather) ? count / 4 : count / 50) << sum.first;
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

TEST(MovingRowsReadNaively, AreLostWithoutAWord) {
    for (const Weather weather : {Weather::calm, Weather::rain, Weather::storm}) {
        std::uint64_t losing = 0;
        const std::uint64_t count = seeds(300);
        for (std::uint64_t seed = 0; seed < count; ++seed) {
            MovingSource source(seed, weather);
            Reading reading;
            reading.page_size = source.page_size;
            losing += lost(source, read_naively(source, reading)) > 0 ? 1 : 0;
        }
        if (std::getenv("TRAWL_SEEDS") != nullptr)
            print("{:>14} naive  {} seeds: {} lose rows\n", name(weather), count, losing);
        if (weather == Weather::calm)
            EXPECT_EQ(losing, 0U);
        else
            EXPECT_GT(losing, count / 5) << name(weather);
    }
}

}  // namespace
}  // namespace trawl::fetch
