/// How far a request has come on its way to an answer: what bounds the sendings that it leads to.
#pragma once

#include <cstddef>
#include <functional>

#include "trawl/base/clock.hpp"
#include "trawl/http/headers.hpp"

namespace trawl::http {

struct Journey {
    std::size_t hops = 0;                    // redirects followed
    int repeats = 0;                         // in a row, over another connection
    int challenges = 0;                      // that a login has answered
    int status = 0;                          // of the answer that led to what is sent next; 0: none came
    Headers answer;                          // its head
    std::function<void(TimePoint)> on_sent;  // told of each sending, if it is there
};

}  // namespace trawl::http
