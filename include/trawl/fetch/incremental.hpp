/// Only what is new: the part of an incremental retrieval that knows which value was the last, and which rows are new.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/fetch/json_page.hpp"
#include "trawl/fetch/json_path.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl {

enum class RowOrder : std::uint8_t { unknown, ascending, descending };

/// What becomes of a row that has no cursor value, or a null one.
enum class OnCursorMissing : std::uint8_t { raise, include, exclude };

/// How a resource is retrieved incrementally, in dlt's words.
struct IncrementalSpec {
    JsonPath cursor_path;                     // of the value in a row: a number, an ISO 8601 time or date, a string
    std::optional<JsonScalar> initial_value;  // where the first run begins; none: with everything
    std::optional<JsonScalar> end_value;      // rows from there on are left out: a run over a closed window
    std::string start_param, end_param;       // query parameters that get the values; empty: none
    std::int64_t lag = 0;  // how far before the last value a run begins: units of a number, seconds of a time, days of
                           // a date
    Duration lag_time{};   // the same as a time, for times and dates
    RowOrder row_order = RowOrder::unknown;
    OnCursorMissing on_missing = OnCursorMissing::raise;
};

/// One run of an incremental resource: which rows are new, and where the next run begins. Pure.
///
///     IncrementalCursor cursor(spec, primary_key, state_of_last_run);
///     request with cursor.start_value()
///     for each row, in the source's order: if (cursor.observe(row) == Verdict::keep) store it
///     commit the rows together with cursor.state()
///
/// Rules: numbers are compared by their digits, also those that are strings; strings that are dates or times (ISO 8601)
/// as moments, whatever their zones; other strings by their bytes. A source's "since" includes the moment itself: of
/// the rows that have the very last value, the state keeps a digest, and they are not taken twice, unless there is a
/// lag, which takes rows again because they may have changed. The state of a run that did not reach the source's end
/// must not be kept, unless the rows come in ascending order.
class IncrementalCursor {
public:
    enum class Verdict : std::uint8_t {
        keep,
        drop,  // it was there before, is beyond the window, or has no value
        stop   // as drop, and by row_order nothing that follows is new
    };

    /// Rows whose order is one: those of one stream of pages.
    struct Sequence {
        std::optional<JsonScalar> previous;  // the value of the row before
    };

    /// Rows that share the last value are remembered up to this number. Of more, all are taken again by the next run:
    /// the state stays small, and no row is lost.
    static constexpr std::size_t remembered_max = 10'000;

    /// `state` is what state() gave after the last run; empty: this is the first. Throws FetchError for one that cannot
    /// be read, or from which the lag cannot be subtracted; UsageError for one of another cursor_path.
    IncrementalCursor(IncrementalSpec spec, std::vector<std::string> primary_key, std::string_view state = {});

    /// From where this run asks: the last value less the lag, but not before initial_value. None: from the beginning.
    [[nodiscard]] const std::optional<JsonScalar>& start_value() const noexcept { return start_; }
    [[nodiscard]] const std::optional<JsonScalar>& end_value() const noexcept { return spec_.end_value; }

    /// Throws FetchError for a row without a value (OnCursorMissing::raise), for a value of another kind than the
    /// others or none of an order, and for one that is out of row_order.
    [[nodiscard]] Verdict observe(JsonView row, Sequence& sequence);
    /// The same where all rows are of one sequence.
    [[nodiscard]] Verdict observe(JsonView row) { return observe(row, own_); }

    /// A JSON text for the next run: {"last_value":"2024-05-01T00:00:00Z","seen":["..."],"cursor_path":"$.at"}; empty
    /// when no row has come yet.
    [[nodiscard]] std::string state() const;

    /// Rows that were kept although the last run may have had them: it had more of its last value than are remembered.
    [[nodiscard]] std::uint64_t taken_again() const noexcept { return taken_again_; }
    /// The value of the last run that those rows have, for people.
    [[nodiscard]] std::string last_value() const;
    /// What was left out, and, if rows are appended, what the next run could not tell from new ones: for people.
    [[nodiscard]] std::vector<std::string> notes(bool appends) const;

private:
    void read_state(std::string_view state);
    [[nodiscard]] Verdict missing(JsonView row) const;
    void check_order(const JsonScalar& value, Sequence& sequence) const;
    [[nodiscard]] bool was_seen(const JsonScalar& value, const std::string& digest) const;
    void remember(const JsonScalar& value, std::string digest);
    [[nodiscard]] std::string digest_of(JsonView row) const;

    IncrementalSpec spec_;
    std::vector<JsonPath> primary_key_;
    std::optional<JsonScalar> start_;
    std::optional<JsonScalar> last_before_;  // of the runs before this one
    std::optional<JsonScalar> last_;         // of all
    Sequence own_;
    std::uint64_t below_ = 0, taken_again_ = 0;
    bool has_forgotten_ = false;                // the last run had more rows of its last value than the state names
    std::set<std::string> seen_before_, seen_;  // digests of the rows that have the last value
};

}  // namespace trawl
