/// A request's target, taken apart: the path, and the parameters behind the "?" (WHATWG URL, "urlencoded" parsing).
/// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trawl::origin {

class Target {
public:
    /// Nothing for what is neither a path nor an absolute http URL (RFC 9112 section 3.2), or is badly percent-encoded.
    static std::optional<Target> parse(std::string_view text);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The first parameter of that name.
    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const noexcept;

private:
    std::string path_;
    std::vector<std::pair<std::string, std::string>> parameters_;
};

/// `text` with everything but letters, digits and "-._~" percent-encoded.
std::string percent_encoded(std::string_view text);

}  // namespace trawl::origin
