/// What the server counts, as /stats shows it and as it says when it ends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "settings.hpp"

namespace trawl::origin {

struct Counters {
    std::uint64_t requests = 0;          // of any kind
    std::uint64_t page_requests = 0;     // those for pages: what latency, capacity and faults apply to
    std::uint64_t pages = 0;             // sent whole, with status 200, and no fault
    std::uint64_t bytes = 0;             // given to the kernel
    std::uint64_t bad_requests = 0;      // answered with 4xx for what they were
    std::uint64_t refused_by_rate = 0;   // 429
    std::uint64_t refused_by_queue = 0;  // 503
    std::uint64_t failed_pages = 0;      // those that --fail-page names
    std::array<std::uint64_t, kFaultKinds> faults{};
    std::size_t in_service = 0;
    std::size_t peak_in_service = 0;
    std::size_t queued = 0;
    std::size_t peak_queued = 0;
    std::uint64_t connections = 0;
    std::size_t open_connections = 0;
    std::size_t peak_connections = 0;
};

/// A JSON object, one member per counter.
std::string to_json(const Counters& counters);
/// One line for a human.
std::string to_line(const Counters& counters);

}  // namespace trawl::origin
