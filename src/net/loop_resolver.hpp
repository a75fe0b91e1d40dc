/// A loop's resolver: whom to ask for a name, what was kept of the answers, and who waits for one.
///
/// Rules: whoever waits is a node in a list of the question's, and in no memory of c-ares's. What replaces a channel
/// (other options, a file that changed) leaves it its lookups until they end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "ares_channel.hpp"
#include "name_answer.hpp"
#include "name_cache.hpp"
#include "system_files.hpp"
#include "trawl/base/list.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/net/resolver.hpp"

namespace trawl::net {

/// A lookup that several tasks may wait for.
struct Pending {
    List<Waiter> waiters;
    std::shared_ptr<const NameAnswer> answer;  // null until then
};

/// A file as it was when it was looked at; a file that is not there is equal to none other.
struct FileStamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = -1;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;

    static FileStamp of(const std::string& path) noexcept;
    bool operator==(const FileStamp&) const = default;
};

class LoopResolver final : public loop::Owned {
public:
    /// Throws UsageError for a TRAWL_RESOLVER that means nothing.
    LoopResolver();
    void configure(ResolverOptions options);
    /// How often the system's files are looked at, at most: every second unless it is said here.
    void look_every(Duration interval) noexcept { look_interval_ = interval; }

    /// What servers and files say of `name`, which checked_host_name() made; null when the system is to be asked.
    /// Suspends when it is not known.
    Task<std::shared_ptr<const NameAnswer>> find(std::string name);

private:
    void notice_changes();
    void begin_anew();
    std::shared_ptr<Pending> ask(const std::string& name);
    void finish(const std::string& name, const std::shared_ptr<Pending>& pending, NameAnswer answer, unsigned age);
    AresChannel* channel_for(const std::string& name);
    [[nodiscard]] std::unique_ptr<AresChannel> make_channel(const std::string& lookups) const;
    [[nodiscard]] std::string lookups() const;
    [[nodiscard]] bool must_ask_system(const std::string& name) const noexcept;

    ResolverOptions options_;
    bool is_system_by_environment_ = false;
    HostSources sources_;
    ResolvConf conf_;
    std::vector<FileStamp> stamps_;  // of the files that were read
    TimePoint looked_at_;            // when they were looked at last
    Duration look_interval_ = std::chrono::seconds(1);
    unsigned age_ = 0;  // how often it began anew: what was asked before that is not kept
    NameCache cache_;
    std::unordered_map<std::string, std::shared_ptr<Pending>> pending_;
    std::unique_ptr<AresChannel> channel_;  // files and servers; null until the first name needs it
    std::unique_ptr<AresChannel> files_;    // files alone, for names that must not leave the machine
    std::vector<std::unique_ptr<AresChannel>> retired_;
};

}  // namespace trawl::net
