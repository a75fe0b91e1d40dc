/// HTTP dates: fixed layouts, matched character by character; names of weekdays are not checked.
#include "trawl/http/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "trawl/base/format.hpp"

namespace trawl {
namespace {

using std::chrono::system_clock;

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct DateParts {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

/// Takes fixed pieces off the front; after the first that does not fit, ok() is false.
class DateReader {
public:
    explicit DateReader(std::string_view text) : rest_(text) {}

    DateReader& literal(std::string_view expected) {
        ok_ = ok_ && rest_.starts_with(expected);
        if (ok_) rest_.remove_prefix(expected.size());
        return *this;
    }

    DateReader& digits(std::size_t size, int& value) {
        const std::string_view piece = rest_.substr(0, size);
        const auto read = std::from_chars(piece.data(), piece.data() + piece.size(), value);
        ok_ = ok_ && piece.size() == size && piece.front() != '-' && read.ec == std::errc{} &&
              read.ptr == piece.data() + size;
        if (ok_) rest_.remove_prefix(size);
        return *this;
    }

    /// asctime's day has a blank where others have a zero.
    DateReader& padded_day(int& day) { return rest_.starts_with(' ') ? literal(" ").digits(1, day) : digits(2, day); }

    DateReader& month(int& value) {
        const auto* const found = std::find(kMonths.begin(), kMonths.end(), rest_.substr(0, 3));
        ok_ = ok_ && found != kMonths.end();
        value = static_cast<int>(found - kMonths.begin()) + 1;
        if (ok_) rest_.remove_prefix(3);
        return *this;
    }

    DateReader& time(DateParts& date) {
        return digits(2, date.hour).literal(":").digits(2, date.minute).literal(":").digits(2, date.second);
    }

    [[nodiscard]] bool ended() const { return ok_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool ok_ = true;
};

std::optional<system_clock::time_point> moment(const DateParts& date) {
    namespace chrono = std::chrono;
    const chrono::year_month_day day{chrono::year(date.year), chrono::month(static_cast<unsigned>(date.month)),
                                     chrono::day(static_cast<unsigned>(date.day))};
    // 60 is a leap second (RFC 9110 section 5.6.7 allows it).
    if (!day.ok() || date.year < 1 || date.hour > 23 || date.minute > 59 || date.second > 60) return std::nullopt;
    // The clock counts nanoseconds in 64 bits: 1677 to 2262.
    if (date.year < 1700 || date.year > 2200) return std::nullopt;
    return chrono::sys_days(day) + chrono::hours(date.hour) + chrono::minutes(date.minute) +
           chrono::seconds(date.second);
}

/// A two-digit year that seems more than 50 years ahead means the past one (RFC 9110 section 5.6.7).
int full_year(int two_digits, system_clock::time_point now) {
    const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
    const int this_year = static_cast<int>(today.year());
    const int same_century = this_year - this_year % 100 + two_digits;
    return same_century > this_year + 50 ? same_century - 100 : same_century;
}

}  // namespace

std::optional<system_clock::time_point> parse_http_date(std::string_view text, system_clock::time_point now) {
    const std::size_t comma = text.find(',');
    DateParts date;
    if (comma == std::string_view::npos) {  // Sun Nov  6 08:49:37 1994
        DateReader reader(text.substr(std::min<std::size_t>(3, text.size())));
        reader.literal(" ").month(date.month).literal(" ").padded_day(date.day).literal(" ").time(date).literal(" ");
        return reader.digits(4, date.year).ended() ? moment(date) : std::nullopt;
    }
    DateReader reader(text.substr(comma + 1));
    if (comma == 3) {  // Sun, 06 Nov 1994 08:49:37 GMT
        reader.literal(" ").digits(2, date.day).literal(" ").month(date.month).literal(" ").digits(4, date.year);
    } else {  // Sunday, 06-Nov-94 08:49:37 GMT
        reader.literal(" ").digits(2, date.day).literal("-").month(date.month).literal("-").digits(2, date.year);
        date.year = full_year(date.year, now);
    }
    return reader.literal(" ").time(date).literal(" GMT").ended() ? moment(date) : std::nullopt;
}

std::string format_http_date(std::chrono::sys_seconds moment) {
    const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(moment - day);
    return format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
                  static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                  static_cast<int>(date.year()), time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace trawl
