/// What looking up a host's name came to.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/net/address.hpp"

namespace trawl::net {

struct NameAnswer {
    std::vector<Address> addresses;  // in the order in which to try them, without a port; none when it failed
    std::chrono::seconds ttl{};      // for how long servers say that it holds
    bool may_be_kept = false;        // it is the servers' word: these addresses, or that there are none

    // Of a failure.
    ResolveError::Reason reason = ResolveError::Reason::kOther;
    std::string why;  // a phrase that follows a colon
    int missing = 0;  // the errno, when there was no descriptor to ask with: that is no word about the host
};

}  // namespace trawl::net
