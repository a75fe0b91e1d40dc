/// What the command line decides, one struct per part of the server. Plain values; the defaults are those of `origin`
/// alone.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/clock.hpp"

namespace trawl::origin {

/// "As many as there are": no limit on capacity or queue.
inline constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

/// How a client finds the next page.
enum class Style { page, offset, link, cursor, next };
inline constexpr std::array<const char*, 5> kStyleNames{"page", "offset", "link", "cursor", "next"};

/// What a page behind the last one is: an empty list, 404, or the last page once more (as bad servers do).
enum class Beyond { empty, not_found, clamp };

struct DataSettings {
    std::string iso_codes = "/usr/share/iso-codes/json";  // where Debian's iso-codes puts its JSON
    std::string file;                                     // another data set, instead of those two
    std::string array;                                    // the member of the file that holds the records; "": the file
    std::string name = "items";
    std::size_t records = 0;  // 0: as many as the file has
};

struct SiteSettings {
    Style style = Style::page;
    std::size_t page_size = 50;
    std::size_t page_size_max = 1000;  // larger ones are served as this one
    std::size_t first_page = 1;        // the number of the first page
    Beyond beyond = Beyond::empty;
    bool relative_urls = false;
    bool totals = true;
};

enum class Jitter { none, even, exp };

struct ServiceSettings {
    Duration latency{0};  // mean service time of a page
    Jitter jitter = Jitter::none;
    Duration rtt{0};
    std::size_t capacity = kUnlimited;
    std::size_t queue_max = kUnlimited;
    double deep = 0;
    double cliff = 0;
    double rate = 0;  // requests per second; 0: no limit
    double burst = 1;
    std::vector<std::pair<Duration, std::size_t>> vary;  // from this time on, this capacity; ascending
    std::map<std::string, Duration> latency_of;          // by data set, instead of `latency`
};

enum class Fault { none, too_many, error, unavailable, reset, truncate, slow, garbage, stall };
inline constexpr std::size_t kFaultKinds = 9;
inline constexpr std::array<const char*, kFaultKinds> kFaultNames{"none",     "429",  "500",     "503",  "reset",
                                                                  "truncate", "slow", "garbage", "stall"};

struct FaultSettings {
    std::array<double, kFaultKinds> shares{};  // of 1, by Fault; that of `none` is unused
    std::map<std::size_t, int> fail_pages;     // the page counted from 1 → its status
    Duration drip{1'000'000'000};              // how long a slow body takes
};

/// What Retry-After says: nothing, a number of seconds, or (automatic) what is true.
enum class RetryAfter { automatic, none, seconds };

struct WireSettings {
    bool http10 = false;
    bool keep_alive = true;
    std::size_t keep_alive_max = kUnlimited;  // requests per connection
    Duration idle{0};                         // after which a connection is closed without a word; 0: never
    bool chunked = false;
    RetryAfter retry_after = RetryAfter::automatic;
    long retry_after_seconds = 1;
    bool retry_after_date = false;
};

struct Settings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    bool quiet = false;
    Duration lifetime{0};  // 0: until a signal comes
    std::uint64_t seed = 1;
    DataSettings data;
    SiteSettings site;
    ServiceSettings service;
    FaultSettings faults;
    WireSettings wire;
};

}  // namespace trawl::origin
