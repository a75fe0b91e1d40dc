#include "validators.hpp"

#include <algorithm>

#include "trawl/http/http_date.hpp"

namespace trawl::http {
namespace {

constexpr std::string_view kWeak = "W/";

std::optional<std::chrono::sys_seconds> date_of(const Headers& answer, std::string_view name) {
    const auto field = answer.get(name);
    const auto date = field ? parse_http_date(*field, std::chrono::system_clock::now()) : std::nullopt;
    if (!date) return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(*date);
}

}  // namespace

bool is_entity_tag(std::string_view text) noexcept {
    if (text.starts_with(kWeak)) text.remove_prefix(kWeak.size());
    if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return false;
    return std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > ' ' && byte != '"' && byte != 0x7f;
    });
}

bool is_strong(std::string_view entity_tag) noexcept { return !entity_tag.starts_with(kWeak); }

std::optional<std::string_view> etag_of(const Headers& answer) noexcept {
    const auto field = answer.get("etag");
    if (!field || !is_entity_tag(*field) || answer.count("etag") > 1) return std::nullopt;
    return field;
}

std::optional<std::chrono::sys_seconds> last_modified_of(const Headers& answer) {
    return date_of(answer, "last-modified");
}

std::optional<std::string> strong_validator(const Headers& answer) {
    constexpr std::chrono::seconds kOtherSecond(2);
    constexpr std::chrono::seconds kOldEnough(60);
    const auto modified = last_modified_of(answer);
    const auto made = date_of(answer, "date");
    if (answer.contains("etag")) {
        const auto tag = etag_of(answer);
        const bool is_fresh = modified && made && *made - *modified < kOtherSecond;
        if (!tag || !is_strong(*tag) || is_fresh) return std::nullopt;
        return std::string(*tag);
    }
    if (!modified || !made || *made - *modified < kOldEnough) return std::nullopt;
    return format_http_date(*modified);
}

}  // namespace trawl::http
