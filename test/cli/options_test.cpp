/// The command line: what is said of one that makes no sense.
#include "options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "trawl/base/error.hpp"

namespace trawl::cli {
namespace {

Command parse(std::vector<const char*> words) {
    words.insert(words.begin(), "trawl");
    return parse_command_line(static_cast<int>(words.size()), words.data());
}

std::string problem(const std::vector<const char*>& words) {
    try {
        (void)parse(words);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "none";
}

constexpr const char* kUrl = "http://h/x";

TEST(Options, AWordThatIsNoVerbIsNamedWithTheNearestOne) {
    EXPECT_EQ(problem({"pul", kUrl}), "there is no verb 'pul'; did you mean 'pull'?; see trawl --help");
    EXPECT_EQ(problem({"sync", kUrl}), "there is no verb 'sync'; did you mean 'pull'?; see trawl --help");
    EXPECT_EQ(problem({"frobnicate"}), "there is no verb 'frobnicate'; see trawl --help");
}

TEST(Options, AMissingArgumentLeadsToTheHelpOfItsVerb) {
    EXPECT_EQ(problem({"pull"}), "SOURCE is required; see trawl help pull");
    EXPECT_EQ(problem({"sql"}), "QUERY is required; see trawl help sql");
}

// Once it said: there is no option --output; did you mean '--output'? (Which trawl init has.)
TEST(Options, AnOptionIsComparedWithThoseOfItsVerb) {
    EXPECT_EQ(problem({"pull", kUrl, "--concurency", "3"}),
              "there is no option --concurency of trawl pull; did you mean '--concurrency'?; see trawl help pull");
    EXPECT_EQ(problem({"pull", kUrl, "--output", "x"}),
              "there is no option --output of trawl pull; did you mean '--to'?; see trawl help pull");
    EXPECT_EQ(problem({"sql", "select 1", "--to", "x"}),
              "there is no option --to of trawl sql; did you mean '--lake'?; see trawl help sql");
    EXPECT_EQ(problem({"--verbose", "pull", kUrl}),
              "there is no option --verbose of trawl pull; did you mean '--log-level'?; see trawl help pull");
}

// Of a letter, any other is one away: -H was taken for -h.
TEST(Options, NoLetterIsTakenForAnother) {
    EXPECT_EQ(problem({"pull", kUrl, "-x"}), "there is no option -x of trawl pull; see trawl help pull");
}

TEST(Options, AValueOutOfAListNamesTheList) {
    EXPECT_EQ(problem({"pull", kUrl, "--write-disposition", "upsert"}),
              "--write-disposition: 'upsert' is none of replace, append or merge; did you mean 'merge'?; see trawl "
              "help pull");
    EXPECT_EQ(problem({"preview", kUrl, "--format", "parquet"}),
              "--format: 'parquet' is none of table, json or csv; see trawl help preview");
    EXPECT_EQ(problem({"pull", kUrl, "--log-level", "verbose"}),
              "--log-level: 'verbose' is none of error, warning, info or debug; see trawl help pull");
}

TEST(Options, ANumberIsWhole) {
    for (const char* wrong : {"ten", "0", "-1", "1.5", "100001", "99999999999999999999", "7x"})
        EXPECT_EQ(problem({"preview", kUrl, "--rows", wrong}),
                  std::string("--rows: '") + wrong + "' is no whole number from 1 to 100000; see trawl help preview");
    EXPECT_EQ(std::get<PreviewCommand>(parse({"preview", kUrl, "--rows", "100000"})).rows, 100'000U);
}

// They were taken, and did nothing.
TEST(Options, WhatIsForAConnectorIsNoneOfAUrls) {
    const std::string why = " is for a connector's file (NAME.toml): leave it out with a URL";
    EXPECT_EQ(problem({"pull", kUrl, "--resource", "x"}), "--resource" + why);
    EXPECT_EQ(problem({"pull", kUrl, "--full-refresh"}), "--full-refresh" + why);
    EXPECT_EQ(problem({"preview", kUrl, "--secrets", "x"}), "--secrets" + why);
    EXPECT_EQ(problem({"pull", "c.toml", "--resource", "x", "--full-refresh", "--secrets", "s.toml"}), "none");
}

TEST(Options, ALevelOfTheLogIsAlsoWhatQuietMeans) {
    const auto level = [](std::vector<const char*> words) {
        words.insert(words.begin(), {"pull", kUrl});
        return std::get<PullCommand>(parse(words)).source.log_level;
    };
    EXPECT_EQ(level({}), LogLevel::info);
    EXPECT_EQ(level({"--quiet"}), LogLevel::error);
    EXPECT_EQ(level({"--log-level", "debug"}), LogLevel::debug);
    EXPECT_NE(problem({"pull", kUrl, "--quiet", "--log-level", "debug"}), "none");
}

TEST(Options, AHeaderIsCurlsToo) {
    const auto command = std::get<PullCommand>(parse({"pull", kUrl, "-H", "X-A: b", "-H", "X-C: d"}));
    EXPECT_EQ(command.source.url.headers.size(), 2U);
}

TEST(Options, HelpOnAVerbIsThatVerbsHelp) {
    const auto text = [](std::vector<const char*> words) { return std::get<PrintCommand>(parse(words)).text; };
    EXPECT_NE(text({"help", "sql"}).find("Usage: trawl sql [OPTIONS] QUERY"), std::string::npos);
    EXPECT_EQ(text({"help", "sql"}), text({"sql", "--help"}));
    EXPECT_NE(text({"help", "connectors"}).find("[[resources]]"), std::string::npos);
    EXPECT_EQ(problem({"help", "connector"}).substr(0, 61),
              "there is no help on 'connector'; did you mean 'connectors'?; ");
}

}  // namespace
}  // namespace trawl::cli
