// Counts calls of operator new in the program that links count_allocations.cpp; malloc itself is not counted.
#pragma once

#include <cstdint>

namespace bench {

/// Switches counting on; until then an allocation costs one untaken branch more than without it.
void start_counting_allocations();

/// Calls of operator new, in all threads, since counting was switched on; 0 before.
std::uint64_t allocations_counted();

/// The bytes that those calls asked for.
std::uint64_t bytes_counted();

}  // namespace bench
