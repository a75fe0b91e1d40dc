/// What lookups come to, for tests that make no lookup.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "name_answer.hpp"
#include "socket.hpp"

namespace trawl::net {

/// IPv6 addresses are preferred, as on a machine that has both.
inline NameAnswerPtr found(const std::vector<std::string>& digits) {
    auto answer = std::make_shared<NameAnswer>();
    for (const std::string& one : digits)
        answer->addresses.push_back({numeric_address(one, 0), one.contains(':') ? 2U : 1U});
    answer->ttl = std::chrono::seconds(60);
    answer->may_be_kept = true;
    return answer;
}

inline NameAnswerPtr without(ResolveError::Reason reason) {
    auto answer = std::make_shared<NameAnswer>();
    answer->reason = reason;
    answer->why = "told so";
    return answer;
}

}  // namespace trawl::net
