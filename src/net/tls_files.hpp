/// Certificates and keys out of files, into OpenSSL's settings. Everything here blocks, and throws FileError for files
/// that cannot be read, UsageError for those that are not what they should be.
#pragma once

#include <openssl/types.h>

#include <string>

namespace trawl::net {

/// Trusts the certificates in the file, or in a text.
void trust_file(SSL_CTX* context, const std::string& path);
void trust_text(SSL_CTX* context, const std::string& text);
/// Tells clients which authorities we trust, so that they can choose their certificate.
void announce_authorities(SSL_CTX* context, const std::string& path);
/// Identifies us by a certificate, with those behind it, and its key.
void identify(SSL_CTX* context, const std::string& chain_path, const std::string& key_path);

}  // namespace trawl::net
