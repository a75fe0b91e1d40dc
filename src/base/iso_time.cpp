#include "trawl/base/iso_time.hpp"

#include "trawl/base/format.hpp"

namespace trawl {
namespace {

namespace chrono = std::chrono;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes pieces off the front; `failed` stays true once something was not there.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (i >= rest_.size() || !is_digit(rest_[i])) {
                failed = true;
                return 0;
            }
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }

    bool take(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void need(std::string_view any_of) {
        if (!take(any_of)) failed = true;
    }

    std::string fraction() {
        std::string digits;
        for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1)) digits += rest_.front();
        if (digits.empty()) failed = true;
        return digits;
    }

    [[nodiscard]] bool starts_with(char c) const { return rest_.starts_with(c); }
    [[nodiscard]] bool done() const { return rest_.empty(); }

    bool failed = false;

private:
    std::string_view rest_;
};

chrono::sys_days read_date(Scanner& scan) {
    const chrono::year y{scan.digits(4)};
    scan.need("-");
    const chrono::month m{static_cast<unsigned>(scan.digits(2))};
    scan.need("-");
    const chrono::day d{static_cast<unsigned>(scan.digits(2))};
    const chrono::year_month_day date{y, m, d};
    if (scan.failed || !date.ok()) {
        scan.failed = true;
        return {};
    }
    return chrono::sys_days(date);
}

chrono::seconds read_time_of_day(Scanner& scan, std::string& fraction) {
    const int hour = scan.digits(2);
    scan.need(":");
    const int minute = scan.digits(2);
    int second = 0;
    if (scan.take(":")) {
        second = scan.digits(2);
        if (scan.take(".,")) fraction = scan.fraction();
    }
    // A leap second (RFC 3339 section 5.6) is the next one, as POSIX has it.
    if (hour > 23 || minute > 59 || second > 60) scan.failed = true;
    return chrono::hours(hour) + chrono::minutes(minute) + chrono::seconds(second);
}

chrono::seconds read_offset(Scanner& scan, bool& has_zone) {
    has_zone = true;
    if (scan.take("Zz")) return chrono::seconds(0);
    const bool behind = scan.starts_with('-');
    if (!scan.take("+-")) {
        has_zone = false;
        return chrono::seconds(0);
    }
    const int hour = scan.digits(2);
    scan.take(":");
    const int minute = scan.done() ? 0 : scan.digits(2);
    if (hour > 23 || minute > 59) scan.failed = true;
    const chrono::seconds offset = chrono::hours(hour) + chrono::minutes(minute);
    return behind ? -offset : offset;
}

}  // namespace

std::optional<IsoTime> parse_iso_time(std::string_view text) {
    Scanner scan(text);
    IsoTime time;
    time.seconds = read_date(scan);
    time.is_date = scan.done();
    if (!scan.failed && !time.is_date) {
        scan.need("Tt ");
        time.seconds += read_time_of_day(scan, time.fraction);
        time.seconds -= read_offset(scan, time.has_zone);
    }
    if (scan.failed || !scan.done()) return std::nullopt;
    return time;
}

std::string format_iso_time(chrono::sys_seconds moment) {
    const chrono::sys_days day = chrono::floor<chrono::days>(moment);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss time(moment - day);
    return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                  time.minutes().count(), time.seconds().count());
}

}  // namespace trawl
