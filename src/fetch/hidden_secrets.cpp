/// Secrets are looked for character by character, each in any of its spellings: encoders agree on none of them.
#include "trawl/fetch/hidden_secrets.hpp"

#include <algorithm>
#include <cstdint>

#include "trawl/base/format.hpp"

namespace trawl {
namespace {

// "a" as a password would blacken every text; four letters are no secret either.
constexpr std::size_t kSecretMin = 5;

// Of a secret that an excerpt cuts: fewer characters help nobody, and stand in front of many a "...".
constexpr std::size_t kPrefixMin = 4;

constexpr std::string_view kCut = "...";

/// Bytes of the UTF-8 character that `text` begins with; 1 where it is none.
std::size_t character_size(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const auto follows = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; };
    const bool is_whole =
        size <= text.size() && std::all_of(text.begin() + 1, text.begin() + std::ptrdiff_t(size), follows);
    return is_whole ? size : 1;
}

std::uint32_t code_point(std::string_view character) {
    const auto lead = static_cast<unsigned char>(character.front());
    if (character.size() == 1) return lead;
    std::uint32_t code = lead & (0x7fU >> character.size());
    for (const char c : character.substr(1)) code = code << 6U | (static_cast<unsigned char>(c) & 0x3fU);
    return code;
}

std::string upper(std::string text, std::size_t from) {
    std::transform(text.begin() + std::ptrdiff_t(from), text.end(), text.begin() + std::ptrdiff_t(from),
                   [](char c) { return c >= 'a' && c <= 'f' ? char(c - 'a' + 'A') : c; });
    return text;
}

// RFC 3986 section 2.1; with `escape` "%25", as it stands in a URL within a URL.
std::string percent_encoded(std::string_view character, std::string_view escape) {
    std::string text;
    for (const char c : character)
        text += format("{}{:02x}", escape, static_cast<unsigned>(static_cast<unsigned char>(c)));
    return text;
}

// RFC 8259 section 7.
std::string json_unicode(std::string_view character) {
    const std::uint32_t code = code_point(character);
    if (code < 0x10000) return format("{:04x}", code);
    return format("{:04x}\\u{:04x}", 0xd7c0 + (code >> 10U), 0xdc00 + (code & 0x3ffU));
}

void add_json(std::vector<std::string>& spellings, std::string_view character) {
    constexpr std::string_view escaped = "\"\\/\b\f\n\r\t", letters = "\"\\/bfnrt";
    if (const auto at = escaped.find(character.front()); at != std::string_view::npos)
        spellings.push_back(std::string("\\") + letters[at]);
    const std::string unicode = json_unicode(character);
    spellings.push_back("\\u" + unicode);
    std::string capitals = upper(unicode, 0);
    spellings.push_back("\\u" + capitals);
}

std::vector<std::string> spellings_of(std::string_view character) {
    std::vector<std::string> spellings{std::string(character)};
    for (const std::string_view escape : {"%", "%25"}) {
        const std::string encoded = percent_encoded(character, escape);
        spellings.push_back(encoded);
        spellings.push_back(upper(encoded, 0));
    }
    if (character == " ") spellings.emplace_back("+");  // of a form
    add_json(spellings, character);
    // What messages make of bytes that a terminal might obey.
    const auto byte = static_cast<unsigned char>(character.front());
    if (byte < 0x20 || byte >= 0x7f) spellings.emplace_back(character.size(), '?');
    if (byte < 0x20 || byte == 0x7f) spellings.emplace_back(" ");
    std::ranges::sort(spellings);
    spellings.erase(std::unique(spellings.begin(), spellings.end()), spellings.end());
    return spellings;
}

}  // namespace

void HiddenSecrets::add(const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets) {
        if (secret.size() < kSecretMin) continue;
        Secret& characters = secrets_.emplace_back();
        for (std::string_view rest = secret; !rest.empty();) {
            const std::size_t size = character_size(rest);
            characters.push_back(spellings_of(rest.substr(0, size)));
            rest.remove_prefix(size);
        }
    }
}

/// How much of `text`, from its begin, is the secret; 0: it begins with something else.
std::size_t HiddenSecrets::size_in(std::string_view text, const Secret& secret) {
    std::vector<std::size_t> ends{0};  // of what was read so far: "%25" may be one character, or three
    for (std::size_t i = 0; i < secret.size(); ++i) {
        std::vector<std::size_t> next;
        for (const std::size_t end : ends) {
            for (const std::string& spelling : secret[i]) {
                const std::size_t further = end + spelling.size();
                const bool is_known = std::ranges::find(next, further) != next.end();
                if (!is_known && text.substr(end).starts_with(spelling)) next.push_back(further);
            }
        }
        if (next.empty()) return i >= kPrefixMin ? size_in_cut(text, secret[i], ends) : 0;
        ends = std::move(next);
    }
    return *std::ranges::max_element(ends);
}

/// The same where an excerpt ends within the secret: its next character is there in part, or not at all.
std::size_t HiddenSecrets::size_in_cut(std::string_view text, const Spellings& next,
                                       const std::vector<std::size_t>& ends) {
    for (const std::size_t end : ends) {
        const std::string_view rest = text.substr(end);
        for (const std::string& spelling : next) {
            for (std::size_t part = 0; part < spelling.size(); ++part) {
                const bool is_cut = rest.starts_with(spelling.substr(0, part)) && rest.substr(part).starts_with(kCut);
                if (is_cut) return end + part;
            }
        }
    }
    return 0;
}

std::string HiddenSecrets::hide(std::string_view text) const {
    if (secrets_.empty()) return std::string(text);
    std::string shown;
    std::size_t hidden_to = 0;  // secrets may overlap
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool was_hidden = at < hidden_to;
        for (const Secret& secret : secrets_) hidden_to = std::max(hidden_to, at + size_in(text.substr(at), secret));
        if (at >= hidden_to)
            shown += text[at];
        else if (!was_hidden)
            shown += "***";
    }
    return shown;
}

}  // namespace trawl
