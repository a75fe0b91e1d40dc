/// Names looked up by c-ares, on this thread's loop: its sockets are the loop's, and its time limits are timers.
///
/// Rules: c-ares knows objects of the channel alone, never a coroutine's frame. A lookup has no owner: who loses
/// interest forgets about it, and it ends by itself, within its time limits. c-ares is named in this file's body and
/// nowhere else.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "name_answer.hpp"
#include "trawl/base/clock.hpp"
#include "trawl/net/address.hpp"

namespace trawl::net {

struct AresSettings {
    std::vector<Address> servers;  // none: those of the file
    std::string resolv_conf;
    std::string lookups;  // "fb": the hosts file, then DNS; "f": the file alone
    Duration timeout{};
    int tries = 1;
};

class AresChannel {
public:
    /// Called with the outcome of a lookup, by the loop or before ask() returns. It must not throw, and must not ask or
    /// destroy the channel.
    using Done = std::function<void(NameAnswer)>;

    /// Null when c-ares cannot start. Reads files.
    static std::unique_ptr<AresChannel> make(const AresSettings& settings);
    virtual ~AresChannel() = default;

    /// Asks for the IPv4 and IPv6 addresses of `name`.
    virtual void ask(const std::string& name, Done done) = 0;
    /// How many lookups have not ended.
    [[nodiscard]] virtual std::size_t running() const noexcept = 0;
};

}  // namespace trawl::net
