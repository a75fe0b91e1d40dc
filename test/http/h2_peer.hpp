/// The other side of HTTP/2, for tests: frames made by hand, and a server of nghttp2's.
#pragma once

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "h2_session.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http::h2 {

inline std::string big_endian(std::uint32_t number, int bytes) {
    std::string out;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
    return out;
}

enum Flag : std::uint8_t { none = 0, ack = 1, end_stream = 1, end_headers = 4, padded = 8 };

inline std::string frame(H2FrameType type, int flags, StreamId id, std::string_view payload = {}) {
    return big_endian(static_cast<std::uint32_t>(payload.size()), 3) + static_cast<char>(type) +
           static_cast<char>(flags) + big_endian(static_cast<std::uint32_t>(id), 4) + std::string(payload);
}

inline std::string settings(const std::vector<std::pair<std::uint16_t, std::uint32_t>>& entries = {}) {
    std::string payload;
    for (const auto& [id, value] : entries) payload += big_endian(id, 2) + big_endian(value, 4);
    return frame(H2FrameType::settings, none, 0, payload);
}
inline std::string settings_ack() { return frame(H2FrameType::settings, ack, 0); }

/// HPACK's string literal without Huffman's code (RFC 7541 section 5.2).
inline std::string literal(std::string_view text) {
    std::string out;
    if (text.size() < 127) {
        out += static_cast<char>(text.size());
    } else {
        out += '\x7f';
        std::size_t rest = text.size() - 127;
        for (; rest >= 128; rest /= 128) out += static_cast<char>(rest % 128 + 128);
        out += static_cast<char>(rest);
    }
    return out += text;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

inline std::string block(const Fields& fields) {
    std::string out;
    for (const auto& [name, value] : fields) out += '\0' + literal(name) + literal(value);
    return out;
}

inline std::string head(StreamId id, const Fields& fields, int flags = none) {
    return frame(H2FrameType::headers, end_headers | flags, id, block(fields));
}
inline std::string ok(StreamId id, int flags = none) { return head(id, {{":status", "200"}}, flags); }
inline std::string data(StreamId id, std::string_view payload, int flags = none) {
    return frame(H2FrameType::data, flags, id, payload);
}
inline std::string reset(StreamId id, std::uint32_t code) {
    return frame(H2FrameType::rst_stream, none, id, big_endian(code, 4));
}
inline std::string window_update(StreamId id, std::uint32_t size) {
    return frame(H2FrameType::window_update, none, id, big_endian(size, 4));
}
inline std::string ping() { return frame(H2FrameType::ping, none, 0, "12345678"); }
inline std::string goaway(StreamId last, std::uint32_t code = 0, std::string_view debug = {}) {
    return frame(H2FrameType::goaway, none, 0,
                 big_endian(static_cast<std::uint32_t>(last), 4) + big_endian(code, 4) + std::string(debug));
}

inline std::string repeated(const std::string& text, std::size_t times) {
    std::string out;
    out.reserve(text.size() * times);
    while (times-- > 0) out += text;
    return out;
}

inline const Url& url() {
    static const Url made = Url::parse("http://a.example/x?y=1");
    return made;
}

inline StreamId get(H2Session& session) { return session.begin("GET", url(), {}); }

/// All that it has to say now.
inline std::string drain(H2Session& session) {
    std::string out;
    while (session.wants_write()) {
        const std::string piece = session.output();
        EXPECT_TRUE(!piece.empty() || !session.wants_write());
        EXPECT_LE(piece.size(), 65'536U);
        out += piece;
    }
    return out;
}

/// The frames in `bytes`, as "HEADERS 1 end, DATA 1 5 bytes, RST_STREAM 1 CANCEL (8)"; the preface is skipped.
inline std::string frames(std::string_view bytes) {
    constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    constexpr std::string_view names[] = {"DATA",         "HEADERS", "PRIORITY", "RST_STREAM",    "SETTINGS",
                                          "PUSH_PROMISE", "PING",    "GOAWAY",   "WINDOW_UPDATE", "CONTINUATION"};
    if (bytes.starts_with(preface)) bytes.remove_prefix(preface.size());
    std::string out;
    while (bytes.size() >= 9) {
        const auto number = [&bytes](std::size_t at, int size) {
            std::uint32_t value = 0;
            for (int i = 0; i < size; ++i)
                value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
            return value;
        };
        const std::size_t length = number(0, 3);
        const std::uint32_t type = number(3, 1);
        out += format("{}{} {}", out.empty() ? "" : ", ", names[type], number(5, 4));
        if (type == 0) out += format(" {} bytes", length);
        if (type == 3) out += format(" {}", h2_error_name(number(9, 4)));
        if (type == 7) out += format(" {}", h2_error_name(number(13, 4)));
        if (type == 8) out += format(" +{}", number(9, 4));
        if (type <= 1 && (number(4, 1) & end_stream) != 0) out += " end";
        if ((type == 4 || type == 6) && (number(4, 1) & ack) != 0) out += " ack";
        bytes.remove_prefix(std::min(bytes.size(), 9 + length));
    }
    return out;
}

/// "200 [a=1] body 'xyz' complete", "failed: reset", with ", may repeat".
inline std::string shown(H2Session& session, StreamId id) {
    H2Stream& stream = session.stream(id);
    if (stream.state() == H2State::failed)
        return format("failed: {}{}", to_string(stream.failure().code), stream.may_repeat() ? ", may repeat" : "");
    if (stream.state() == H2State::head) return stream.started() ? "head" : "nothing";
    std::string fields;
    for (const auto [name, value] : stream.headers())
        fields += format("{}{}={}", fields.empty() ? "" : " ", name, value);
    return format("{} [{}] body '{}'{}", stream.status(), fields, stream.body(),
                  stream.state() == H2State::complete ? " complete" : "");
}

/// A server that answers what it is told to.
class Server {
public:
    struct Request {
        std::vector<std::string> fields;  ///< "name: value", "name: value (never indexed)"
        std::string body;
        bool complete = false;
    };

    explicit Server(const std::vector<nghttp2_settings_entry>& entries = {}, bool reads = true) {
        nghttp2_session_callbacks* callbacks = nullptr;
        nghttp2_session_callbacks_new(&callbacks);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
        nghttp2_option* options = nullptr;
        nghttp2_option_new(&options);
        nghttp2_option_set_no_auto_window_update(options, reads ? 0 : 1);
        EXPECT_EQ(nghttp2_session_server_new2(&session_, callbacks, this, options), 0);
        nghttp2_option_del(options);
        nghttp2_session_callbacks_del(callbacks);
        EXPECT_EQ(nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, entries.data(), entries.size()), 0);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() { nghttp2_session_del(session_); }

    void feed(std::string_view bytes) {
        const auto size =
            nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        EXPECT_EQ(size, static_cast<ssize_t>(bytes.size()));
    }
    std::string output() {
        std::string out;
        const std::uint8_t* bytes = nullptr;
        for (ssize_t size = 0; (size = nghttp2_session_mem_send(session_, &bytes)) > 0;)
            out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
        return out;
    }

    /// Submits header fields and, behind them, a body that ends the stream.
    void respond(StreamId id, const Fields& fields, std::string body) {
        bodies_[id] = std::move(body);
        nghttp2_data_provider provider{};
        provider.read_callback = read_body;
        const std::vector<nghttp2_nv> native = to_native(fields);
        EXPECT_EQ(nghttp2_submit_response(session_, id, native.data(), native.size(), &provider), 0);
    }
    void reset(StreamId id, std::uint32_t code) {
        EXPECT_EQ(nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, code), 0);
    }
    void read(StreamId id, std::size_t size) { EXPECT_EQ(nghttp2_session_consume(session_, id, size), 0); }
    /// Bytes of a response that were not sent yet.
    [[nodiscard]] std::size_t unsent(StreamId id) { return bodies_[id].size(); }

    std::map<StreamId, Request> requests;
    std::vector<std::string> closed;  ///< "1 CANCEL (8)"

private:
    static std::vector<nghttp2_nv> to_native(const Fields& fields) {
        std::vector<nghttp2_nv> out;
        const auto bytes = [](const std::string& text) {
            return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
        };
        for (const auto& [name, value] : fields)
            out.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
        return out;
    }
    static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                         const std::uint8_t* value, std::size_t value_size, std::uint8_t flags, void* self) {
        const std::string_view name_text(reinterpret_cast<const char*>(name), name_size);
        const std::string_view value_text(reinterpret_cast<const char*>(value), value_size);
        const char* note = (flags & NGHTTP2_NV_FLAG_NO_INDEX) != 0 ? " (never indexed)" : "";
        static_cast<Server*>(self)->requests[frame->hd.stream_id].fields.push_back(
            format("{}: {}{}", name_text, value_text, note));
        return 0;
    }
    static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
        const bool carries = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
        if (carries && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0)
            static_cast<Server*>(self)->requests[frame->hd.stream_id].complete = true;
        return 0;
    }
    static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                       void* self) {
        static_cast<Server*>(self)->requests[id].body.append(reinterpret_cast<const char*>(bytes), size);
        return 0;
    }
    static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t code, void* self) {
        static_cast<Server*>(self)->closed.push_back(format("{} {}", id, h2_error_name(code)));
        return 0;
    }
    static ssize_t read_body(nghttp2_session*, std::int32_t id, std::uint8_t* out, std::size_t size,
                             std::uint32_t* flags, nghttp2_data_source*, void* self) {
        std::string& body = static_cast<Server*>(self)->bodies_[id];
        const std::size_t taken = body.copy(reinterpret_cast<char*>(out), size);
        body.erase(0, taken);
        if (body.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<ssize_t>(taken);
    }

    nghttp2_session* session_ = nullptr;
    std::map<StreamId, std::string> bodies_;
};

/// Carries bytes both ways until neither has anything to say.
inline void talk(H2Session& client, Server& server) {
    for (;;) {
        const std::string there = drain(client);
        server.feed(there);
        const std::string back = server.output();
        client.feed(back);
        if (there.empty() && back.empty()) return;
    }
}

}  // namespace trawl::http::h2
