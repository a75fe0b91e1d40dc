/// A page in each style: its JSON, and the header fields of those styles that use them. Pure.
///
/// | style  | body                                                              | header               |
/// |--------|-------------------------------------------------------------------|----------------------|
/// | page   | {"page":1,"page_size":50,"total_pages":103,"total":5127,"items":[]} |                      |
/// | offset | {"offset":0,"limit":50,"total":5127,"results":[]}                 |                      |
/// | link   | []                                                                | Link, X-Total-Count  |
/// | cursor | {"data":[],"next_cursor":"..."} or null at the end                |                      |
/// | next   | {"results":[],"next":"URL"} or null at the end                    |                      |
#pragma once

#include <string>

#include "answer.hpp"
#include "dataset.hpp"
#include "settings.hpp"
#include "slice.hpp"

namespace trawl::origin {

/// `path` is what URLs of further pages begin with: scheme, host and path, or the path alone.
Answer page_answer(Style style, const DataSet& data, Slice slice, const std::string& path,
                   const SiteSettings& settings);

}  // namespace trawl::origin
