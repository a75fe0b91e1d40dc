/// How much of the machine the lake may use while it writes or answers a question.
#pragma once

#include <string>

namespace trawl {

struct EngineOptions {
    int threads = 2;  ///< a retrieval runs beside it: it must not take the whole machine
    /// DuckDB's notation. A row group of each file in the making and its compressed pages; beyond that it spills to
    /// disk.
    std::string memory_limit = "1GB";
};

}  // namespace trawl
