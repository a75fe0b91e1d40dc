/// TlsSessions: what earlier connections left behind, by which later ones begin with less work (RFC 8446 section 2.2).
///
/// Bounded, the hosts used longest ago go first. Threads may share it.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace trawl::net {

struct SessionFree {
    void operator()(SSL_SESSION* session) const noexcept;
};
using SessionHandle = std::unique_ptr<SSL_SESSION, SessionFree>;

class TlsSessions {
public:
    /// A session takes some five kilobytes, most of them the peer's certificates.
    static constexpr std::size_t kHostsMax = 128;
    /// A server of TLS 1.3 gives two for each connection.
    static constexpr std::size_t kPerHostMax = 8;

    /// Takes over `session`. Of a host's, the newest are kept.
    void put(const std::string& name, SSL_SESSION* session);
    /// The newest session of that name, or none. One of TLS 1.3 is given once, so that nobody on the way can tell that
    /// two connections are of the same client (RFC 8446 appendix C.4).
    SessionHandle take(const std::string& name);
    [[nodiscard]] std::size_t size() const;

private:
    struct Host {
        std::string name;
        std::deque<SessionHandle> sessions;  // the newest last
    };
    using Hosts = std::list<Host>;

    mutable std::mutex mutex_;
    Hosts hosts_;  // the one used last in front
    std::unordered_map<std::string, Hosts::iterator> by_name_;
};

}  // namespace trawl::net
