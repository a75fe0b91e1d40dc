/// A server of HTTP/2 on a socket, without TLS, that answers as a test says.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "h2_peer.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl::http::h2 {

class SocketServer {
public:
    /// One of its connections. What an answer has to say is sent when it returns.
    struct Connection {
        explicit Connection(const std::vector<nghttp2_settings_entry>& entries) : session(entries) {}

        /// "/path?query" of a request.
        [[nodiscard]] std::string path(StreamId id) const {
            for (const std::string& field : session.requests.at(id).fields)
                if (field.starts_with(":path: ")) return field.substr(7);
            return {};
        }

        Server session;
        std::string raw;         ///< sent behind what the session has to say
        bool hangs_up = false;   ///< behind that
        bool is_silent = false;  ///< from now on
        std::set<StreamId> answered;
    };
    /// Called for each request that is complete.
    using Answer = std::function<void(Connection&, StreamId)>;

    explicit SocketServer(Answer answer, std::vector<nghttp2_settings_entry> entries = {})
        : listener_(TcpListener::bind("127.0.0.1", 0)), answer_(std::move(answer)), entries_(std::move(entries)) {
        group_.spawn(accept_all());
    }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port()); }
    [[nodiscard]] std::size_t connections() const { return connections_.size(); }
    [[nodiscard]] Connection& connection(std::size_t index) { return *connections_.at(index); }
    [[nodiscard]] std::size_t request_count() const { return request_count_; }
    [[nodiscard]] std::size_t open_connections() const { return group_.size() - 1; }

private:
    Task<> accept_all() {
        while (true) {
            TcpStream stream = co_await listener_.accept();
            connections_.push_back(std::make_unique<Connection>(entries_));
            group_.spawn(serve_while_there(std::move(stream), *connections_.back()));
        }
    }

    Task<> serve_while_there(TcpStream stream, Connection& connection) {
        try {
            co_await serve(stream, connection);
        } catch (const OsError&) {  // ignored: the client is gone, and its test says what it expects
        }
    }

    Task<> serve(TcpStream& stream, Connection& connection) {
        while (true) {
            const std::string out = connection.session.output() + std::exchange(connection.raw, {});
            if (!out.empty() && !connection.is_silent) co_await stream.send(out);
            if (connection.hangs_up) co_return;
            Buffer arrived = co_await stream.receive();
            if (arrived.empty()) co_return;
            connection.session.feed(arrived.view());
            answer(connection);
        }
    }

    void answer(Connection& connection) {
        for (const auto& [id, request] : connection.session.requests) {
            if (!request.complete || !connection.answered.insert(id).second) continue;
            ++request_count_;
            answer_(connection, id);
        }
    }

    TcpListener listener_;
    Answer answer_;
    std::vector<nghttp2_settings_entry> entries_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::size_t request_count_ = 0;
    TaskGroup group_;
};

}  // namespace trawl::http::h2
