#include "counters.hpp"

#include <numeric>

#include "trawl/base/format.hpp"
#include "units.hpp"

namespace trawl::origin {

std::string to_json(const Counters& counters) {
    std::string faults;
    for (std::size_t kind = 1; kind < kFaultKinds; ++kind) {
        faults += format("{}\"{}\":{}", kind == 1 ? "" : ",", kFaultNames[kind], counters.faults[kind]);
    }
    return format(
               "{{\"requests\":{},\"page_requests\":{},\"pages\":{},\"bytes\":{},\"bad_requests\":{},"
               "\"in_service\":{},\"peak_in_service\":{},\"queued\":{},\"peak_queued\":{},",
               counters.requests, counters.page_requests, counters.pages, counters.bytes, counters.bad_requests,
               counters.in_service, counters.peak_in_service, counters.queued, counters.peak_queued) +
           format(
               "\"refused\":{{\"rate\":{},\"queue\":{}}},\"failed_pages\":{},\"faults\":{{{}}},"
               "\"connections\":{{\"total\":{},\"open\":{},\"peak\":{}}}}}\n",
               counters.refused_by_rate, counters.refused_by_queue, counters.failed_pages, faults, counters.connections,
               counters.open_connections, counters.peak_connections);
}

std::string to_line(const Counters& counters) {
    const std::uint64_t faults = std::accumulate(counters.faults.begin(), counters.faults.end(), std::uint64_t{0});
    return format(
        "{} requests, {} pages, {} bytes; at most {} in service, {} queued, {} connections; {} refused, {} faults",
        with_commas(counters.requests), with_commas(counters.pages), with_commas(counters.bytes),
        counters.peak_in_service, counters.peak_queued, counters.peak_connections,
        with_commas(counters.refused_by_rate + counters.refused_by_queue), with_commas(faults + counters.failed_pages));
}

}  // namespace trawl::origin
