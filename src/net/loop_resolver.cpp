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
#include "socket.hpp"
#include "system_lookup.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::net {
namespace {

using Reason = ResolveError::Reason;

// What c-ares itself came to, in 1.20: half of what resolv.conf(5) says, because an answer takes a tenth of a second.
constexpr Duration kTimeout = std::chrono::seconds(2);
constexpr int kTries = 3;

constexpr const char* kNsswitch = "/etc/nsswitch.conf";
// What one of these files may hold: more than any does, and nothing that takes time to read.
constexpr std::size_t kFileMax = std::size_t{64} * 1024;

/// Waits for a lookup's end.
class PendingAwaiter final : public Waiter {
public:
    explicit PendingAwaiter(std::shared_ptr<Pending> pending) noexcept : pending_(std::move(pending)) {}
    [[nodiscard]] bool await_ready() const noexcept { return pending_->answer != nullptr; }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
        suspend(handle);
        pending_->waiters.push_back(*this);
    }
    [[nodiscard]] std::shared_ptr<const NameAnswer> await_resume() const noexcept { return pending_->answer; }
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

std::string text_of(const std::string& path) {
    std::string text(kFileMax, '\0');
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const ssize_t got = fd < 0 ? 0 : ::read(fd, text.data(), text.size());
    if (fd >= 0) ::close(fd);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return text;
}

NameAnswer loopback() {
    NameAnswer answer;
    answer.addresses = {numeric_address("::1", 0), numeric_address("127.0.0.1", 0)};
    return answer;
}

NameAnswer no_such_host() {
    NameAnswer answer;
    answer.reason = Reason::kNoSuchHost;
    answer.why = "nothing under 'invalid' exists (RFC 6761); check the name";
    return answer;
}

std::shared_ptr<Pending> ended(NameAnswer answer) {
    auto pending = std::make_shared<Pending>();
    pending->answer = std::make_shared<NameAnswer>(std::move(answer));
    return pending;
}

}  // namespace

FileStamp FileStamp::of(const std::string& path) noexcept {
    struct ::stat status{};
    if (::stat(path.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

LoopResolver::LoopResolver() : is_system_by_environment_(is_system_by_environment()) {}

void LoopResolver::configure(ResolverOptions options) {
    options_ = std::move(options);
    stamps_.clear();
}

// Lookups that are underway stay where they are; new ones do not join them.
void LoopResolver::begin_anew() {
    ++age_;
    cache_.clear();
    pending_.clear();
    if (channel_) retired_.push_back(std::move(channel_));
    if (files_) retired_.push_back(std::move(files_));
    sources_ = read_nsswitch(text_of(kNsswitch));
    conf_ = read_resolv_conf(text_of(options_.resolv_conf()));
}

void LoopResolver::notice_changes() {
    if (!stamps_.empty() && now() < looked_at_ + look_interval_) return;
    looked_at_ = now();
    std::vector<FileStamp> stamps = {FileStamp::of(options_.resolv_conf()), FileStamp::of(kNsswitch),
                                     FileStamp::of(hosts_path())};
    if (stamps == stamps_) return;
    stamps_ = std::move(stamps);
    begin_anew();
}

bool LoopResolver::must_ask_system(const std::string& name) const noexcept {
    if (is_system_by_environment_ || options_.is_system()) return true;
    if (!options_.servers().empty()) return false;
    return !conf_.has_server || sources_.ask_system_for(name);
}

Task<std::shared_ptr<const NameAnswer>> LoopResolver::find(std::string name) {
    notice_changes();
    std::erase_if(retired_, [](const auto& channel) { return channel->running() == 0; });
    if (must_ask_system(name) && !is_under(name, "localhost") && !is_under(name, "invalid")) co_return nullptr;
    if (auto kept = cache_.find(name, now())) co_return kept;
    std::shared_ptr<Pending> pending = ask(name);
    if (pending == nullptr) co_return nullptr;
    PendingAwaiter answer(std::move(pending));
    co_return co_await answer;
}

std::shared_ptr<Pending> LoopResolver::ask(const std::string& name) {
    if (is_under(name, "invalid")) return ended(no_such_host());
    if (const auto found = pending_.find(name); found != pending_.end()) return found->second;
    AresChannel* const channel = channel_for(name);
    if (channel == nullptr) {
        NameAnswer answer;
        answer.missing = missing_descriptor();
        return answer.missing == 0 ? nullptr : ended(std::move(answer));
    }
    auto pending = std::make_shared<Pending>();
    pending_[name] = pending;
    channel->ask(
        name, [this, name, pending, age = age_](NameAnswer answer) { finish(name, pending, std::move(answer), age); });
    return pending;
}

void LoopResolver::finish(const std::string& name, const std::shared_ptr<Pending>& pending, NameAnswer answer,
                          unsigned age) {
    if (answer.addresses.empty() && is_under(name, "localhost")) answer = loopback();
    pending->answer = std::make_shared<NameAnswer>(std::move(answer));
    Schedule::current().wake_all(pending->waiters);
    if (age != age_) return;
    pending_.erase(name);
    cache_.keep(name, pending->answer, now());
}

// A channel that is made without a descriptor would have read no files, and never learn better.
AresChannel* LoopResolver::channel_for(const std::string& name) {
    const bool stays_here = is_under(name, "localhost");
    std::unique_ptr<AresChannel>& channel = stays_here ? files_ : channel_;
    if (!channel && missing_descriptor() == 0) channel = make_channel(stays_here ? "f" : lookups());
    return channel.get();
}

// Servers that the user named are asked, whatever the system does.
std::string LoopResolver::lookups() const { return sources_.only_system ? "fb" : sources_.lookups; }

std::unique_ptr<AresChannel> LoopResolver::make_channel(const std::string& lookups) const {
    AresSettings settings;
    settings.servers = options_.servers();
    settings.resolv_conf = options_.resolv_conf();
    settings.lookups = lookups;
    settings.timeout = options_.timeout().value_or(conf_.timeout.value_or(kTimeout));
    settings.tries = options_.tries().value_or(conf_.attempts.value_or(kTries));
    return AresChannel::make(settings);
}

}  // namespace trawl::net
