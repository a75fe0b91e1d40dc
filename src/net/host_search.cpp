#include "host_search.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "system_lookup.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

using Reason = ResolveError::Reason;

NameAnswer joined(const NameAnswer& ipv6, const NameAnswer& ipv4) {
    NameAnswer both;
    both.may_be_kept = ipv6.may_be_kept && ipv4.may_be_kept;
    for (const NameAnswer* one : std::array{&ipv6, &ipv4}) {
        if (one->addresses.empty()) continue;
        both.ttl = both.addresses.empty() ? one->ttl : std::min(both.ttl, one->ttl);
        both.addresses.insert(both.addresses.end(), one->addresses.begin(), one->addresses.end());
    }
    put_in_order(both.addresses);
    return both;
}

}  // namespace

// That there is no such name holds for every type of record (RFC 8020) when a server says so of A. Of AAAA some say it
// although there is an A (RFC 4074, section 4.2).
bool HostSearch::is_absent() const noexcept {
    if (!is_over()) return false;
    if (ipv4()->is_absence() && ipv4()->reason == Reason::kNoSuchHost) return ipv6()->addresses.empty();
    return ipv4()->is_absence() && ipv6()->is_absence();
}

bool HostSearch::is_without_address() const noexcept {
    return std::ranges::any_of(answers_, [](const auto& one) { return one->reason == Reason::kNoAddress; });
}

bool HostSearch::go_on() {
    if (!is_absent() || at_ + 1 == names_.size()) return false;
    is_known_ = is_known_ || is_without_address();
    answers_ = {};
    ++at_;
    return true;
}

NameAnswer HostSearch::absence() const {
    NameAnswer none;
    const bool is_known = is_known_ || is_without_address();
    none.reason = is_known ? Reason::kNoAddress : Reason::kNoSuchHost;
    none.why = is_known ? "the name is known, but has neither an IPv4 nor an IPv6 address"
                        : "there is no such host; check its spelling";
    return none;
}

NameAnswer HostSearch::outcome() const {
    if (is_absent()) return otherwise_ != nullptr ? *otherwise_ : absence();
    NameAnswer both = joined(*ipv6(), *ipv4());
    if (!both.addresses.empty()) return both;
    return ipv4()->is_absence() ? *ipv6() : *ipv4();
}

void throw_no_address(const NameAnswer& answer, const std::string& host) {
    if (answer.missing != 0) throw_no_descriptor(answer.missing, host);
    throw ResolveError(format("no address for host '{}': {}", host, answer.why), answer.reason);
}

}  // namespace trawl::net
