#include "loop_resolver.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "host_name.hpp"
#include "host_search.hpp"
#include "socket.hpp"
#include "system_lookup.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/thread.hpp"

namespace trawl::net {
namespace {

using Reason = ResolveError::Reason;

// What c-ares itself came to, in 1.20: half of what resolv.conf(5) says, because an answer takes a tenth of a second.
constexpr Duration kTimeout = std::chrono::seconds(2);
constexpr int kTries = 3;

constexpr const char* kNsswitch = "/etc/nsswitch.conf";
// What the small ones of these files may hold: more than any does.
constexpr std::size_t kFileMax = std::size_t{64} * 1024;
// Lists of hosts to be blocked have some megabytes.
constexpr std::size_t kHostsMax = std::size_t{16} * 1024 * 1024;

/// Waits for a lookup's end.
class PendingAwaiter final : public Waiter {
public:
    explicit PendingAwaiter(std::shared_ptr<Pending> pending) noexcept : pending_(std::move(pending)) {}
    [[nodiscard]] bool await_ready() const noexcept { return pending_->answer != nullptr; }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
        suspend(handle);
        pending_->waiters.push_back(*this);
    }
    [[nodiscard]] NameAnswerPtr await_resume() const noexcept { return pending_->answer; }
    [[nodiscard]] std::string describe() const override { return "a name's addresses"; }

private:
    std::shared_ptr<Pending> pending_;
};

bool is_system_by_environment() {
    const char* wanted = std::getenv("TRAWL_RESOLVER");  // NOLINT(concurrency-mt-unsafe): nothing here sets variables
    const std::string_view name = wanted == nullptr ? "" : wanted;
    if (name == "system") return true;
    if (name.empty() || name == "auto") return false;
    throw UsageError(format("TRAWL_RESOLVER is '{}': it can be system or auto", name));
}

std::string hosts_path() {
    const char* named = std::getenv("CARES_HOSTS");  // NOLINT(concurrency-mt-unsafe): nothing here sets variables
    return named == nullptr ? "/etc/hosts" : named;
}

// Nothing of a file that is not there; the errno in `missing` when there is no descriptor to read it with.
std::string text_of(const std::string& path, std::size_t size_max, int& missing) {
    std::string text;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE)) missing = errno;
    ssize_t got = fd < 0 ? 0 : 1;
    while (got > 0 && text.size() < size_max) {
        const std::size_t before = text.size();
        text.resize(std::min(before + kFileMax, size_max));
        got = ::read(fd, text.data() + before, text.size() - before);
        text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    }
    if (fd >= 0) ::close(fd);
    return text;
}

NameAnswerPtr answer_of(const std::vector<Address>& addresses) {
    NameAnswer answer;
    answer.addresses = in_order(addresses);
    return std::make_shared<NameAnswer>(std::move(answer));
}

NameAnswerPtr loopback() { return answer_of({numeric_address("::1", 0), numeric_address("127.0.0.1", 0)}); }

NameAnswerPtr no_such_host() {
    NameAnswer answer;
    answer.reason = Reason::kNoSuchHost;
    answer.why = "nothing under 'invalid' exists (RFC 6761); check the name";
    return std::make_shared<NameAnswer>(std::move(answer));
}

NameAnswerPtr no_descriptor(int error) {
    NameAnswer answer;
    answer.reason = Reason::kNoAnswer;
    answer.missing = error;
    return std::make_shared<NameAnswer>(std::move(answer));
}

}  // namespace

struct LoopResolver::Files {
    HostSources sources;
    ResolvConf conf;
    HostsFile hosts;
    int missing = 0;

    static Files read(const std::string& resolv_conf, const std::string& hosts) {
        Files files;
        files.sources = read_nsswitch(text_of(kNsswitch, kFileMax, files.missing));
        files.conf = read_resolv_conf(text_of(resolv_conf, kFileMax, files.missing));
        files.hosts = HostsFile(text_of(hosts, kHostsMax, files.missing));
        return files;
    }
};

