/// What can be wrong with a TLS connection, in words.
#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>

namespace trawl::net {

enum class TlsFault : unsigned char {
    none,
    certificate,  ///< the peer's certificate is not accepted
    alert,        ///< the peer has ended it, and says why
    truncated,    ///< the connection ended without TLS's end
    not_tls,      ///< the peer does not speak TLS
    protocol,     ///< what the peer sends, or what it wants, cannot be accepted
    limit         ///< the peer sends what nobody has asked for, without end
};

struct TlsFailure {
    TlsFault fault = TlsFault::none;
    std::string text;  ///< for people: "self-signed certificate; pass ..."
};

/// Why a certificate is refused, at the moment when it is. `host` is who was expected.
std::string certificate_fault(X509_STORE_CTX* at, const std::string& host);

/// The failure that OpenSSL's queue of errors tells of; the queue is empty afterwards.
TlsFailure failure_from_queue();

/// The beginning of what is no TLS, as it can be shown: "HTTP/1.1 400 Bad Request".
std::string shown_beginning(std::string_view bytes);

}  // namespace trawl::net
