/// Which records a request asks for, in each style, and what becomes of it beyond the end. Pure.
///
/// | style  | parameters             |
/// |--------|------------------------|
/// | page   | page, page_size        |
/// | offset | offset, limit          |
/// | link   | page, per_page         |
/// | cursor | cursor, limit          |
/// | next   | cursor, limit          |
#pragma once

#include <cstddef>
#include <string>

#include "settings.hpp"
#include "target.hpp"

namespace trawl::origin {

/// `count` records (fewer at the end) from `first` on.
struct Slice {
    std::size_t first = 0;
    std::size_t count = 0;

    /// The page's index, counted from 0.
    [[nodiscard]] std::size_t index() const noexcept { return first / count; }
    friend bool operator==(const Slice&, const Slice&) = default;
};

struct SliceRequest {
    Slice slice;
    std::string error;  // not empty: the parameter that makes no sense, and why; to be answered with 400
};

/// What `target` asks for. Parameters that are missing have their defaults; too large a page is served as the largest.
SliceRequest read_slice(Style style, const Target& target, const SiteSettings& settings);

struct Placed {
    Slice slice;
    bool found = true;  // false: to be answered with 404
};

/// Applies `beyond` to a slice that begins behind the last of `total` records. The first page is never beyond.
Placed place(Slice asked, std::size_t total, Beyond beyond) noexcept;

/// How many pages of `count` records there are.
constexpr std::size_t page_count(std::size_t total, std::size_t count) noexcept { return (total + count - 1) / count; }

}  // namespace trawl::origin
