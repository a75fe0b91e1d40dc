/// Choosing a digest challenge, and answering it.
#include "auth_digest.hpp"

#include <algorithm>
#include <utility>

#include "trawl/base/ascii.hpp"
#include "trawl/base/format.hpp"
#include "url_text.hpp"

namespace trawl::http {
namespace {

bool is_true(std::optional<std::string_view> value) { return value && equal_ignoring_case(*value, "true"); }

/// "auth, auth-int" has "auth".
bool has_word(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        list.remove_prefix(std::min(list.find_first_not_of(", \t"), list.size()));
        const std::string_view next = list.substr(0, list.find_first_of(", \t"));
        if (!next.empty() && equal_ignoring_case(next, word)) return true;
        list.remove_prefix(next.size());
    }
    return false;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Takes the name of an algorithm apart (section 3.3); false if it is unknown.
bool take_algorithm(std::string_view name, DigestChallenge& digest) {
    digest.algorithm = name;
    constexpr std::string_view session = "-sess";
    digest.session =
        name.size() > session.size() && equal_ignoring_case(name.substr(name.size() - session.size()), session);
    if (digest.session) name.remove_suffix(session.size());
    digest.hash = equal_ignoring_case(name, "sha-256") ? Hash::sha256 : Hash::md5;
    return digest.hash == Hash::sha256 || name.empty() || equal_ignoring_case(name, "md5");
}

/// Nothing but a reason if it cannot be answered.
std::expected<DigestChallenge, std::string> read(const Challenge& challenge) {
    DigestChallenge digest;
    if (!take_algorithm(challenge.get("algorithm").value_or(""), digest))
        return std::unexpected("its digest is made by an algorithm other than MD5 and SHA-256");
    const auto nonce = challenge.get("nonce"), realm = challenge.get("realm");
    if (!nonce || nonce->empty() || !realm) return std::unexpected("its digest challenge has no nonce or no realm");
    const std::string_view qop = challenge.get("qop").value_or("");
    digest.qop_auth = has_word(qop, "auth");
    if (!qop.empty() && !digest.qop_auth) return std::unexpected("it wants digests of bodies (auth-int)");
    if (digest.session && !digest.qop_auth) return std::unexpected("its digest challenge has a session, but no qop");
    digest.nonce = *nonce;
    digest.realm = *realm;
    if (const auto opaque = challenge.get("opaque")) digest.opaque = *opaque;
    digest.stale = is_true(challenge.get("stale"));
    digest.userhash = is_true(challenge.get("userhash"));
    digest.utf8 = equal_ignoring_case(challenge.get("charset").value_or(""), "utf-8");
    return digest;
}

}  // namespace

std::expected<DigestChallenge, std::string> choose_digest(std::span<const Challenge> challenges) {
    std::expected<DigestChallenge, std::string> best = std::unexpected("it does not offer digest authentication");
    for (const Challenge& challenge : challenges) {
        if (challenge.scheme != "digest") continue;
        auto digest = read(challenge);
        if (!best || (digest && best->hash == Hash::md5 && digest->hash == Hash::sha256)) best = std::move(digest);
    }
    return best;
}

std::expected<void, std::string> DigestLogin::challenged(std::span<const Challenge> challenges, std::string cnonce,
                                                         std::string_view nonce_used) {
    if (!nonce_used.empty() && nonce_used != challenge_.nonce) return {};  // another request has renewed it meanwhile
    auto digest = choose_digest(challenges);
    if (!digest) return std::unexpected("the source wants a login that cannot be given: " + digest.error());
    if (!nonce_used.empty() && !digest->stale)
        return std::unexpected(
            format("the source refuses the user's name or password for '{}'", redact_url_text(digest->realm)));
    challenge_ = std::move(*digest);
    cnonce_ = std::move(cnonce);
    count_ = 0;
    return {};
}

/// "H(A1)" of section 3.4.2.
std::string DigestLogin::secret() const {
    const std::string plain = h(format("{}:{}:{}", user_, challenge_.realm, password_));
    return challenge_.session ? h(format("{}:{}:{}", plain, challenge_.nonce, cnonce_)) : plain;
}

/// Sections 3.4 and 3.4.4: the name as it is, hashed, or as RFC 8187 writes what is not ASCII.
std::string DigestLogin::username() const {
    if (challenge_.userhash) return format("username=\"{}\"", h(format("{}:{}", user_, challenge_.realm)));
    if (challenge_.utf8 && !is_ascii(user_)) return "username*=UTF-8''" + encode_component(user_);
    return "username=" + quoted(user_);
}

std::string DigestLogin::authorization(std::string_view method, std::string_view target) {
    const DigestChallenge& c = challenge_;
    const std::string count = format("{:08x}", ++count_);
    const std::string request = h(format("{}:{}", method, target));
    const std::string response = c.qop_auth
                                     ? h(format("{}:{}:{}:{}:auth:{}", secret(), c.nonce, count, cnonce_, request))
                                     : h(format("{}:{}:{}", secret(), c.nonce, request));
    std::string field = format("Digest {}, realm={}, nonce={}, uri={}, response=\"{}\"", username(), quoted(c.realm),
                               quoted(c.nonce), quoted(target), response);
    if (!c.algorithm.empty()) field += ", algorithm=" + c.algorithm;
    if (c.opaque) field += ", opaque=" + quoted(*c.opaque);
    if (c.qop_auth) field += format(", qop=auth, nc={}, cnonce={}", count, quoted(cnonce_));
    if (c.userhash) field += ", userhash=true";
    return field;
}

}  // namespace trawl::http
