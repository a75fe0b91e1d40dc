/// A request of more bytes than a socket takes at once, on its way out beside the reader of its response.
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <utility>

#include "transport.hpp"
#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/background.hpp"
#include "trawl/sync/event.hpp"

namespace trawl::http {

class H1Sending {
public:
    /// Begins. `transport` outlives it.
    H1Sending(Transport& transport, std::string bytes);

    /// The connection has taken the last byte.
    [[nodiscard]] bool is_out() const noexcept { return is_out_; }
    /// Nothing more is sent: it is out, or the connection takes no more.
    [[nodiscard]] bool is_over() const noexcept { return over_.is_set(); }
    /// Waits until it is over. Throws TimeoutError when nothing more is taken for `limit`, TlsError. What goes on may
    /// take as long as it takes; what stands still from one look to the next does not.
    Task<> end(Duration limit);
    /// More of it was taken since the last call, or since it began.
    [[nodiscard]] bool went_on() noexcept { return std::exchange(seen_, sent_) != sent_; }

private:
    Task<> send();

    Transport& transport_;
    std::string bytes_;
    std::size_t sent_ = 0;  // of the bytes
    std::size_t seen_ = 0;  // of them, at the last look
    Event over_;
    std::exception_ptr error_;
    bool is_out_ = false;
    Background task_;  // the last member, as it uses the others
};

}  // namespace trawl::http
