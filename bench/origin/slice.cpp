#include "slice.hpp"

#include <algorithm>
#include <array>

#include "cursor.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "units.hpp"

namespace trawl::origin {
namespace {

/// The parameters' names, by Style.
struct Names {
    const char* place;
    const char* count;
};
constexpr std::array<Names, 5> kNames{
    {{"page", "page_size"}, {"offset", "limit"}, {"page", "per_page"}, {"cursor", "limit"}, {"cursor", "limit"}}};

class Reader {
public:
    Reader(const Target& target, std::string& error) : target_(target), error_(error) {}

    std::size_t number(const char* name, std::size_t fallback, std::size_t lowest) {
        const auto text = target_.parameter(name);
        if (!text) return fallback;
        try {
            const std::size_t value = parse_count(*text, 1'000'000'000'000);  // times the page size: far from overflow
            if (value >= lowest) return value;
        } catch (const UsageError&) {
        }
        error_ = format("'{}' must be a whole number from {} to 1000000000000", name, lowest);
        return fallback;
    }

    std::size_t cursor() {
        const auto text = target_.parameter("cursor");
        if (!text) return 0;
        const auto place = place_of(*text);
        if (!place) error_ = "'cursor' is none that this server gave out";
        return place.value_or(0);
    }

private:
    const Target& target_;
    std::string& error_;
};

}  // namespace

SliceRequest read_slice(Style style, const Target& target, const SiteSettings& settings) {
    SliceRequest request;
    Reader reader(target, request.error);
    const Names names = kNames[static_cast<std::size_t>(style)];
    const std::size_t asked = reader.number(names.count, settings.page_size, 1);
    Slice& slice = request.slice;
    slice.count = std::min(asked, settings.page_size_max);
    switch (style) {
        case Style::page:
        case Style::link:
            slice.first = (reader.number(names.place, settings.first_page, settings.first_page) - settings.first_page) *
                          slice.count;
            break;
        case Style::offset:
            slice.first = reader.number(names.place, 0, 0);
            break;
        case Style::cursor:
        case Style::next:
            slice.first = reader.cursor();
            break;
    }
    return request;
}

Placed place(Slice asked, std::size_t total, Beyond beyond) noexcept {
    if (asked.first < total || asked.first == 0) return {asked, true};
    if (beyond == Beyond::not_found) return {asked, false};
    if (beyond == Beyond::clamp) {
        const std::size_t last = total == 0 ? 0 : (total - 1) / asked.count * asked.count;
        return {Slice{last, asked.count}, true};
    }
    return {asked, true};
}

}  // namespace trawl::origin
