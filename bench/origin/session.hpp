/// A connection: requests in, answers out, one after the other, until either side has enough.
#pragma once

#include <string>
#include <string_view>

#include "h1.hpp"
#include "source.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/buffer.hpp"
#include "trawl/net/tcp.hpp"
#include "wire.hpp"

namespace trawl::origin {

class Session {
public:
    /// `source` must outlive it.
    Session(TcpStream stream, Source& source);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// Ends when the connection does. A peer that goes away is no error.
    Task<> run();

private:
    // Those that give a bool say whether the connection is of further use.
    Task<> converse();
    Task<bool> next_request();
    Task<Buffer> receive();
    Task<> refuse(int status, std::string message);
    Task<bool> answer_request();
    Task<bool> answer_page(Route route, bool head_only);
    Answer page_or_fault(const Route& route, Fate& fate);
    Answer try_later(int status, Duration wait) const;
    Task<bool> deliver(Answer answer, Fate fate, bool head_only);
    Task<> drip(std::string_view bytes);
    Task<> reset_after(std::string_view bytes);
    Task<> send(std::string_view bytes);
    Task<> wait_for_close();
    [[nodiscard]] Framing framing(bool head_only) const;

    TcpStream stream_;
    Source& source_;
    http::RequestParser parser_;
    std::size_t requests_ = 0;
};

}  // namespace trawl::origin
