#include "tunnel.hpp"

#include <cerrno>

#include "h1.hpp"
#include "h1_write.hpp"
#include "request_error.hpp"
#include "socks5.hpp"
#include "trawl/base/base64.hpp"
#include "trawl/base/error.hpp"

namespace trawl::http {
namespace {

std::string which(const Request& request, const Proxy& proxy) {
    return format("{}: the proxy {}", request_name(request), proxy.str());
}

Task<Buffer> receive(TcpStream& stream, const Proxy& proxy, const Request& request) {
    Buffer bytes = co_await stream.receive();
    if (bytes.empty()) throw ProtocolError(which(request, proxy) + " hung up");
    co_return bytes;
}

// ---- SOCKS 5 ----

void check(const Socks5& socks, const Proxy& proxy, const Request& request) {
    switch (socks.state()) {
        case Socks5::State::refused:
            throw ConnectError(socks.error_code(), format("{} did not connect us to {}: {}", which(request, proxy),
                                                          request.url().host(), socks.failure()));
        case Socks5::State::unwanted:
            throw AuthError(format("{}: {}; check its URL", request_name(request), socks.failure()));
        case Socks5::State::failed:
            throw ProtocolError(format("{}: {} ({})", request_name(request), socks.failure(), proxy.str()));
        default:
            return;
    }
}

Task<> open_by_socks5(TcpStream& stream, const Proxy& proxy, const Request& request) {
    Socks5 socks(request.url().host(), request.url().port(), proxy.userinfo);
    while (socks.state() == Socks5::State::talking) {
        const std::string bytes = socks.output();
        if (!bytes.empty()) co_await stream.send(bytes);
        Buffer answer = co_await receive(stream, proxy, request);
        socks.feed(answer.view());
        check(socks, proxy, request);
    }
}

// ---- CONNECT ----

std::string connect_head(const Proxy& proxy, const Url& url) {
    const bool is_ipv6 = url.host().find(':') != std::string_view::npos;
    const std::string authority = format("{}{}{}:{}", is_ipv6 ? "[" : "", url.host(), is_ipv6 ? "]" : "", url.port());
    std::string head = format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", authority);
    const std::string login = proxy_authorization(proxy);
    if (!login.empty()) head += format("Proxy-Authorization: {}\r\n", login);
    return head + "\r\n";
}

void check(const ResponseParser& parser, const Proxy& proxy, const Request& request) {
    if (parser.state() == H1State::failed)
        throw ProtocolError(format("{}: {}", which(request, proxy), parser.failure().text));
    if (parser.state() == H1State::head || (parser.status() >= 200 && parser.status() < 300)) return;
    if (parser.status() == 407 || parser.status() == 401)  // the second is what tinyproxy says to a wrong password
        throw AuthError(format("{} {} (status {}); check its URL", which(request, proxy),
                               proxy.userinfo ? "refuses the user and password" : "wants a user and password",
                               parser.status()));
    throw ConnectError(ECONNREFUSED, format("{} did not connect us to {}: {} {}", which(request, proxy),
                                            request.url().host(), parser.status(), reason_phrase(parser.status())));
}

Task<> open_by_connect(TcpStream& stream, const Proxy& proxy, const Request& request) {
    const std::string head = connect_head(proxy, request.url());
    co_await stream.send(head);
    ResponseParser parser;
    parser.begin("CONNECT");
    parser.request_sent();
    while (parser.state() == H1State::head) {
        Buffer answer = co_await receive(stream, proxy, request);
        const auto fed = parser.feed(answer.view());
        check(parser, proxy, request);
        if (fed.consumed < answer.view().size())
            throw ProtocolError(which(request, proxy) + " sent bytes that nobody could have asked for");
    }
}

}  // namespace

std::string proxy_authorization(const Proxy& proxy) {
    return proxy.userinfo ? "Basic " + base64(*proxy.userinfo) : std::string();
}

Task<> open_tunnel(TcpStream& stream, const Proxy& proxy, const Request& request) {
    if (proxy.kind == Proxy::Kind::kSocks5) return open_by_socks5(stream, proxy, request);
    return open_by_connect(stream, proxy, request);
}

}  // namespace trawl::http