FileStamp FileStamp::of(const std::string& path) noexcept {
    struct ::stat status{};
    if (::stat(path.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

LoopResolver::LoopResolver() : is_system_by_environment_(is_system_by_environment()) {}

void LoopResolver::configure(ResolverOptions options) {
    options_ = std::move(options);
    stamps_.clear();
    ++configured_;
}

// Lookups that are underway stay where they are; new ones do not join them.
void LoopResolver::begin_anew(Files files) {
    ++age_;
    for (NameCache& cache : caches_) cache.clear();
    for (auto& pending : pending_) pending.clear();
    if (channel_) retired_.push_back(std::move(channel_));
    sources_ = std::move(files.sources);
    conf_ = files.conf;
    hosts_ = std::move(files.hosts);
}

// The errno, when there is no descriptor to read them with: then they are looked at again next time.
Task<int> LoopResolver::notice_changes() {
    if (has_looked()) co_return 0;
    const Lock::Guard turn = co_await reading_.acquire();
    while (true) {
        const std::string conf = options_.resolv_conf();
        const std::string hosts = hosts_path();
        std::vector<FileStamp> stamps = {FileStamp::of(conf), FileStamp::of(kNsswitch), FileStamp::of(hosts)};
        if (stamps != stamps_) {
            const unsigned configured = configured_;
            Files files = co_await to_thread(&Files::read, conf, hosts);
            if (files.missing != 0) co_return files.missing;
            if (configured != configured_) continue;
            begin_anew(std::move(files));
            stamps_ = std::move(stamps);
        }
        looked_at_ = now();
        co_return 0;
    }
}

bool LoopResolver::must_ask_system(const std::string& host) const noexcept {
    if (is_system_by_environment_ || options_.is_system()) return true;
    if (!options_.servers().empty()) return false;
    return !conf_.has_server || sources_.ask_system_for(host);
}

// Null when no line has it.
NameAnswerPtr LoopResolver::in_hosts(const std::string& host) const {
    const std::vector<Address> addresses = hosts_.find(host);
    return addresses.empty() ? nullptr : answer_of(addresses);
}

Task<HostPlan> LoopResolver::plan(std::string host) {
    const int missing = co_await notice_changes();
    std::erase_if(retired_, [](const auto& channel) { return channel->running() == 0; });
    HostPlan plan;
    if (is_under(host, "invalid")) {
        plan.known = no_such_host();
    } else if (missing != 0) {
        plan.known = no_descriptor(missing);
    } else if (is_under(host, "localhost")) {
        plan.known = in_hosts(host);
        if (plan.known == nullptr) plan.known = loopback();
    } else if (must_ask_system(host)) {
        plan.is_by_system = true;
    } else {
        plan = plan_servers(host);
    }
    co_return plan;
}

HostPlan LoopResolver::plan_servers(const std::string& host) {
    HostPlan plan;
    const std::size_t files = lookups().find('f');
    const NameAnswerPtr listed = files == std::string::npos ? nullptr : in_hosts(host);
    if (listed != nullptr && files < lookups().find('b')) {
        plan.known = listed;
    } else if (AresChannel* const asked = channel()) {
        plan.names = asked->names_of(host);
        plan.otherwise = listed;
    } else if (const int missing = missing_descriptor()) {
        plan.known = no_descriptor(missing);
    } else {
        plan.is_by_system = true;
    }
    return plan;
}

Task<NameAnswerPtr> LoopResolver::find(std::string host) {
    HostPlan plan = co_await this->plan(std::move(host));
    if (plan.is_by_system) co_return nullptr;
    if (plan.known) co_return plan.known;
    HostSearch search(std::move(plan.names), std::move(plan.otherwise));
    do {
        auto both = co_await gather(ask(search.name(), Family::kIPv6), ask(search.name(), Family::kIPv4));
        search.answered(Family::kIPv6, std::move(std::get<0>(both)));
        search.answered(Family::kIPv4, std::move(std::get<1>(both)));
    } while (search.go_on());
    co_return std::make_shared<NameAnswer>(search.outcome());
}

NameAnswerPtr LoopResolver::known(const std::string& name, Family family) {
    return caches_[index_of(family)].find(name, now());
}

Task<NameAnswerPtr> LoopResolver::ask(std::string name, Family family) {
    if (auto kept = known(name, family)) co_return kept;
    PendingAwaiter answer(begin(name, family));
    co_return co_await answer;
}

std::shared_ptr<Pending> LoopResolver::begin(const std::string& name, Family family) {
    auto& all = pending_[index_of(family)];
    if (const auto found = all.find(name); found != all.end()) return found->second;
    auto pending = std::make_shared<Pending>();
    AresChannel* const asked = channel();
    if (asked == nullptr) {
        pending->answer = no_descriptor(missing_descriptor());
        return pending;
    }
    all[name] = pending;
    asked->ask(name, family, [this, name, family, pending, age = age_](NameAnswer answer) {
        finish(name, family, pending, std::move(answer), age);
    });
    return pending;
}

void LoopResolver::finish(const std::string& name, Family family, const std::shared_ptr<Pending>& pending,
                          NameAnswer answer, unsigned age) {
    pending->answer = std::make_shared<NameAnswer>(std::move(answer));
    Schedule::current().wake_all(pending->waiters);
    if (age != age_) return;
    pending_[index_of(family)].erase(name);
    caches_[index_of(family)].keep(name, pending->answer, now());
}

// A channel that is made without a descriptor would have read no files, and never learn better.
AresChannel* LoopResolver::channel() {
    if (!channel_ && missing_descriptor() == 0) channel_ = make_channel();
    return channel_.get();
}

// Servers that the user named are asked, whatever the system does.
const std::string& LoopResolver::lookups() const noexcept {
    static const std::string files_first = "fb";
    return sources_.only_system ? files_first : sources_.lookups;
}

std::unique_ptr<AresChannel> LoopResolver::make_channel() const {
    AresSettings settings;
    settings.servers = options_.servers();
    settings.resolv_conf = options_.resolv_conf();
    settings.timeout = options_.timeout().value_or(conf_.timeout.value_or(kTimeout));
    settings.tries = options_.tries().value_or(conf_.attempts.value_or(kTries));
    return AresChannel::make(settings);
}

}  // namespace trawl::net
