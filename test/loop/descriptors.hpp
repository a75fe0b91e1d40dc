/// How many descriptors this process has open: a test counts them before and after.
#pragma once

#include <filesystem>
#include <iterator>

namespace trawl {

inline int open_descriptors() {
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    return static_cast<int>(std::distance(begin(entries), end(entries)));
}

}  // namespace trawl
