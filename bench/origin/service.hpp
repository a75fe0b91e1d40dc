/// Service: the source's behaviour under load, on the loop. Distance and rate limit first, then a queue in front of
/// those that are served at once, then the service time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "counters.hpp"
#include "gate.hpp"
#include "load.hpp"
#include "settings.hpp"
#include "trawl/coro/task.hpp"

namespace trawl::origin {

enum class Verdict { admitted, over_rate, queue_full };

struct Admission {
    Verdict verdict = Verdict::admitted;
    Duration wait{0};  // over_rate: until there is room again
};

class Service {
public:
    /// Both references must outlive it.
    Service(const ServiceSettings& settings, std::uint64_t seed, Counters& counters);

    /// Half of the way between client and server.
    Task<> travel();
    /// Whether a request that arrives now is taken. Does not suspend.
    [[nodiscard]] Admission admit();
    /// Waits for its turn and for the time that the page of that data set takes. Requires: admitted, with no suspension
    /// in between.
    Task<> serve(std::size_t page_index, std::string data = {});
    /// Changes the capacity as the settings say, at times counted from the first request for a page. Ends with the
    /// last.
    Task<> follow_changes();

    /// Brings in_service and queued in the counters up to date.
    void count() noexcept;

private:
    const ServiceSettings& settings_;
    Counters& counters_;
    ServiceTime time_;
    TokenBucket bucket_;
    Gate gate_;
    Gate first_request_{0};  // opened by it
};

}  // namespace trawl::origin
