/// RequestSteps: a request, and what it leads to, one sending at a time: for those who ration what servers are asked.
///
///     RequestSteps steps = client.steps(client.get("/page").follow_redirects());
///     while (!co_await steps.send()) co_await permission_for(steps.request().url());
///     Response page = steps.take_response();
///
/// What leads on is what Client::send() would send by itself: a redirect that is to be followed, a 401 that the
/// request's login answers, and a kept connection that was closed at the moment at which it was used. No policy's
/// retries: the caller has its own. The client must outlive it.
#pragma once

#include <memory>

#include "trawl/coro/task.hpp"
#include "trawl/http/headers.hpp"
#include "trawl/http/response.hpp"

namespace trawl {

class Client;
class Request;

class RequestSteps {
public:
    RequestSteps(RequestSteps&&) noexcept;
    RequestSteps& operator=(RequestSteps&&) noexcept;
    ~RequestSteps();

    /// Sends request() once. True: it is answered, and take_response() has the whole answer. False: request() is what
    /// is to be sent next. Suspends, for at most the request's timeout() each time. Throws what Client::send() throws;
    /// after that, or when it was answered, it is not to be called again.
    Task<bool> send();

    [[nodiscard]] const Request& request() const noexcept;
    /// The status of the answer that led to request(); 0 when none came, and for the first.
    [[nodiscard]] int status() const noexcept;
    /// Its head.
    [[nodiscard]] const Headers& headers() const noexcept;

    /// Requires: send() has given true. To be called once.
    [[nodiscard]] Response take_response();

private:
    friend class Client;
    struct State;
    explicit RequestSteps(std::unique_ptr<State> state) noexcept;

    std::unique_ptr<State> state_;
};

}  // namespace trawl
