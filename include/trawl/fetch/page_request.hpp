/// What is sent for one page, as data: nothing here sends it.
#pragma once

#include <string>

#include "trawl/http/url.hpp"

namespace trawl {

/// A value: copy it, compare it, derive others from it. Headers are the engine's: they are the same for all pages.
struct PageRequest {
    std::string method = "GET";
    Url url;
    std::string body = {};  // JSON, or empty

    friend bool operator==(const PageRequest&, const PageRequest&) = default;
};

}  // namespace trawl
