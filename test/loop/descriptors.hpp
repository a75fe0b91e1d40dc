/// How many descriptors this process has open: a test counts them before and after.
#pragma once

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace trawl {

inline std::size_t open_descriptors() {
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace trawl
