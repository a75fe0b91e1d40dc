/// A program that is drawn from a seed, run on a virtual loop whose order is drawn from the same seed.
#pragma once

#include <cstdint>
#include <string>

namespace trawl::schedules {

struct Result {
    std::uint64_t trace;  // the hash of everything that happened
    std::string failure;  // the first rule that was broken; empty when none was
};

/// `prints`: every event, on standard error.
Result run_program(std::uint64_t seed, bool prints = false);

}  // namespace trawl::schedules
