/// RequestSteps: a request, and what it leads to, one sending at a time: for those who ration what servers are asked.
///
///     RequestSteps steps = client.steps(client.get("/page").follow_redirects());
///     while (!co_await steps.send()) co_await permission_for(steps.request().url());
///     while (!steps.is_complete()) co_await steps.more();  // its body, as long as it has not come
///     Response page = steps.take_response();
///
/// What leads on is what Client::send() would send by itself: a redirect that is to be followed, a 401 that the
/// request's login answers, and a kept connection that was closed at the moment at which it was used. No policy's
/// retries: the caller has its own. The client must outlive it.
#pragma once

#include <functional>
#include <memory>

#include "trawl/base/clock.hpp"
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

    /// Calls `tell` whenever a request leaves, with the time: it has waited for its connection by then. One for which
    /// none could be made has never left. `tell` does not throw.
    void when_sent(std::function<void(TimePoint)> tell);

    /// Sends request() once. True: the head of its answer is there, and whatever came with it of the body. False:
    /// request() is what is to be sent next. Suspends. Throws what Client::send() throws; after that, or when it was
    /// answered, it is not to be called again. A request's timeout() is for each sending with its answer: for the time
    /// in send() and more().
    Task<bool> send();

    /// What was sent last, or is to be sent next.
    [[nodiscard]] const Request& request() const noexcept;
    /// The status of the answer that came last; 0 when none came.
    [[nodiscard]] int status() const noexcept;
    /// Its head.
    [[nodiscard]] const Headers& headers() const noexcept;

    // The rest requires that send() has given true.
    [[nodiscard]] bool is_complete() const noexcept;
    /// Bytes of the body that are there, decoded.
    [[nodiscard]] std::size_t received() const noexcept;
    /// Waits for more of the body, or its end. Suspends; throws as send() does. Requires: not complete.
    Task<> more();
    /// Requires: complete. To be called once.
    [[nodiscard]] Response take_response();

private:
    friend class Client;
    struct State;
    explicit RequestSteps(std::unique_ptr<State> state) noexcept;

    std::unique_ptr<State> state_;
};

}  // namespace trawl
