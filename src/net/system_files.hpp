/// What the system's files say of looking names up: /etc/nsswitch.conf, /etc/resolv.conf and /etc/hosts. Text in, facts
/// out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/net/address.hpp"

namespace trawl::net {

/// Who knows the names of hosts (nsswitch.conf(5), the line "hosts:").
struct HostSources {
    bool only_system = false;       // a source that we cannot ask (ldap, nis, ...), or no DNS
    bool local_by_system = false;   // names under "local" are multicast DNS's (RFC 6762, section 3)
    bool single_by_system = false;  // this machine's own name and those of its containers, which have no dot
    std::string lookups = "fb";     // the order of files and DNS, in c-ares's letters ('b': BIND)

    /// The system must be asked for `name`. Requires: it is in lower case.
    [[nodiscard]] bool ask_system_for(std::string_view name) const noexcept;
};

/// Without a line for hosts, files come first and then DNS, as in glibc.
[[nodiscard]] HostSources read_nsswitch(std::string_view text);

/// What of resolv.conf(5) c-ares 1.18 does not read, or does not tell.
struct ResolvConf {
    bool has_server = false;
    std::optional<Duration> timeout;
    std::optional<int> attempts;
};

[[nodiscard]] ResolvConf read_resolv_conf(std::string_view text);

/// Addresses by names (hosts(5)).
class HostsFile {
public:
    HostsFile() = default;
    explicit HostsFile(std::string_view text);

    /// The addresses of `name` without a port, in the order of their lines; none when no line has it. Requires: it is
    /// in lower case.
    [[nodiscard]] std::vector<Address> find(std::string_view name) const;

private:
    std::unordered_map<std::string, std::vector<Address>> names_;
};

}  // namespace trawl::net
