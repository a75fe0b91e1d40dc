/// A server whose connections are coroutines of the test's own: it sends what it likes, when it likes, as often as it
/// likes, and counts it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl::testing {

/// One connection as its server sees it. What it does throws OsError when the client has gone.
class RawPeer {
public:
    RawPeer(TcpStream stream, std::size_t number, std::size_t& sent)
        : stream_(std::move(stream)), number_(number), sent_(&sent) {}

    /// 0 for the first connection that was accepted.
    [[nodiscard]] std::size_t number() const noexcept { return number_; }
    /// The next request's head; "" when the client has ended.
    Task<std::string> head() {
        std::size_t end = received_.find("\r\n\r\n");
        while (end == std::string::npos) {
            Buffer buffer = co_await stream_.receive();
            if (buffer.empty()) co_return "";
            received_ += buffer.view();
            end = received_.find("\r\n\r\n");
        }
        std::string head = received_.substr(0, end + 4);
        received_.erase(0, end + 4);
        co_return head;
    }
    /// What has come behind the heads that were taken, or what comes next; "" when the client has ended.
    Task<std::string> some() {
        if (!received_.empty()) co_return std::exchange(received_, {});
        Buffer buffer = co_await stream_.receive();
        co_return std::string(buffer.view());
    }
    /// Takes so many bytes behind the heads that were taken, or those that come until the client ends.
    Task<> skip(std::size_t size) {
        while (true) {
            const std::size_t taken = std::min(size, received_.size());
            received_.erase(0, taken);
            size -= taken;
            if (size == 0) co_return;
            Buffer buffer = co_await stream_.receive();
            if (buffer.empty()) co_return;
            received_ += buffer.view();
        }
    }
    /// What has come behind the heads that were taken, and what comes, until the client ends. Not an error when it
    /// resets.
    Task<std::string> rest() {
        try {
            while (true) {
                Buffer buffer = co_await stream_.receive();
                if (buffer.empty()) break;
                received_ += buffer.view();
            }
        } catch (const OsError&) {  // ignored: a reset is an end, too
        }
        co_return std::exchange(received_, {});
    }
    Task<> send(std::string bytes) {
        co_await stream_.send(bytes);
        *sent_ += bytes.size();
    }
    /// Ends with an OsError, when the client has gone.
    Task<> send_without_end(std::string piece) {
        while (true) {
            co_await stream_.send(piece);
            *sent_ += piece.size();
        }
    }
    /// The client sees the end of the stream, and may send on.
    void half_close() { stream_.shutdown_send(); }
    void reset() { stream_.reset(); }

private:
    TcpStream stream_;
    std::size_t number_;
    std::size_t* sent_;
    std::string received_;
};

/// Serves while it lives.
class RawServer {
public:
    using Play = std::function<Task<>(RawPeer&)>;

    explicit RawServer(Play play) : listener_(TcpListener::bind("127.0.0.1", 0)), play_(std::move(play)) {
        group_.spawn(accept_all());
    }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port()); }
    [[nodiscard]] std::size_t connections() const noexcept { return connections_; }
    /// Bytes that the kernel took, over all connections: what the clients received, and what lies between.
    [[nodiscard]] std::size_t sent() const noexcept { return sent_; }

private:
    Task<> accept_all() {
        while (true) {
            TcpStream stream = co_await listener_.accept();
            group_.spawn(serve(std::move(stream), connections_++));
        }
    }
    Task<> serve(TcpStream stream, std::size_t number) {
        RawPeer peer(std::move(stream), number, sent_);
        try {
            co_await play_(peer);
        } catch (const OsError&) {  // ignored: the client is gone, and its test says what it expects
        }
    }

    TcpListener listener_;
    Play play_;
    std::size_t connections_ = 0;
    std::size_t sent_ = 0;
    TaskGroup group_;
};

}  // namespace trawl::testing
