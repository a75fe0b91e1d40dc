/// What a next URL changes: if it is one page number or one offset and nothing else, all pages can be asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "trawl/http/url.hpp"

namespace trawl::fetch {

struct UrlStep {
    bool is_offset = false;
    std::string param;
    std::uint64_t from = 0, to = 0;  // of the first URL (also where it leaves the parameter out) and of the next one
};

/// None unless both the name of the parameter and the arithmetic agree: a page number grows by 1, an offset by `rows`.
/// The next URL may also add the page size that the first one left to the source.
[[nodiscard]] std::optional<UrlStep> step_between(const Url& url, const Url& next, std::uint64_t rows);

/// The value that `param` has in `other`, if that differs from `url` in nothing else.
[[nodiscard]] std::optional<std::uint64_t> value_in(const Url& other, const Url& url, const std::string& param);

}  // namespace trawl::fetch
