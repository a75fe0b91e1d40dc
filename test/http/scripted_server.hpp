/// A server that does what a script says: for each connection a list of answers, sent byte for byte.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl::testing {

/// What to do with one request.
struct Answer {
    std::string bytes;
    enum class Then { keep, close, reset, stall } then = Then::keep;
};

inline std::string ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Serves while it lives. Each accepted connection takes the next script; the last one is used again and again.
class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<std::vector<Answer>> scripts)
        : listener_(TcpListener::bind("127.0.0.1", 0)), scripts_(std::move(scripts)) {
        group_.spawn(accept_all());
    }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port()); }
    /// The request heads that came, in order.
    [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }
    [[nodiscard]] std::size_t connections() const { return connections_; }

private:
    Task<> accept_all() {
        while (true) {
            TcpStream stream = co_await listener_.accept();
            const std::size_t script = std::min(connections_++, scripts_.size() - 1);
            group_.spawn(serve_while_there(std::move(stream), scripts_[script]));
        }
    }

    // A client that closes with bytes unread resets its connection, which must not end the others.
    Task<> serve_while_there(TcpStream stream, std::vector<Answer> answers) {
        try {
            co_await serve(std::move(stream), std::move(answers));
        } catch (const OsError&) {  // ignored: the client is gone, and its test says what it expects
        }
    }

    Task<> serve(TcpStream stream, std::vector<Answer> answers) {
        std::string received;
        for (const Answer& answer : answers) {
            while (received.find("\r\n\r\n") == std::string::npos) {
                Buffer buffer = co_await stream.receive();
                if (buffer.empty()) co_return;
                received += buffer.view();
            }
            const std::size_t end = received.find("\r\n\r\n") + 4;
            requests_.push_back(received.substr(0, end));
            received.erase(0, end);
            co_await stream.send(answer.bytes);
            if (answer.then == Answer::Then::close) co_return;
            if (answer.then == Answer::Then::reset) stream.reset();
            if (answer.then == Answer::Then::reset) co_return;
        }
        Buffer until_the_end = co_await stream.receive();
    }

    TcpListener listener_;
    std::vector<std::vector<Answer>> scripts_;
    std::vector<std::string> requests_;
    std::size_t connections_ = 0;
    TaskGroup group_;
};

}  // namespace trawl::testing
