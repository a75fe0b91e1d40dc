/// The client's side of SOCKS 5 without I/O (RFC 1928; user and password, RFC 1929): the proxy resolves the name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace trawl::http {

class Socks5 {
public:
    /// `userinfo`: "user:password". Throws UsageError for a name, a user or a password of more than 255 bytes.
    Socks5(std::string_view host, std::uint16_t port, const std::optional<std::string>& userinfo);

    /// What is to be sent next; taken by the call. May be empty.
    [[nodiscard]] std::string output() { return std::exchange(output_, {}); }
    void feed(std::string_view bytes);

    enum class State : unsigned char {
        talking,
        connected,  ///< the bytes that follow are the server's
        refused,    ///< the proxy cannot or may not: failure(), error_code()
        unwanted,   ///< it wants a login, or refuses ours
        failed      ///< it does not speak SOCKS 5
    };
    [[nodiscard]] State state() const noexcept { return state_; }
    /// For people: "the host is unreachable".
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
    /// The errno that says it best.
    [[nodiscard]] int error_code() const noexcept { return error_code_; }

private:
    enum class Step : unsigned char { method, login, reply };
    bool take_message();
    bool take_method();
    bool take_login();
    bool take_reply();
    void take_refusal(unsigned char code);
    bool fail(State state, std::string text);

    std::string request_, login_, output_, input_;
    Step step_ = Step::method;
    State state_ = State::talking;
    std::string failure_;
    int error_code_ = 0;
};

}  // namespace trawl::http
