/// A loop's resolver: whom to ask for a name, what was kept of the answers, and who waits for one.
///
/// Rules: each family of a name is a lookup of its own, with a place of its own in the cache. Whoever waits is a node
/// in a list of the lookup's, and in no memory of c-ares's. What replaces a channel (other options, a file that
/// changed) leaves it its lookups until they end. The system's files are read by a thread.
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
#include "trawl/loop/time.hpp"
#include "trawl/net/resolver.hpp"
#include "trawl/sync/lock.hpp"

namespace trawl::net {

/// A lookup that several tasks may wait for.
struct Pending {
    List<Waiter> waiters;
    NameAnswerPtr answer;  // null until then
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

/// What is known of a host before a server is asked.
struct HostPlan {
    HostPlan() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate

    bool is_by_system = false;       // its own resolver knows, if anybody does
    NameAnswerPtr known;             // else: the answer that needs no server; or null, and
    std::vector<std::string> names;  // what to ask servers for, in this order,
    NameAnswerPtr otherwise;         // and what counts when none of these exists, if it is not null
};

class LoopResolver : public loop::Owned {
public:
    LoopResolver();
    void configure(ResolverOptions options);
    /// How often the system's files are looked at, at most: every second unless it is said here.
    void look_every(Duration interval) noexcept { look_interval_ = interval; }

    /// How to find the addresses of `host`, which checked_host_name() made. Suspends when the system's files changed.
    Task<HostPlan> plan(std::string host);
    /// What a name of a plan's came to in one family, if that holds; otherwise null.
    [[nodiscard]] NameAnswerPtr known(const std::string& name, Family family);
    /// The same, or what servers say of it. Suspends. Never null.
    Task<NameAnswerPtr> ask(std::string name, Family family);
    /// All that servers and files say of `host`; null when the system is to be asked. Suspends when it is not known.
    Task<NameAnswerPtr> find(std::string host);

private:
    /// The text of the system's files, or the errno of having no descriptor to read them with.
    struct Files;
    [[nodiscard]] bool has_looked() const { return !stamps_.empty() && now() < looked_at_ + look_interval_; }
    Task<int> notice_changes();
    void begin_anew(Files files);
    std::shared_ptr<Pending> begin(const std::string& name, Family family);
    void finish(const std::string& name, Family family, const std::shared_ptr<Pending>& pending, NameAnswer answer,
                unsigned age);
    AresChannel* channel();
    [[nodiscard]] std::unique_ptr<AresChannel> make_channel() const;
    [[nodiscard]] const std::string& lookups() const noexcept;
    [[nodiscard]] bool must_ask_system(const std::string& host) const noexcept;
    [[nodiscard]] NameAnswerPtr in_hosts(const std::string& host) const;
    [[nodiscard]] HostPlan plan_servers(const std::string& host);

    ResolverOptions options_;
    bool is_system_by_environment_ = false;
    HostSources sources_;
    ResolvConf conf_;
    HostsFile hosts_;
    Lock reading_;
    std::vector<FileStamp> stamps_;  // of the files that were read
    TimePoint looked_at_;            // when they were looked at last
    Duration look_interval_ = std::chrono::seconds(1);
    unsigned configured_ = 0;  // how often
    unsigned age_ = 0;         // how often it began anew: what was asked before that is not kept
    PerFamily<NameCache> caches_;
    PerFamily<std::unordered_map<std::string, std::shared_ptr<Pending>>> pending_;
    std::unique_ptr<AresChannel> channel_;  // null until the first name needs it
    std::vector<std::unique_ptr<AresChannel>> retired_;
};

}  // namespace trawl::net
