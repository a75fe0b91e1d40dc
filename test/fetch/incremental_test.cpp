/// Incremental runs: what is new, where the next run begins, and that no row falls between two runs.
#include "trawl/fetch/incremental.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trawl/base/error.hpp"

namespace trawl {
namespace {

using testing::HasSubstr;
using Verdict = IncrementalCursor::Verdict;

JsonScalar number(const char* text) { return {JsonScalar::Kind::number, text}; }
JsonScalar string(const char* text) { return {JsonScalar::Kind::string, text}; }

IncrementalSpec by(const char* path) {
    IncrementalSpec spec;
    spec.cursor_path = JsonPath::parse(path);
    return spec;
}

/// What becomes of each row: k(eep), d(rop), s(top).
std::string observe(IncrementalCursor& cursor, const std::vector<std::string>& rows) {
    JsonReader reader;
    std::string verdicts;
    for (const std::string& row : rows) verdicts += "kds"[static_cast<int>(cursor.observe(reader.parse_record(row)))];
    return verdicts;
}

std::string failure(IncrementalCursor& cursor, const std::vector<std::string>& rows) {
    try {
        return observe(cursor, rows);
    } catch (const FetchError& error) {
        return error.what();
    }
}

TEST(IncrementalCursor, TheFirstRunTakesAllAndTheNextBeginsAtTheLastValue) {
    IncrementalCursor first(by("at"), {"id"});
    EXPECT_FALSE(first.start_value());
    EXPECT_EQ(first.state(), "");
    EXPECT_EQ(observe(first, {R"({"id":1,"at":"2024-01-01"})", R"({"id":2,"at":"2024-01-03"})",
                              R"({"id":3,"at":"2024-01-02"})"}),
              "kkk");
    EXPECT_THAT(first.state(), HasSubstr(R"({"last_value":"2024-01-03","seen":[")"));
    IncrementalCursor next(by("at"), {"id"}, first.state());
    EXPECT_EQ(next.start_value(), string("2024-01-03"));
    EXPECT_EQ(next.state(), first.state());
}

TEST(IncrementalCursor, ARowThatIsShownInPartEndsInDots) {
    IncrementalCursor cursor(by("at"), {});
    const std::string row = R"({"pad":")" + std::string(120, 'p') + R"("})";
    EXPECT_THAT(failure(cursor, {row}), HasSubstr("ppp...; say what"));
    EXPECT_THAT(failure(cursor, {R"({"id":1})"}), HasSubstr(R"({"id":1}; say what)"));
}

TEST(IncrementalCursor, RowsOfTheLastMomentAreTakenOnceAndNewOnesOfItAreNotLost) {
    IncrementalCursor first(by("at"), {"id"});
    observe(first, {R"({"id":1,"at":5})", R"({"id":2,"at":5})"});
    IncrementalCursor next(by("at"), {"id"}, first.state());
    EXPECT_EQ(observe(next, {R"({"id":1,"at":5,"changed":true})", R"({"id":3,"at":5})", R"({"id":1,"at":6})",
                             R"({"id":9,"at":4})"}),
              "dkkd");
    IncrementalCursor third(by("at"), {"id"}, next.state());
    EXPECT_EQ(observe(third, {R"({"id":3,"at":5})", R"({"id":1,"at":6})", R"({"id":4,"at":6})"}), "ddk");
    IncrementalCursor fourth(by("at"), {"id"}, third.state());
    EXPECT_EQ(observe(fourth, {R"({"id":1,"at":6})", R"({"id":4,"at":6})"}), "dd");
    EXPECT_EQ(fourth.state(), third.state());
}

TEST(IncrementalCursor, WithoutAKeyARowIsItsText) {
    IncrementalCursor first(by("at"), {});
    observe(first, {R"({"a":1,"at":5})"});
    IncrementalCursor next(by("at"), {}, first.state());
    EXPECT_EQ(observe(next, {R"({"a":1,"at":5})", R"({"a":2,"at":5})"}), "dk");
}

TEST(IncrementalCursor, ARowsTextIsTheSameHoweverItIsWritten) {
    IncrementalCursor first(by("at"), {});
    observe(first, {R"({"a":{"x":1,"y":["A", null]},"at":5})"});
    IncrementalCursor next(by("at"), {}, first.state());
    EXPECT_EQ(observe(next, {R"({"at":5, "a": {"y":["\u0041",null],"x":1}})", R"({"at":5,"a":{"x":1,"y":[null,"A"]}})",
                             R"({"at":5,"a":{"x":"1","y":["A",null]}})"}),
              "dkk");
}

TEST(IncrementalCursor, AStateOfAnotherCursorIsRefused) {
    IncrementalCursor first(by("id"), {});
    observe(first, {R"({"id":100,"no":1})"});
    try {
        IncrementalCursor other(by("no"), {}, first.state());
        FAIL() << "rows of which no is below 100 would be left out";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("went by the cursor_path $.id"));
        EXPECT_THAT(error.what(), HasSubstr("--full-refresh"));
    }
    IncrementalCursor as_before(by("no"), {}, R"({"last_value":7,"seen":["x"]})");
    EXPECT_EQ(as_before.start_value(), number("7")) << "a state that does not name its cursor";
}

TEST(IncrementalCursor, SaysWhatItLeftOut) {
    IncrementalCursor first(by("at"), {});
    observe(first, {R"({"at":"9"})"});
    IncrementalCursor next(by("at"), {}, first.state());
    EXPECT_EQ(observe(next, {R"({"at":"8"})", R"({"at":"07"})", R"({"at":"9"})", R"({"at":"10"})"}), "dddk");
    EXPECT_THAT(next.notes(true), testing::ElementsAre("note: 2 rows before the last value '9' were left out"));
    EXPECT_THAT(first.notes(true), testing::IsEmpty());
}

TEST(IncrementalCursor, ARowThatLacksItsKeyIsItsText) {
    IncrementalCursor first(by("at"), {"id", "part"});
    observe(first, {R"({"id":1,"at":5})"});
    IncrementalCursor next(by("at"), {"id", "part"}, first.state());
    EXPECT_EQ(observe(next, {R"({"id":1,"at":5})", R"({"id":1,"part":2,"at":5})"}), "dk");
}

TEST(IncrementalCursor, ComparesNumbersByDigitsAndTimesAsMoments) {
    IncrementalCursor numbers(by("n"), {});
    observe(numbers, {R"({"n":9007199254740992})", R"({"n":9007199254740993})", R"({"n":1e3})"});
    EXPECT_THAT(numbers.state(), HasSubstr(R"("last_value":9007199254740993)"));
    IncrementalCursor times(by("t"), {});
    observe(times, {R"({"t":"2024-01-01T00:00:00+02:00"})", R"({"t":"2024-01-01T00:00:00.5Z"})",
                    R"({"t":"2024-01-01T00:30:00.25+00:30"})"});
    EXPECT_THAT(times.state(), HasSubstr(R"("last_value":"2024-01-01T00:00:00.5Z")"));
    IncrementalCursor digits(by("s"), {});
    observe(digits, {R"({"s":"9"})", R"({"s":"10"})", R"({"s":"08"})"});
    EXPECT_THAT(digits.state(), HasSubstr(R"("last_value":"10")"));
    IncrementalCursor strings(by("s"), {});
    observe(strings, {R"({"s":"b10"})", R"({"s":"b9"})"});
    EXPECT_THAT(strings.state(), HasSubstr(R"("last_value":"b9")"));
}

TEST(IncrementalCursor, ABeginningAndAnEndBoundTheWindow) {
    IncrementalSpec spec = by("n");
    spec.initial_value = number("10");
    spec.end_value = number("20");
    IncrementalCursor cursor(spec, {});
    EXPECT_EQ(cursor.start_value(), number("10"));
    EXPECT_EQ(cursor.end_value(), number("20"));
    EXPECT_EQ(observe(cursor, {R"({"n":9})", R"({"n":10})", R"({"n":19.9})", R"({"n":20})", R"({"n":15})"}), "dkkdk");
    EXPECT_THAT(cursor.state(), HasSubstr(R"("last_value":19.9)"));
}

TEST(IncrementalCursor, RowsInOrderEndTheRunEarly) {
    IncrementalSpec descending = by("n");
    descending.row_order = RowOrder::descending;
    descending.initial_value = number("5");
    IncrementalCursor down(descending, {});
    EXPECT_EQ(observe(down, {R"({"n":7})", R"({"n":7})", R"({"n":5})", R"({"n":4})"}), "kkks");
    IncrementalSpec ascending = by("n");
    ascending.row_order = RowOrder::ascending;
    ascending.initial_value = number("5");
    ascending.end_value = number("7");
    IncrementalCursor up(ascending, {});
    EXPECT_EQ(observe(up, {R"({"n":4})", R"({"n":5})", R"({"n":6})", R"({"n":7})"}), "dkks");
}

TEST(IncrementalCursor, RowsOutOfTheOrderThatWasDeclaredAreAnErrorAndNotLeftOut) {
    IncrementalSpec spec = by("n");
    spec.row_order = RowOrder::ascending;
    IncrementalCursor up(spec, {});
    EXPECT_EQ(failure(up, {R"({"n":7})", R"({"n":5})"}),
              "row_order is 'asc', but the cursor value 5 comes behind 7: sort the source, or leave row_order out");
    IncrementalCursor again(spec, {});
    EXPECT_EQ(observe(again, {R"({"n":7})"}), "k");
    JsonReader reader;
    IncrementalCursor::Sequence other;
    EXPECT_EQ(again.observe(reader.parse_record(R"({"n":5})"), other), Verdict::keep);
    EXPECT_EQ(failure(again, {R"({"n":6})"}),
              "row_order is 'asc', but the cursor value 6 comes behind 7: sort the source, or leave row_order out");
}

TEST(IncrementalCursor, RowsWithoutAValueAreDealtWithAsDeclared) {
    IncrementalSpec spec = by("at");
    IncrementalCursor raise(spec, {});
    EXPECT_EQ(failure(raise, {R"({"id":1})"}),
              "a row has no cursor value at $.at: {\"id\":1}; say what becomes of such rows with "
              "on_cursor_value_missing");
    spec.on_missing = OnCursorMissing::include;
    IncrementalCursor include(spec, {});
    EXPECT_EQ(observe(include, {R"({"id":1})", R"({"at":null})", R"({"at":{}})"}), "kkk");
    EXPECT_EQ(include.state(), "");
    spec.on_missing = OnCursorMissing::exclude;
    IncrementalCursor exclude(spec, {});
    EXPECT_EQ(observe(exclude, {R"({"id":1})", R"({"at":7})"}), "dk");
}

TEST(IncrementalCursor, ValuesWithoutAnOrderAreAnError) {
    IncrementalCursor mixed(by("n"), {});
    EXPECT_THAT(failure(mixed, {R"({"n":1})", R"({"n":"1"})"}), HasSubstr("the cursor values '1' and 1 have no order"));
    IncrementalCursor booleans(by("n"), {});
    EXPECT_THAT(failure(booleans, {R"({"n":true})", R"({"n":true})"}), HasSubstr("have no order"));
}

struct Lag {
    const char* last;
    std::int64_t lag;
    Duration time;
    std::string start;
};

TEST(IncrementalCursor, ALagTakesRowsAgain) {
    using std::chrono::hours, std::chrono::milliseconds;
    const std::vector<Lag> table = {
        {"100", 7, {}, "93"},
        {"-9223372036854775807", 1, {}, "-9223372036854775808"},
        {"\"2024-03-01\"", 1, {}, "2024-02-29"},
        {"\"2024-03-01\"", 0, hours(48), "2024-02-28"},
        {"\"2024-03-01T00:00:00Z\"", 1, {}, "2024-02-29T23:59:59Z"},
        {"\"2024-03-01T01:00:00.250+01:00\"", 0, hours(1), "2024-02-29T23:00:00.250Z"},
        {"\"2024-03-01 00:00:00\"", 0, milliseconds(1), "2024-02-29T23:59:59"},
        {"\"2024-03-01\"", INT64_MAX, {}, "1923-12-17"},
    };
    for (const auto& [last, lag, time, start] : table) {
        IncrementalSpec spec = by("at");
        spec.lag = lag;
        spec.lag_time = time;
        IncrementalCursor cursor(spec, {}, std::string("{\"last_value\":") + last + "}");
        EXPECT_EQ(cursor.start_value()->text, start) << last;
    }
}

TEST(IncrementalCursor, WithALagRowsOfTheLastMomentAreTakenAgain) {
    IncrementalSpec spec = by("at");
    spec.lag = 2;
    spec.initial_value = number("4");
    IncrementalCursor first(spec, {"id"});
    observe(first, {R"({"id":1,"at":5})"});
    IncrementalCursor next(spec, {"id"}, first.state());
    EXPECT_EQ(next.start_value(), number("4")) << "not before the beginning";
    EXPECT_EQ(observe(next, {R"({"id":1,"at":5})"}), "k");
}

TEST(IncrementalCursor, AStateThatIsDamagedIsRefused) {
    const std::pair<const char*, const char*> table[] = {{"{", "the state of the last run cannot be read"},
                                                         {"{}", "it has no last_value"},
                                                         {R"({"last_value":[]})", "it has no last_value"}};
    for (const auto& [state, says] : table) {
        try {
            IncrementalCursor cursor(by("at"), {}, state);
            ADD_FAILURE() << state;
        } catch (const FetchError& error) {
            EXPECT_THAT(error.what(), HasSubstr(says));
        }
    }
    for (const char* last : {"1.5", "1e3", "\"b9\"", "99999999999999999999"}) {
        IncrementalSpec spec = by("at");
        spec.lag = 1;
        EXPECT_THROW(IncrementalCursor(spec, {}, std::string("{\"last_value\":") + last + "}"), FetchError) << last;
    }
}

TEST(IncrementalCursor, KeepsItsStateSmallAndLosesNoRowForIt) {
    IncrementalCursor first(by("at"), {"id"});
    for (std::size_t id = 0; id <= IncrementalCursor::remembered_max; ++id)
        observe(first, {"{\"id\":" + std::to_string(id) + ",\"at\":1}"});
    EXPECT_EQ(first.state(), R"({"last_value":1,"seen":[],"cursor_path":"$.at"})");
    EXPECT_THAT(first.notes(true), testing::ElementsAre(HasSubstr("more than 10000 rows have the last value 1")));
    EXPECT_THAT(first.notes(false), testing::IsEmpty());
    IncrementalCursor next(by("at"), {"id"}, first.state());
    EXPECT_EQ(observe(next, {R"({"id":1,"at":1})", R"({"id":1,"at":2})"}), "kk");
    EXPECT_EQ(next.taken_again(), 1U);
}

}  // namespace
}  // namespace trawl
