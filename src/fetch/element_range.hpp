/// Which elements of an array a step of a path takes, by their numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "trawl/fetch/json_path.hpp"

namespace trawl::fetch {

/// begin, begin + stride, ... below end.
struct ElementRange {
    std::size_t begin = 0, end = 0, stride = 1;
    [[nodiscard]] bool contains(std::size_t index) const noexcept {
        return index >= begin && index < end && (index - begin) % stride == 0;
    }
};

/// Of an array of `count` elements; a filter's are all of them, which it then looks at. Requires: not a key.
[[nodiscard]] inline ElementRange element_range(const JsonPath::Step& step, std::size_t count) {
    if (step.kind == JsonPath::StepKind::index) {
        if (step.from_end && step.index > count) return {};
        const std::size_t index = step.from_end ? count - step.index : step.index;
        return {index, index < count ? index + 1 : index, 1};
    }
    if (step.kind != JsonPath::StepKind::slice) return {0, count, 1};
    const auto size = static_cast<std::int64_t>(count);
    const auto place = [size](std::int64_t at) {  // RFC 9535 section 2.3.4.2.2
        return static_cast<std::size_t>(std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size));
    };
    const std::size_t begin = place(step.slice.begin.value_or(0)), end = place(step.slice.end.value_or(size));
    return {begin, std::max(begin, end), static_cast<std::size_t>(step.slice.stride)};
}

}  // namespace trawl::fetch
