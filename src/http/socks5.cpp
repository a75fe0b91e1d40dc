#include "socks5.hpp"

#include <arpa/inet.h>

#include <array>
#include <cerrno>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

constexpr char kVersion = 5;
constexpr char kNoLogin = 0;
constexpr char kLogin = 2;

std::string with_length(std::string_view text, std::string_view what) {
    if (text.empty() || text.size() > 255)
        throw UsageError(format("SOCKS 5 has room for 1 to 255 bytes of {}: it has {}", what, text.size()));
    return static_cast<char>(text.size()) + std::string(text);
}

// RFC 1928, section 5: an address in digits is sent as one.
std::string address_of(const std::string& host) {
    std::array<char, 16> bytes{};
    if (inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return '\1' + std::string(bytes.data(), 4);
    if (inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) return '\4' + std::string(bytes.data(), 16);
    return '\3' + with_length(host, "a host's name");
}

unsigned char byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text.at(at)); }

struct Refusal {
    const char* text;
    int code;
};

// RFC 1928, section 6.
constexpr Refusal kRefusals[] = {{"it failed, without saying why", ECONNREFUSED},
                                 {"its rules do not allow it", EACCES},
                                 {"the network is unreachable", ENETUNREACH},
                                 {"the host is unreachable", EHOSTUNREACH},
                                 {"the connection was refused", ECONNREFUSED},
                                 {"the way is too long", ETIMEDOUT},
                                 {"it does not connect", EOPNOTSUPP},
                                 {"it does not know this kind of address", EAFNOSUPPORT}};

}  // namespace

Socks5::Socks5(std::string_view host, std::uint16_t port, const std::optional<std::string>& userinfo) {
    const std::string port_bytes{static_cast<char>(port >> 8), static_cast<char>(port & 0xFF)};
    request_ = std::string("\5\1\0", 3) + address_of(std::string(host)) + port_bytes;
    if (userinfo) {
        const std::size_t colon = userinfo->find(':');
        const std::string password = colon == std::string::npos ? std::string() : userinfo->substr(colon + 1);
        login_ = '\1' + with_length(userinfo->substr(0, colon), "a user's name");
        login_ += password.empty() ? std::string(1, 0) : with_length(password, "a password");
    }
    output_ = login_.empty() ? std::string("\5\1\0", 3) : std::string("\5\2\0\2", 4);
}

void Socks5::feed(std::string_view bytes) {
    input_ += bytes;
    while (state_ == State::talking && take_message()) continue;
    if (state_ == State::connected && !input_.empty())
        fail(State::failed, "the proxy sent bytes that nobody could have asked for");
}

// False when more is needed for it.
bool Socks5::take_message() {
    if (!input_.empty() && step_ != Step::login && input_[0] != kVersion)
        return fail(State::failed, "the proxy does not speak SOCKS 5");
    switch (step_) {
        case Step::method:
            return take_method();
        case Step::login:
            return take_login();
        default:
            return take_reply();
    }
}

bool Socks5::take_method() {
    if (input_.size() < 2) return false;
    const char method = input_[1];
    input_.erase(0, 2);
    if (method == kLogin && !login_.empty()) {
        output_ = login_;
        step_ = Step::login;
        return true;
    }
    if (method != kNoLogin) return fail(State::unwanted, "the proxy wants a login that we cannot give");
    output_ = request_;
    step_ = Step::reply;
    return true;
}

bool Socks5::take_login() {
    if (input_.size() < 2) return false;
    const bool is_welcome = input_[1] == 0;
    input_.erase(0, 2);
    if (!is_welcome) return fail(State::unwanted, "the proxy refuses the user and password");
    output_ = request_;
    step_ = Step::reply;
    return true;
}

// The address that the proxy uses is of no interest, but where it ends.
bool Socks5::take_reply() {
    if (input_.size() < 2) return false;
    if (input_[1] != 0) {
        take_refusal(byte_at(input_, 1));
        return true;
    }
    if (input_.size() < 5) return false;
    std::size_t size = 0;
    switch (input_[3]) {
        case 1:
            size = 4;
            break;
        case 3:
            size = 1U + byte_at(input_, 4);
            break;
        case 4:
            size = 16;
            break;
        default:
            return fail(State::failed, "the proxy does not speak SOCKS 5");
    }
    if (input_.size() < 4 + size + 2) return false;
    input_.erase(0, 4 + size + 2);
    state_ = State::connected;
    return true;
}

void Socks5::take_refusal(unsigned char code) {
    if (code > std::size(kRefusals)) {
        fail(State::refused, format("it says {}", code));
        error_code_ = ECONNREFUSED;
        return;
    }
    const Refusal& refusal = kRefusals[code - 1];
    fail(State::refused, refusal.text);
    error_code_ = refusal.code;
}

bool Socks5::fail(State state, std::string text) {
    state_ = state;
    failure_ = std::move(text);
    return false;
}

}  // namespace trawl::http
