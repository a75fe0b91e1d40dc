/// Options with their files read: what the engines of many connections have in common.
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "tls_engine.hpp"
#include "trawl/net/tls_options.hpp"

namespace trawl::net {

struct ContextFree {
    void operator()(SSL_CTX* context) const noexcept;
};
using ContextHandle = std::unique_ptr<SSL_CTX, ContextFree>;

class TlsClientSettings {
public:
    /// Blocks. Throws FileError, UsageError.
    explicit TlsClientSettings(const TlsOptions& options);

    [[nodiscard]] const std::string& key() const noexcept { return key_; }
    [[nodiscard]] const std::shared_ptr<TlsSessions>& sessions() const noexcept { return sessions_; }
    /// An engine that expects `host` (a name, or an address in digits). Sessions are those of `host` and `port`. Throws
    /// UsageError when no host has such a name.
    [[nodiscard]] std::unique_ptr<TlsEngine> engine(const std::string& host, std::uint16_t port) const;

private:
    ContextHandle context_;
    std::shared_ptr<TlsSessions> sessions_;
    std::string key_;
    bool verifies_;
};

class TlsServerSettings {
public:
    /// Blocks. Throws FileError, UsageError.
    explicit TlsServerSettings(const TlsServerOptions& options);
    [[nodiscard]] std::unique_ptr<TlsEngine> engine() const;

private:
    std::string protocols_;  // as in the handshake
    ContextHandle context_;
};

}  // namespace trawl::net
