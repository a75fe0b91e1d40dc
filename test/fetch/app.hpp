/// A source for tests: a server whose answers are a function of the target.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl::testing {

/// Keeps connections alive, and counts. An empty answer resets the connection; one without a length ends with it.
class App {
public:
    using Respond = std::function<std::string(const std::string& target, int times_asked)>;

    explicit App(Respond respond) : listener_(TcpListener::bind("127.0.0.1", 0)), respond_(std::move(respond)) {
        group_.spawn(accept_all());
    }
    [[nodiscard]] std::string origin() const { return format("http://127.0.0.1:{}", listener_.port()); }
    [[nodiscard]] std::string url(const std::string& target) const { return origin() + target; }
    [[nodiscard]] int requests() const { return requests_; }
    [[nodiscard]] bool was_told(const std::string& text) const { return heads_.find(text) != std::string::npos; }

private:
    Task<> accept_all() {
        while (true) {
            TcpStream stream = co_await listener_.accept();
            group_.spawn(serve_until_it_leaves(std::move(stream)));
        }
    }
    Task<> serve_until_it_leaves(TcpStream stream) {
        try {
            co_await serve(std::move(stream));
        } catch (const OsError&) {  // a client that drops a request resets its connection
        }
    }
    Task<> serve(TcpStream stream) {
        std::string received;
        while (true) {
            const auto end = received.find("\r\n\r\n");
            if (end == std::string::npos) {
                Buffer buffer = co_await stream.receive();
                if (buffer.empty()) co_return;
                received += buffer.view();
                continue;
            }
            const std::string target = received.substr(4, received.find(' ', 4) - 4);
            heads_ += received.substr(0, end + 4);
            received.erase(0, end + 4);
            ++requests_;
            co_await sleep(Duration::zero());
            const std::string answer = respond_(target, ++asked_[target]);
            if (answer.empty()) stream.reset();
            if (answer.empty()) co_return;
            co_await stream.send(answer);
            if (answer.find("Content-Length") == std::string::npos) co_return;  // its end is the connection's
        }
    }

    TcpListener listener_;
    Respond respond_;
    std::map<std::string, int> asked_;
    int requests_ = 0;
    std::string heads_;
    TaskGroup group_;
};

inline std::string answer(const std::string& body, const std::string& status = "200 OK",
                          const std::string& fields = {}) {
    return format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), fields, body);
}

inline int number_in(const std::string& target, const std::string& key) {
    const auto at = target.find(key + "=");
    return at == std::string::npos ? 1 : std::stoi(target.substr(at + key.size() + 1));
}

}  // namespace trawl::testing
