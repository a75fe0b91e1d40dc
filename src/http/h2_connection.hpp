/// A connection of HTTP/2, shared by the exchanges on it: one task reads it and one writes it, whoever waits.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "h2_memory.hpp"
#include "h2_session.hpp"
#include "transport.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/background.hpp"
#include "trawl/sync/event.hpp"

namespace trawl::http {

class H2Connection {
public:
    using Shared = std::shared_ptr<H2Connection>;
    /// `changed` is called when takes_requests() or streams_max() may have changed. It may close() the connection.
    H2Connection(Transport transport, const H2Limits& limits, std::function<void()> changed)
        : transport_(std::move(transport)), session_(limits), changed_(std::move(changed)) {}

    /// Starts the tasks, which hold it until close(), or until it has ended.
    static void start(const Shared& self);
    /// Ends them; exchanges that are under way find that it is closed.
    void close() noexcept;

    /// Begins an exchange; `news` is set when something came of it, until forget(). Throws UsageError for a request
    /// that is none.
    StreamId begin(const Request& request, Event& news);
    [[nodiscard]] H2Stream& stream(StreamId id) { return session_.stream(id); }
    /// The request's body is out to its end, which is news too; how far it is.
    [[nodiscard]] bool is_body_out(StreamId id) const { return session_.is_body_out(id); }
    [[nodiscard]] std::size_t body_sent(StreamId id) const { return session_.body_sent(id); }
    /// The reader took so many bytes out of the stream's body.
    void took(StreamId id, std::size_t size);
    void forget(StreamId id) noexcept;

    /// Another exchange may begin.
    [[nodiscard]] bool takes_requests() const noexcept {
        return !is_closed_ && !is_suspect_ && session_.is_open_for_more();
    }
    [[nodiscard]] std::size_t streams_max() const noexcept { return session_.streams_max(); }
    /// What broke it; null if it was nothing of the network's.
    [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_; }
    /// An answer was waited for so long in vain. If nothing else has come either, for half of that time, it takes no
    /// further requests.
    void suspect(Duration silence);

private:
    static Task<> read(Shared self);
    static Task<> write(Shared self);
    void broke(std::exception_ptr error);
    void tell();
    void wake(const std::vector<StreamId>& ids);

    Transport transport_;
    H2Session session_;
    std::function<void()> changed_;
    std::unordered_map<StreamId, Event*, std::hash<StreamId>, std::equal_to<>,
                       H2Allocator<std::pair<const StreamId, Event*>>>
        news_;
    Event has_output_;
    std::exception_ptr error_;
    TimePoint last_arrival_{};
    bool is_closed_ = false;
    bool is_suspect_ = false;
    Background tasks_;
};

}  // namespace trawl::http
