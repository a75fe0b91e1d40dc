#include "tls_sessions.hpp"

#include <openssl/ssl.h>

#include <utility>

namespace trawl::net {

void SessionFree::operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }

void TlsSessions::put(const std::string& name, SSL_SESSION* session) {
    SessionHandle handle(session);
    const std::lock_guard lock(mutex_);
    auto found = by_name_.find(name);
    if (found == by_name_.end()) {
        hosts_.emplace_front();
        hosts_.front().name = name;
        found = by_name_.emplace(name, hosts_.begin()).first;
    } else {
        hosts_.splice(hosts_.begin(), hosts_, found->second);
    }
    auto& sessions = found->second->sessions;
    sessions.push_back(std::move(handle));
    if (sessions.size() > kPerHostMax) sessions.pop_front();
    if (hosts_.size() > kHostsMax) {
        by_name_.erase(hosts_.back().name);
        hosts_.pop_back();
    }
}

SessionHandle TlsSessions::take(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return nullptr;
    hosts_.splice(hosts_.begin(), hosts_, found->second);
    auto& sessions = found->second->sessions;
    while (!sessions.empty() && SSL_SESSION_is_resumable(sessions.back().get()) == 0) sessions.pop_back();
    if (sessions.empty()) return nullptr;
    SSL_SESSION* session = sessions.back().get();
    if (SSL_SESSION_get_protocol_version(session) < TLS1_3_VERSION) {
        SSL_SESSION_up_ref(session);
        return SessionHandle(session);
    }
    SessionHandle taken = std::move(sessions.back());
    sessions.pop_back();
    return taken;
}

std::size_t TlsSessions::size() const {
    const std::lock_guard lock(mutex_);
    std::size_t total = 0;
    for (const Host& host : hosts_) total += host.sessions.size();
    return total;
}

}  // namespace trawl::net
