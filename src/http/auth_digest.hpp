/// Digest authentication (RFC 7616): a password proven without being sent. No randomness of its own, no I/O.
///
///     DigestLogin login("user", "password");
///     if (auto taken = login.challenged(parse_challenges(answer.headers()), cnonce); !taken) give_up(taken.error());
///     headers.set("authorization", login.authorization("GET", url.target_view()));
///
/// SHA-256 is taken where it is offered, else MD5; both also as "-sess". Of the qualities of protection only "auth",
/// and none at all as in RFC 2069: "auth-int" would hash bodies, which hardly any server does.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "auth_challenge.hpp"
#include "auth_hash.hpp"

namespace trawl::http {

struct DigestChallenge {
    std::string realm, nonce;
    std::optional<std::string> opaque{};
    std::string algorithm;  ///< as the server wrote it; "" if it did not, which means MD5
    Hash hash = Hash::md5;
    bool session = false;   ///< "-sess"
    bool qop_auth = false;  ///< else as RFC 2069 had it
    bool stale = false;     ///< only the nonce was too old
    bool userhash = false;  ///< the name, too, is to be sent hashed
    bool utf8 = false;
};

/// The best of the digest challenges; the reason if none can be answered.
[[nodiscard]] std::expected<DigestChallenge, std::string> choose_digest(std::span<const Challenge> challenges);

/// One user at one server. The same nonce serves any number of requests, each with a number of its own.
class DigestLogin {
public:
    DigestLogin(std::string user, std::string password) : user_(std::move(user)), password_(std::move(password)) {}

    /// A 401 came. `cnonce`: fresh random text of the caller's, at least 64 bits of it in letters and digits.
    /// `nonce_used`: what nonce() was when the refused request was made, "" if it carried no authorization. Gives
    /// whether to send the request again, now with authorization(); the reason not to: password refused, nothing we can
    /// answer.
    [[nodiscard]] std::expected<void, std::string> challenged(std::span<const Challenge> challenges, std::string cnonce,
                                                              std::string_view nonce_used = {});

    /// The value of the Authorization field of the next request. `target` as in its request line. Requires: ready().
    [[nodiscard]] std::string authorization(std::string_view method, std::string_view target);

    [[nodiscard]] bool ready() const noexcept { return !challenge_.nonce.empty(); }
    [[nodiscard]] const std::string& nonce() const noexcept { return challenge_.nonce; }

private:
    [[nodiscard]] std::string h(std::string_view text) const { return hash_hex(challenge_.hash, text); }
    [[nodiscard]] std::string secret() const;
    [[nodiscard]] std::string username() const;

    std::string user_, password_;
    DigestChallenge challenge_;
    std::string cnonce_;  // one for each nonce, so that it does not matter which of them "-sess" means
    std::uint32_t count_ = 0;
};

}  // namespace trawl::http
