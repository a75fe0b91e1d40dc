/// Small data for origin's tests.
#pragma once

#include <string>

#include "dataset.hpp"

namespace trawl::origin {

/// {"v":0}, {"v":1}, ...
inline DataSet numbers(std::size_t count, std::string name = "things") {
    std::string json = "[";
    for (std::size_t i = 0; i < count; ++i)
        json += std::string(i == 0 ? "" : ", ") + "{ \"v\": " + std::to_string(i) + " }";
    return DataSet::parse(std::move(name), json + "]", "", "test");
}

}  // namespace trawl::origin
