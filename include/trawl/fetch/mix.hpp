/// Latencies of requests of several kinds, made comparable. Part of Limiter.
#pragma once

#include <cstddef>
#include <vector>

namespace trawl::limit {

/// A resource whose answers take ten times as long as another's would look like a source that is ten times as slow,
/// where the share of its requests grows. So each kind's latencies are divided by what they are, at the same load, of
/// the first kind's. A single kind's stay as they are.
class Mix {
public:
    /// What `latency` (in seconds, positive) of a request of this kind would be of the first kind.
    [[nodiscard]] double comparable(std::size_t kind, double latency);

private:
    struct Kind {
        std::size_t name = 0;
        double ratio = 1, count = 0;
    };
    Kind& find(std::size_t name);

    std::vector<Kind> kinds_;
    double level_ = 0;  // the comparable latency of late
    std::size_t last_ = 0;
    double in_a_row_ = 0;  // replies of that kind
};

}  // namespace trawl::limit
