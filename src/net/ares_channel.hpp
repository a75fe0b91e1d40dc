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

    /// The names that `host` may stand for, in the order in which to ask for them: with the search domains of the
    /// system's file, unless it ends with a dot. Each ends with one.
    [[nodiscard]] virtual std::vector<std::string> names_of(const std::string& host) const = 0;
    /// Asks servers for the addresses of `name`, which names_of() gave, of one family.
    virtual void ask(const std::string& name, Family family, Done done) = 0;
    /// How many lookups have not ended.
    [[nodiscard]] virtual std::size_t running() const noexcept = 0;
};

}  // namespace trawl::net
