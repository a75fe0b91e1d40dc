/// Opens an exchange in as many attempts as a policy allows.
#pragma once

#include <functional>

#include "attempts.hpp"
#include "exchange.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/http/client.hpp"

namespace trawl::http {

/// Sends a request once, as the Client does without a policy, and gives its answer when the head is there.
using Opener = std::function<Task<Exchange>(Request)>;

/// The first answer that is none of those to try again after, or the last one. `is_whole`: its body is read to its end,
/// within the attempt. Throws what the last attempt threw; TimeoutError at the deadline.
Task<Exchange> open_in_attempts(const Opener& open, Request request, Attempts& attempts, bool is_whole);

/// Reads what is left of a body that nobody wants, for a moment, so that its connection may serve on.
Task<> skip_body(Exchange& exchange);

}  // namespace trawl::http
