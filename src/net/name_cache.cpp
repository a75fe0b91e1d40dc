#include "name_cache.hpp"

#include <algorithm>

namespace trawl::net {
namespace {

using std::chrono::seconds;

// A TTL of zero would mean a lookup per connection, and one of a day that a change of address is not noticed.
constexpr seconds kTtlMin{1};
constexpr seconds kTtlMax{60};
// RFC 2308, section 5, would allow hours; but a name that was just made should work soon.
constexpr seconds kNegativeTtlMax{10};

}  // namespace

Duration NameCache::time_of(const NameAnswer& answer) noexcept {
    return std::clamp(answer.ttl, kTtlMin, answer.addresses.empty() ? kNegativeTtlMax : kTtlMax);
}

std::shared_ptr<const NameAnswer> NameCache::find(const std::string& name, TimePoint now) {
    const auto found = names_.find(name);
    if (found == names_.end()) return nullptr;
    if (now < found->second.until) return found->second.answer;
    forget(name);
    return nullptr;
}

void NameCache::keep(const std::string& name, std::shared_ptr<const NameAnswer> answer, TimePoint now) {
    if (!answer->may_be_kept || names_max_ == 0) return;
    forget(name);
    if (names_.size() == names_max_) forget(std::string(ends_.begin()->second));
    const TimePoint until = now + time_of(*answer);
    ends_.emplace(until, name);
    names_.emplace(name, Kept{std::move(answer), until});
}

void NameCache::forget(const std::string& name) {
    const auto found = names_.find(name);
    if (found == names_.end()) return;
    ends_.erase({found->second.until, name});
    names_.erase(found);
}

void NameCache::clear() noexcept {
    names_.clear();
    ends_.clear();
}

}  // namespace trawl::net
