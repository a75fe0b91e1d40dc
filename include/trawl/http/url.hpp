/// An absolute http or https URL, checked and normalised once, so that everything behind it may trust its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trawl {

/// A value: copy it, compare it, derive others from it. What it holds is always a valid RFC 3986 URL with a host:
/// scheme and host in lower case, the path not empty and free of dot segments, the default port left out, and spaces,
/// non-ASCII and other forbidden bytes of path and query percent-encoded as browsers do. No control character is in it.
class Url {
public:
    /// Throws InvalidUrl, whose message names the problem and the way out. White space around the text is ignored.
    [[nodiscard]] static Url parse(std::string_view text);

    /// The URL that `reference` means when it is found in this one (RFC 3986 section 5.2). Throws InvalidUrl, also when
    /// the result is neither http nor https.
    [[nodiscard]] Url resolve(std::string_view reference) const;

    /// This URL with the first parameter called `key` set to `value` and further ones of that name removed; appended
    /// if there is none. Neither argument is encoded yet. All other bytes of the query stay as they are.
    [[nodiscard]] Url with_query(std::string_view key, std::string_view value) const;

    /// The same for several. A name that comes more than once among them is there with each of its values, in order.
    [[nodiscard]] Url with_query(const std::vector<std::pair<std::string, std::string>>& params) const;

    /// The decoded value of the first parameter called `key`; "" for one without a value.
    [[nodiscard]] std::optional<std::string> query(std::string_view key) const;

    /// All parameters in order, decoded ("+" is a space).
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> query_params() const;

    [[nodiscard]] const std::string& str() const noexcept { return text_; }

    /// For logs and messages: without userinfo and fragment, values of keys that sound secret replaced by ***.
    [[nodiscard]] std::string redacted() const;

    /// "http" or "https". A view into this URL, as those of host() and target_view() are.
    [[nodiscard]] std::string_view scheme() const noexcept { return std::string_view(text_).substr(0, scheme_size_); }
    /// In lower case; an IPv6 address without its brackets.
    [[nodiscard]] std::string_view host() const noexcept {
        return std::string_view(text_).substr(host_begin_, host_size_);
    }
    /// 443 or 80 where the URL names none.
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] bool is_https() const noexcept { return scheme_size_ == 5; }
    /// Path and query, as they stand in a request line (RFC 9112 section 3.2.1). Starts with "/".
    [[nodiscard]] std::string_view target_view() const noexcept;
    [[nodiscard]] std::string target() const { return std::string(target_view()); }
    /// "https://host:port", the port always written out: what a connection belongs to.
    [[nodiscard]] std::string origin() const;
    /// The value of the Host field: the port only where it is not the scheme's own.
    [[nodiscard]] std::string_view host_header() const noexcept;
    /// Everything before the path: what URLs of one origin and one login have in common.
    [[nodiscard]] std::string_view prefix() const noexcept { return std::string_view(text_).substr(0, target_begin_); }
    /// "user:password", decoded, if the URL has them: what basic authentication sends.
    [[nodiscard]] std::optional<std::string> userinfo() const;

    friend bool operator==(const Url& left, const Url& right) noexcept { return left.text_ == right.text_; }

private:
    struct Parts;
    Url() = default;
    explicit Url(const Parts& parts);
    [[nodiscard]] Url with_target(std::string_view target, std::string_view fragment) const;
    [[nodiscard]] static Parts split(std::string_view text);
    static void split_authority(std::string_view authority, std::string_view original, Parts& parts);
    [[nodiscard]] std::string_view raw_query() const noexcept;

    std::string text_;  // at most 64 KB
    std::uint32_t host_begin_ = 0;
    std::uint32_t host_size_ = 0;
    std::uint32_t target_begin_ = 0;
    std::uint32_t query_begin_ = 0;  // behind the "?"; target_end_ if there is no query
    std::uint32_t target_end_ = 0;
    std::uint16_t port_ = 0;
    std::uint8_t scheme_size_ = 0;
};

}  // namespace trawl
