/// A place in a text file, for messages that a person follows to it.
#pragma once

#include <cstdint>

namespace trawl {

/// Both count from 1, columns in characters; 0 is nowhere.
struct FilePlace {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    friend auto operator<=>(const FilePlace&, const FilePlace&) = default;
};

}  // namespace trawl
