/// The sources as a table.
#include "fetch/sim/sources.hpp"

#include <cstdlib>
#include <utility>

namespace trawl::sim {
namespace {

int halved(Seconds now) { return now > 15 && now < 25 ? 20 : 40; }
/// Half of what 40 workers of 50 ms can do.
double half_of_it(Seconds now) { return now > 10 && now < 20 ? 400 : 0; }

int cap_of_64(Seconds) { return 64; }
int cap_that_falls(Seconds now) { return now > 10 && now < 20 ? 8 : 64; }
double rate_that_falls(Seconds now) { return now > 15 && now < 30 ? 25 : 100; }

/// 64 of 60 ms at once, and room for more.
SourceOptions refusing(std::string name, Refusals refusals) {
    return {.name = std::move(name),
            .workers = 200,
            .service = 0.06,
            .spread = Spread::even,
            .refusals = std::move(refusals)};
}

SourceOptions refusing_beyond(std::string name, Refused how, int (*most_at)(Seconds)) {
    SourceOptions source = refusing(std::move(name), {.how = how, .most_at = most_at});
    if (most_at == cap_that_falls) source.changes = {10, 20};
    return source;
}

/// The pool that is always busy, whatever share it refuses.
SourceOptions refusing_some(std::string name, Refusals refusals) {
    return {.name = std::move(name), .refusals = std::move(refusals)};
}

}  // namespace

std::vector<SourceOptions> nine_sources() {
    return {
        {.name = "pool of 40, 50 ms"},
        {.name = "pool of 40, even", .spread = Spread::even},
        {.name = "slow pool of 4, 400 ms", .workers = 4, .service = 0.4},
        {.name = "distant, RTT 200 ms, 100 workers", .workers = 100, .rtt = 0.2},
        {.name = "cliff: beyond 30 it thrashes", .workers = 30, .cliff = 1.5},
        {.name = "deep offsets slow down", .service = 0.03, .deep = 1},
        {.name = "token bucket 100/s, 429", .workers = 200, .service = 0.03, .bucket = Bucket{100, 20}},
        {.name = "halves at 15 s, back at 25 s", .workers_at = halved, .changes = {15, 25}},
        {.name = "one at a time, 20 ms", .workers = 1, .service = 0.02},
    };
}

std::vector<SourceOptions> further_sources() {
    return {
        {.name = "RTT 50 ms, 400 workers", .workers = 400, .rtt = 0.05},
        {.name = "one at a time, 2 s", .workers = 1, .service = 2, .duration = 120},
        {.name = "ten pages in all", .pages = 10},
        {.name = "noisy: lognormal, sigma 1", .spread = Spread::lognormal},
        {.name = "shared: another takes half, 10 to 20 s", .others_at = half_of_it, .changes = {10, 20}},
        {.name = "bucket 100/s, Retry-After", .workers = 200, .service = 0.03, .bucket = Bucket{100, 20, true}},
        {.name = "503 when 20 wait", .queue_limit = 20},
        {.name = "1% answered 500", .error_share = 0.01},
        {.name = "pauses 1 s every 10 s", .pause_every = 10, .pause = 1},
        {.name = "bucket 5/s, 429", .workers = 200, .service = 0.03, .bucket = Bucket{5, 5}, .duration = 400},
        {.name = "bucket 1/min, 429",
         .workers = 200,
         .service = 0.03,
         .bucket = Bucket{1.0 / 60, 5},
         .duration = 36'000},
        {.name = "two resources, 20 and 120 ms", .service = 0.02, .second_service = 0.12},
        {.name = "20 of 10 ms, then also 1 s",
         .workers = 200,
         .service = 0.01,
         .spread = Spread::even,
         .second_service = 1,
         .first_alone = 20,
         .mixed = 80},
        {.name = "bucket 100/s, 25/s from 15 to 30 s",
         .workers = 200,
         .service = 0.03,
         .bucket = Bucket{100, 20},
         .rate_at = rate_that_falls,
         .duration = 60},
        {.name = "the same with Retry-After",
         .workers = 200,
         .service = 0.03,
         .bucket = Bucket{100, 20, true},
         .rate_at = rate_that_falls,
         .duration = 60},
        refusing_beyond("429 beyond 64", Refused::too_many_requests, cap_of_64),
        refusing_beyond("429 beyond 64, 8 from 10 to 20 s", Refused::too_many_requests, cap_that_falls),
        refusing_beyond("503 beyond 64", Refused::unavailable, cap_of_64),
        refusing_beyond("503 beyond 64, 8 from 10 to 20 s", Refused::unavailable, cap_that_falls),
        refusing_some("0.5% answered 429", {.share = 0.005}),
        refusing_some("2% answered 429", {.share = 0.02}),
        refusing_some("10% answered 429", {.share = 0.1}),
        refusing_some("1% answered 429, Retry-After 1 s", {.share = 0.01, .retry_after = 1}),
        refusing_some("0.5% answered 503", {.how = Refused::unavailable, .share = 0.005}),
        refusing_some("5% answered 503", {.how = Refused::unavailable, .share = 0.05}),
        refusing_some("10% answered 503", {.how = Refused::unavailable, .share = 0.1}),
    };
}

SourceOptions source_named(const std::string& name) {
    for (const auto& list : {nine_sources(), further_sources()})
        for (const SourceOptions& source : list)
            if (source.name == name) return source;
    std::abort();
}

}  // namespace trawl::sim
