/// How the names of hosts become addresses: by DNS, without a thread, and kept for as long as the answers say.
///
/// Rules: each loop has a resolver of its own, made when its first name is looked up. /etc/hosts (or the file that the
/// environment's CARES_HOSTS names) comes first, or whenever /etc/nsswitch.conf says; then the servers of
/// /etc/resolv.conf are asked for IPv6 and IPv4 addresses, by two questions at once: resolve() waits for both, and
/// TcpStream::connect() for the first that it can begin with. The failure of one is none while the other has addresses.
/// Each answer is kept for its own TTL, for 1 s at least and 60 s at most; that there is none for 1 to 10 s, and only
/// when the servers said so. Tasks that ask for the same name at once share its lookups. When those files change, which
/// a thread reads, what was kept is forgotten, a second later at most.
///
/// Names under localhost are this machine's and names under invalid do not exist: nobody is asked (RFC 6761). A name
/// with a dot at its end is absolute: no search domain is tried.
///
/// The system's own resolver (getaddrinfo(3), on a thread, nothing kept) is asked instead where only that knows the
/// answer: for all names when /etc/nsswitch.conf names sources that are not in files, dns, resolve, myhostname,
/// mymachines and mdns; for names under local when it names mdns; for names without a dot when it names myhostname or
/// mymachines; when there is no server to ask; and when the environment's TRAWL_RESOLVER is "system".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/base/error.hpp"
#include "trawl/net/address.hpp"

namespace trawl {

/// Whom to ask, and for how long. `configure_resolver(ResolverOptions().server("192.0.2.53"))`.
class ResolverOptions {
public:
    ResolverOptions() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate

    /// Asks this server (an address in digits) in place of those of /etc/resolv.conf; called again, also that one, when
    /// the ones before it fail. Throws UsageError for what is no address.
    ResolverOptions& server(const std::string& host, std::uint16_t port = 53);
    /// How long a server has for its first answer; twice as long with each further round. Default: what the system's
    /// file says ("options timeout:"), else 2 s. Throws UsageError unless it is between 1 ms and 30 s.
    ResolverOptions& timeout(Duration limit);
    /// How many rounds the servers are asked. Default: what the system's file says ("options attempts:"), else 3.
    /// Throws UsageError unless it is between 1 and 10.
    ResolverOptions& tries(int rounds);
    /// Another file than /etc/resolv.conf.
    ResolverOptions& resolv_conf(std::string path) {
        resolv_conf_ = std::move(path);
        return *this;
    }
    /// Asks the system's resolver for all names.
    ResolverOptions& system() noexcept {
        system_ = true;
        return *this;
    }

    [[nodiscard]] const std::vector<Address>& servers() const noexcept { return servers_; }
    [[nodiscard]] std::optional<Duration> timeout() const noexcept { return timeout_; }
    [[nodiscard]] std::optional<int> tries() const noexcept { return tries_; }
    [[nodiscard]] const std::string& resolv_conf() const noexcept { return resolv_conf_; }
    [[nodiscard]] bool is_system() const noexcept { return system_; }

private:
    std::vector<Address> servers_;
    std::optional<Duration> timeout_;
    std::optional<int> tries_;
    std::string resolv_conf_ = "/etc/resolv.conf";
    bool system_ = false;
};

/// How the tasks of this thread's loop look names up from now on. What was kept is forgotten; lookups that are underway
/// end as they began. TRAWL_RESOLVER=system overrides it. Throws UsageError when no loop runs.
void configure_resolver(ResolverOptions options);

/// Whether the next try may find what this one did not: name servers that are overloaded, restarted or out of reach.
/// What they do say is final.
[[nodiscard]] constexpr bool may_pass(ResolveError::Reason reason) noexcept {
    return reason == ResolveError::Reason::kServerFailed || reason == ResolveError::Reason::kNoAnswer;
}

}  // namespace trawl
