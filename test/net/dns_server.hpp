/// A name server on the loopback that answers as it is told, over UDP and TCP (RFC 1035), and counts.
#pragma once

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/background.hpp"
#include "trawl/net/resolver.hpp"
#include "trawl/net/tcp.hpp"
#include "trawl/net/udp.hpp"

namespace trawl {

inline std::string two_bytes(unsigned value) {
    return {static_cast<char>(value >> 8 & 0xFFU), static_cast<char>(value & 0xFFU)};
}
inline std::string four_bytes(std::uint32_t value) { return two_bytes(value >> 16) + two_bytes(value & 0xFFFFU); }

/// "a.example" as it stands in a message.
inline std::string dns_name(std::string_view name) {
    std::string wire;
    while (!name.empty()) {
        const std::string_view label = name.substr(0, name.find('.'));
        wire += static_cast<char>(label.size());
        wire += label;
        name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    return wire + '\0';
}

constexpr unsigned kDnsA = 1, kDnsCname = 5, kDnsSoa = 6, kDnsAaaa = 28;

/// What is said to one question.
class DnsReply {
public:
    DnsReply() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate

    DnsReply& record(const std::string& name, unsigned type, std::uint32_t ttl, const std::string& data) {
        records_ += dns_name(name) + two_bytes(type) + two_bytes(1) + four_bytes(ttl) +
                    two_bytes(static_cast<unsigned>(data.size())) + data;
        ++count_;
        return *this;
    }
    DnsReply& a(const std::string& name, std::uint32_t ttl, const std::string& digits) {
        std::string data(4, '\0');
        ::inet_pton(AF_INET, digits.c_str(), data.data());
        return record(name, kDnsA, ttl, data);
    }
    DnsReply& aaaa(const std::string& name, std::uint32_t ttl, const std::string& digits) {
        std::string data(16, '\0');
        ::inet_pton(AF_INET6, digits.c_str(), data.data());
        return record(name, kDnsAaaa, ttl, data);
    }
    DnsReply& cname(const std::string& name, std::uint32_t ttl, const std::string& target) {
        return record(name, kDnsCname, ttl, dns_name(target));
    }
    /// Who is responsible, and for how long nothing may be taken for nothing (RFC 2308).
    DnsReply& soa(std::uint32_t ttl, std::uint32_t minimum) {
        const std::string data = dns_name("ns.example") + dns_name("me.example") + four_bytes(1) + four_bytes(2) +
                                 four_bytes(3) + four_bytes(4) + four_bytes(minimum);
        authority_ = dns_name("example") + two_bytes(kDnsSoa) + two_bytes(1) + four_bytes(ttl) +
                     two_bytes(static_cast<unsigned>(data.size())) + data;
        return *this;
    }
    DnsReply& code(unsigned rcode) {
        code_ = rcode;
        return *this;
    }
    DnsReply& silent() {
        is_silent_ = true;
        return *this;
    }
    /// Over UDP: nothing but that there is more.
    DnsReply& truncated() {
        is_truncated_ = true;
        return *this;
    }
    /// Before the answer comes one to another question's id.
    DnsReply& behind_a_wrong_id(const std::string& digits) {
        wrong_ = digits;
        return *this;
    }
    /// The message breaks off within its records.
    DnsReply& broken_off() {
        is_broken_off_ = true;
        return *this;
    }

    /// `question` is the asker's message.
    [[nodiscard]] std::string message(std::string_view question, bool is_udp) const {
        const bool is_empty = is_truncated_ && is_udp;
        const unsigned flags = 0x8180U | code_ | (is_empty ? 0x0200U : 0U);
        std::string text(question.substr(0, 2));
        text += two_bytes(flags) + two_bytes(1) + two_bytes(is_empty ? 0 : count_);
        text += two_bytes(authority_.empty() ? 0 : 1) + two_bytes(0);
        text += question.substr(12);
        if (!is_empty) text += records_;
        text += authority_;
        if (is_broken_off_) text.resize(text.size() - 3);
        return text;
    }

    [[nodiscard]] bool is_silent() const { return is_silent_; }
    [[nodiscard]] const std::string& wrong() const { return wrong_; }

private:
    std::string records_;
    std::string authority_;
    std::string wrong_;
    unsigned count_ = 0;
    unsigned code_ = 0;
    bool is_silent_ = false;
    bool is_truncated_ = false;
    bool is_broken_off_ = false;
};

class DnsServer {
public:
    using Answer = std::function<DnsReply(const std::string& name, unsigned type)>;

    explicit DnsServer(Answer answer) : answer_(std::move(answer)) {
        bind();
        tasks_.spawn(serve_udp(), "udp");
        tasks_.spawn(serve_tcp(), "tcp");
    }
    DnsServer(const DnsServer&) = delete;
    DnsServer& operator=(const DnsServer&) = delete;
    ~DnsServer() = default;

    [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
    [[nodiscard]] std::string name() const { return format("127.0.0.1:{}", port()); }
    [[nodiscard]] ResolverOptions options() const { return ResolverOptions().server("127.0.0.1", port()); }
    /// What was asked, in order: "a.example A".
    std::vector<std::string> asked;
    int connections = 0;

private:
    // Both kinds of a port are wanted: somebody else may have one of them.
    void bind() {
        for (int attempt = 0;; ++attempt) {
            listener_ = TcpListener::bind("127.0.0.1", 0);
            try {
                udp_ = UdpSocket::bind("127.0.0.1", listener_.port());
                return;
            } catch (const OsError&) {
                if (attempt == 20) throw;
            }
        }
    }

    DnsReply reply_to(std::string_view message) {
        std::string name;
        std::size_t at = 12;
        while (message.at(at) != '\0') {
            const auto length = static_cast<std::uint8_t>(message[at]);
            name += (name.empty() ? "" : ".") + std::string(message.substr(at + 1, length));
            at += length + 1U;
        }
        const auto type = static_cast<std::uint8_t>(message.at(at + 2));
        asked.push_back(name + (type == kDnsA ? " A" : type == kDnsAaaa ? " AAAA" : " ?"));
        return answer_(name, type);
    }

    Task<> serve_udp() {
        for (;;) {
            Datagram question = co_await udp_.receive_from();
            const DnsReply reply = reply_to(question.bytes.view());
            if (reply.is_silent()) continue;
            if (!reply.wrong().empty()) {
                std::string other(question.bytes.view());
                other[0] = static_cast<char>(~other[0]);
                std::string lie = DnsReply().a("a.example", 1, reply.wrong()).message(other, true);
                co_await udp_.send_to(lie, question.from);
            }
            const std::string text = reply.message(question.bytes.view(), true);
            co_await udp_.send_to(text, question.from);
        }
    }

    Task<> serve_tcp() {
        for (;;) {
            TcpStream stream = co_await listener_.accept();
            ++connections;
            tasks_.spawn(serve(std::move(stream)), "connection");
        }
    }

    Task<> serve(TcpStream stream) {
        std::string received;
        for (;;) {
            Buffer bytes = co_await stream.receive();
            if (bytes.empty()) co_return;
            received += bytes.view();
            while (received.size() >= 2) {
                const std::size_t high = static_cast<std::uint8_t>(received[0]);
                const std::size_t size = high << 8U | static_cast<std::uint8_t>(received[1]);
                if (received.size() < 2 + size) break;
                const std::string question = received.substr(2, size);
                received.erase(0, 2 + size);
                const std::string text = reply_to(question).message(question, false);
                const std::string framed = two_bytes(static_cast<unsigned>(text.size())) + text;
                co_await stream.send(framed);
            }
        }
    }

    Answer answer_;
    TcpListener listener_;
    UdpSocket udp_;
    Background tasks_;
};

}  // namespace trawl
