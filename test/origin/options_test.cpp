#include "options.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace trawl::origin {
namespace {

using namespace std::chrono_literals;

std::optional<int> parse(const std::string& line, Settings& settings) {
    std::vector<std::string> words{"origin"};
    std::istringstream stream(line);
    for (std::string word; stream >> word;) words.push_back(word);
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    return parse_options(static_cast<int>(argv.size()), argv.data(), settings);
}

TEST(Options, ReachTheirSettings) {
    Settings settings;
    const auto code = parse(
        "--port 8080 --seed 7 --lifetime 60s --quiet --records 100 --style link --page-size 20 --beyond clamp "
        "--no-totals "
        "--latency 50ms --jitter exp --rtt 200ms --capacity 40 --queue-max 5 --deep 1 --cliff 1.5 --rate 100 --burst "
        "20 "
        "--vary 15s:20,25s:40 --fault-429 1% --fault-reset 2% --fail-page 7:404 --fail-page 9:500 --retry-after 3 "
        "--latency-of languages:120ms "
        "--http10 --no-keep-alive --keep-alive-max 9 --chunked",
        settings);
    ASSERT_FALSE(code);
    EXPECT_EQ(settings.port, 8080);
    EXPECT_EQ(settings.seed, 7U);
    EXPECT_EQ(settings.lifetime, 60s);
    EXPECT_TRUE(settings.quiet);
    EXPECT_EQ(settings.data.records, 100U);
    EXPECT_EQ(settings.site.style, Style::link);
    EXPECT_EQ(settings.site.page_size, 20U);
    EXPECT_EQ(settings.site.beyond, Beyond::clamp);
    EXPECT_FALSE(settings.site.totals);
    EXPECT_EQ(settings.service.latency, 50ms);
    EXPECT_EQ(settings.service.latency_of, (std::map<std::string, Duration>{{"languages", 120ms}}));
    EXPECT_EQ(settings.service.jitter, Jitter::exp);
    EXPECT_EQ(settings.service.rtt, 200ms);
    EXPECT_EQ(settings.service.capacity, 40U);
    EXPECT_EQ(settings.service.queue_max, 5U);
    EXPECT_EQ(settings.service.rate, 100);
    EXPECT_EQ(settings.service.burst, 20);
    EXPECT_EQ(settings.service.vary.size(), 2U);
    EXPECT_DOUBLE_EQ(settings.faults.shares[static_cast<std::size_t>(Fault::too_many)], 0.01);
    EXPECT_DOUBLE_EQ(settings.faults.shares[static_cast<std::size_t>(Fault::reset)], 0.02);
    EXPECT_EQ(settings.faults.fail_pages, (std::map<std::size_t, int>{{7, 404}, {9, 500}}));
    EXPECT_EQ(settings.wire.retry_after, RetryAfter::seconds);
    EXPECT_EQ(settings.wire.retry_after_seconds, 3);
    EXPECT_TRUE(settings.wire.http10);
    EXPECT_FALSE(settings.wire.keep_alive);
    EXPECT_EQ(settings.wire.keep_alive_max, 9U);
    EXPECT_TRUE(settings.wire.chunked);
}

TEST(Options, ThatMakeNoSenseEndTheProgramWithTwo) {
    for (const char* line : {"--nope", "--port 65536", "--page-size 0", "--style foo", "--fault-500 1", "--latency 5",
                             "--fault-500 60% --fault-429 60%", "--cliff 2", "--name a/b", "--fail-page 7", "stray"}) {
        Settings settings;
        testing::internal::CaptureStderr();
        EXPECT_EQ(parse(line, settings), 2) << line;
        EXPECT_NE(testing::internal::GetCapturedStderr(), "") << line;
    }
}

TEST(Options, HelpShowsExamples) {
    Settings settings;
    testing::internal::CaptureStdout();
    EXPECT_EQ(parse("--help", settings), 0);
    EXPECT_NE(testing::internal::GetCapturedStdout().find("origin --latency 50ms --capacity 40"), std::string::npos);
}

TEST(Options, ALargeDefaultPageRaisesTheLargest) {
    Settings settings;
    ASSERT_FALSE(parse("--page-size 5000", settings));
    EXPECT_EQ(settings.site.page_size_max, 5000U);
}

}  // namespace
}  // namespace trawl::origin
