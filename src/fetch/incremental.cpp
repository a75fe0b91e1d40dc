/// The order of cursor values, and what is remembered from one run to the next.
#include "trawl/fetch/incremental.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

#include "json_select.hpp"
#include "scalar_order.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/iso_time.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl {
namespace {

std::string shown(const JsonScalar& value) {
    constexpr std::size_t size_max = 60;
    const std::string text = value.text.size() > size_max ? value.text.substr(0, size_max) + "..." : value.text;
    return value.kind == JsonScalar::Kind::string ? "'" + text + "'" : text;
}

std::strong_ordering compare_fractions(std::string_view left, std::string_view right) {
    const auto significant = [](std::string_view digits) { return digits.substr(0, digits.find_last_not_of('0') + 1); };
    return significant(left).compare(significant(right)) <=> 0;
}

std::strong_ordering compare_times(const IsoTime& left, const IsoTime& right) {
    if (left.seconds != right.seconds) return left.seconds <=> right.seconds;
    return compare_fractions(left.fraction, right.fraction);
}

/// Serial numbers that a source sends as strings: "9" is below "10".
bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Of two cursor values. Throws FetchError when they have no order.
std::strong_ordering order_of(const JsonScalar& left, const JsonScalar& right) {
    if (left.kind == JsonScalar::Kind::string && right.kind == left.kind) {
        const auto a = parse_iso_time(left.text), b = parse_iso_time(right.text);
        if (a && b) return compare_times(*a, *b);
        if (is_digits(left.text) && is_digits(right.text)) return fetch::compare_numbers(left.text, right.text);
    }
    const auto order = fetch::compare_scalars(left, right);
    if (order && left.kind != JsonScalar::Kind::boolean) return *order;
    throw FetchError(
        format("the cursor values {} and {} have no order: cursor_path must lead to numbers, or to dates, "
               "times or other strings",
               shown(left), shown(right)));
}

[[noreturn]] void refuse_lag(const JsonScalar& value, std::string_view why) {
    throw FetchError(format("the lag cannot be subtracted from the cursor value {}: {}", shown(value), why));
}

JsonScalar number_before(const JsonScalar& value, const IncrementalSpec& spec) {
    if (spec.lag_time != Duration::zero()) refuse_lag(value, "it is a number, and a number is what its lag must be");
    std::int64_t number = 0, lagged = 0;
    const char* end = value.text.data() + value.text.size();
    const auto read = std::from_chars(value.text.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end || __builtin_sub_overflow(number, spec.lag, &lagged))
        refuse_lag(value, "it is no whole number of 64 bits");
    return {JsonScalar::Kind::number, format("{}", lagged)};
}

JsonScalar time_before(const JsonScalar& value, const IncrementalSpec& spec) {
    namespace chrono = std::chrono;
    const auto time = parse_iso_time(value.text);
    if (!time) refuse_lag(value, "it is neither a number nor a date or time");
    constexpr std::int64_t lag_max = 100LL * 366 * 86400;  // a hundred years in seconds, so that nothing overflows
    const chrono::seconds unit = time->is_date ? chrono::seconds(chrono::days(1)) : chrono::seconds(1);
    const chrono::seconds lag = std::min(std::min(spec.lag, lag_max) * unit, chrono::seconds(lag_max)) +
                                chrono::ceil<chrono::seconds>(spec.lag_time);
    std::string text = format_iso_time(time->seconds - lag);
    constexpr std::size_t date_size = 10;
    if (time->is_date) return {JsonScalar::Kind::string, text.substr(0, date_size)};
    text.pop_back();  // the Z
    if (!time->fraction.empty()) text += "." + time->fraction;
    return {JsonScalar::Kind::string, text + (time->has_zone ? "Z" : "")};
}

JsonScalar before(const JsonScalar& value, const IncrementalSpec& spec) {
    if (spec.lag == 0 && spec.lag_time == Duration::zero()) return value;
    return value.kind == JsonScalar::Kind::number ? number_before(value, spec) : time_before(value, spec);
}

/// FNV-1a (Fowler, Noll, Vo) of 64 bits, from a basis of choice: the same on every machine, as a state must be.
std::uint64_t fnv1a(std::string_view text, std::uint64_t basis) {
    for (const char c : text) basis = (basis ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return basis;
}

/// A value's text without what does not belong to it: the order of members, white space, how a string is escaped.
void append_normal(std::string& out, JsonView value) {
    using What = JsonNode::What;
    if (value.is(What::string)) {
        out += format("s{}:{}", value->text.size(), value->text);
    } else if (!value.is(What::object) && !value.is(What::array)) {
        out += value->raw;
    } else {
        std::vector<JsonView> children;
        for (auto child = value.first(); child != value.last(); child = child.next()) children.push_back(child);
        // By hand stable: std::stable_sort of GCC 12 uses what C++23 has removed.
        if (value.is(What::object))
            std::ranges::sort(children, {},
                              [](const JsonView& child) { return std::pair(child->key, child->raw.data()); });
        out += value.is(What::object) ? '{' : '[';
        for (const JsonView& child : children) {
            if (value.is(What::object)) out += format("{}:{}", child->key.size(), child->key);
            append_normal(out, child);
            out += ',';
        }
        out += value.is(What::object) ? '}' : ']';
    }
}

}  // namespace

IncrementalCursor::IncrementalCursor(IncrementalSpec spec, std::vector<std::string> primary_key, std::string_view state)
    : spec_(std::move(spec)) {
    for (const std::string& key : primary_key) primary_key_.push_back(JsonPath().child(key));
    if (!state.empty()) read_state(state);
    start_ = spec_.initial_value;
    if (!last_) return;
    const JsonScalar lagged = before(*last_, spec_);
    if (!start_ || order_of(lagged, *start_) > 0) start_ = lagged;
}

void IncrementalCursor::read_state(std::string_view state) {
    try {
        JsonReader reader;
        const JsonView root = reader.parse(state);
        const auto last = root.find("last_value");
        if (last) last_ = fetch::scalar_of(*last);
        if (!last_) throw JsonError("it has no last_value");
        if (const auto seen = root.find("seen"))
            for (auto digest = seen->first(); digest != seen->last(); digest = digest.next())
                seen_.emplace(digest->text);
        has_forgotten_ = root.find("seen") && seen_.empty();
        const std::string path = root.text("cursor_path", spec_.cursor_path.str());
        if (path != spec_.cursor_path.str())
            throw UsageError(
                format("the last run went by the cursor_path {}, so it is not known which rows are new by {}: take all "
                       "rows anew with --full-refresh, which replaces the table",
                       path, spec_.cursor_path.str()));
    } catch (const JsonError& error) {
        throw FetchError(format("the state of the last run cannot be read: {}", error.what()));
    }
    last_before_ = last_;
    seen_before_ = seen_;
}

IncrementalCursor::Verdict IncrementalCursor::observe(JsonView row, Sequence& sequence) {
    const auto found = fetch::select_first(row, spec_.cursor_path);
    const auto value = found ? fetch::scalar_of(*found) : std::nullopt;
    if (!value) return missing(row);
    check_order(*value, sequence);
    if (spec_.end_value && order_of(*value, *spec_.end_value) >= 0)
        return spec_.row_order == RowOrder::ascending ? Verdict::stop : Verdict::drop;
    if (start_ && order_of(*value, *start_) < 0) {
        if (spec_.row_order == RowOrder::descending) return Verdict::stop;
        ++below_;
        return Verdict::drop;
    }
    std::string digest = digest_of(row);
    const bool is_old = was_seen(*value, digest);
    if (has_forgotten_ && order_of(*value, *last_before_) == 0) ++taken_again_;
    remember(*value, std::move(digest));
    return is_old ? Verdict::drop : Verdict::keep;
}

IncrementalCursor::Verdict IncrementalCursor::missing(JsonView row) const {
    constexpr std::size_t shown_max = 120;
    const std::string cut = row->raw.size() > shown_max ? "..." : "";  // which HiddenSecrets looks for
    if (spec_.on_missing == OnCursorMissing::include) return Verdict::keep;
    if (spec_.on_missing == OnCursorMissing::exclude) return Verdict::drop;
    throw FetchError(
        format("a row has no cursor value at {}: {}{}; say what becomes of such rows with "
               "on_cursor_value_missing",
               spec_.cursor_path.str(), row->raw.substr(0, shown_max), cut));
}

/// Rows that are not in the order that was declared would be left out behind the one that stops: that is an error.
void IncrementalCursor::check_order(const JsonScalar& value, Sequence& sequence) const {
    std::optional<JsonScalar>& previous = sequence.previous;
    if (spec_.row_order != RowOrder::unknown && previous) {
        const auto order = order_of(value, *previous);
        const bool is_ascending = spec_.row_order == RowOrder::ascending;
        if (is_ascending ? order < 0 : order > 0)
            throw FetchError(
                format("row_order is '{}', but the cursor value {} comes behind {}: sort the source, or "
                       "leave row_order out",
                       is_ascending ? "asc" : "desc", shown(value), shown(*previous)));
    }
    previous = value;
}

bool IncrementalCursor::was_seen(const JsonScalar& value, const std::string& digest) const {
    const bool has_lag = spec_.lag != 0 || spec_.lag_time != Duration::zero();
    return !has_lag && last_before_ && seen_before_.contains(digest) && order_of(value, *last_before_) == 0;
}

void IncrementalCursor::remember(const JsonScalar& value, std::string digest) {
    const auto order = last_ ? order_of(value, *last_) : std::strong_ordering::greater;
    if (order < 0) return;
    if (order > 0) {
        last_ = value;
        seen_.clear();
    }
    // One too many is kept: it says that they are not all there.
    if (seen_.size() <= remembered_max) seen_.insert(std::move(digest));
}

std::string IncrementalCursor::digest_of(JsonView row) const {
    std::string identity;
    for (const JsonPath& key : primary_key_) {
        const auto value = fetch::select_first(row, key);
        if (!value) {
            identity.clear();
            break;
        }
        append_normal(identity, *value);
        identity += '\n';
    }
    if (identity.empty()) append_normal(identity, row);
    // Two bases make it long enough that rows which differ have digests that differ.
    return format("{:016x}{:016x}", fnv1a(identity, 0xcbf29ce484222325), fnv1a(identity, 0x84222325cbf29ce4));
}

std::string IncrementalCursor::state() const {
    if (!last_) return {};
    const std::string value = last_->kind == JsonScalar::Kind::string ? quote_json(last_->text) : last_->text;
    std::string seen;
    if (seen_.size() <= remembered_max)
        for (const std::string& digest : seen_) seen += (seen.empty() ? "\"" : ",\"") + digest + "\"";
    return format(R"({{"last_value":{},"seen":[{}],"cursor_path":{}}})", value, seen,
                  quote_json(spec_.cursor_path.str()));
}

std::string IncrementalCursor::last_value() const { return last_before_ ? shown(*last_before_) : ""; }

std::vector<std::string> IncrementalCursor::notes(bool appends) const {
    std::vector<std::string> notes;
    if (below_ > 0)
        notes.push_back(format("note: {} rows before the {} value {} were left out", below_,
                               last_before_ ? "last" : "initial", shown(*start_)));
    if (appends && seen_.size() > remembered_max)
        notes.push_back(
            format("note: more than {} rows have the last value {}, too many to know them again: the next run cannot "
                   "append; take 'merge' and a 'primary_key'",
                   remembered_max, shown(*last_)));
    return notes;
}

}  // namespace trawl
