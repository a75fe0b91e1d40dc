/// A simulated source of pages: workers behind one queue, at some distance, with the limits and moods that real ones
/// have.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>

namespace trawl::sim {

/// Seconds since the simulation began. Simulated time needs no more than a double has.
using Seconds = double;

enum class Spread { exponential, even, lognormal };

/// A bucket of `burst` tokens that refills at `rate` per second; whoever finds it empty is answered 429.
struct Bucket {
    double rate = 0, burst = 0;
    bool tells_when = false;  ///< with Retry-After, in whole seconds, as HTTP has it
};

enum class Refused { too_many_requests, unavailable };

/// Refusals that have nothing to do with load, or with what is inside only.
struct Refusals {
    Refused how = Refused::too_many_requests;
    double share = 0;                          ///< of all requests, at random
    std::function<int(Seconds)> most_at = {};  ///< and whoever finds so many others inside
    std::optional<Seconds> retry_after = {};
};

struct SourceOptions {
    std::string name = {};
    int workers = 40;
    Seconds service = 0.05;  // mean
    Seconds rtt = 0.002;
    Spread spread = Spread::exponential;
    double cliff = 0;  // beyond `workers` inside, service is (inside / workers)^cliff as long
    double deep = 0;   // service grows by this share per 10,000 pages served
    std::optional<Bucket> bucket = {};
    std::function<double(Seconds)> rate_at = {};  // instead of the bucket's
    std::optional<Refusals> refusals = {};
    std::function<int(Seconds)> workers_at = {};  // instead of `workers`
    std::function<double(Seconds)> others_at =
        {};                              // arrivals per second of another client, who does not wait for answers
    int queue_limit = 0;                 // 503 beyond so many that wait; 0: none
    double error_share = 0;              // answered 500 after the usual service
    Seconds pause_every = 0, pause = 0;  // the world stops so often, for so long
    Seconds second_service = 0;          // every other request is of a resource with this mean
    std::int64_t first_alone = 0;        // after so many
    std::int64_t mixed = INT64_MAX / 2;  // and after so many more, all are
    int pages = 0;                       // all there is; 0: endless
    Seconds duration = 40;               // of the simulation
    std::vector<Seconds> changes = {};   // when its capacity changes
};

/// Random numbers that are the same with every standard library.
class Random {
public:
    explicit Random(std::uint64_t seed) : bits_(seed) {}
    double uniform() { return static_cast<double>(bits_() >> 11U) * 0x1p-53; }
    double exponential(double mean);
    double normal();

private:
    std::mt19937_64 bits_;
};

/// How long one request is served, from its place in line on.
Seconds draw_service(const SourceOptions& source, Random& random, int inside, std::int64_t served, bool second);

/// When work of `duration` that begins at `start` ends, if the source stands still now and then.
Seconds end_of_work(const SourceOptions& source, Seconds start, Seconds duration);

}  // namespace trawl::sim
