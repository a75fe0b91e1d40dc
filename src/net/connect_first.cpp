#include "connect_first.hpp"

#include <algorithm>
#include <optional>

#include "socket.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/task_set.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::net {
namespace {

/// The attempts at work, and what is left to try.
class Race {
public:
    Race(std::vector<Address> addresses, Duration delay) : addresses_(std::move(addresses)), delay_(delay) {}

    Task<TcpStream> winner(std::string host) {
        begin_next();
        while (true) {
            auto ended = co_await next();
            if (ended && ended->outcome.has_value()) co_return ended->outcome.take();
            if (ended) error_ = errno_of(ended->outcome.error());
            if (begun_ < addresses_.size()) {
                begin_next();
            } else if (attempts_.pending() == 0 && attempts_.completed() == 0) {
                throw ConnectError(error_, format("connect to {} ({})", host, all()), advice_on(error_));
            }
        }
    }

private:
    void begin_next() { attempts_.add(TcpStream::connect(addresses_[begun_++])); }

    // Nothing when it is time for another attempt.
    Task<std::optional<Completed<TcpStream>>> next() {
        if (begun_ == addresses_.size()) co_return co_await attempts_.next();
        try {
            co_return co_await timeout(delay_, attempts_.next());
        } catch (const TimeoutError&) {
            co_return std::nullopt;
        }
    }

    static int errno_of(const std::exception_ptr& error) {
        try {
            std::rethrow_exception(error);
        } catch (const ConnectError& refused) {
            return refused.code();
        }
    }

    [[nodiscard]] std::string all() const {
        std::string text;
        for (const Address& address : addresses_) text += (text.empty() ? "" : ", ") + address.str();
        return text;
    }

    std::vector<Address> addresses_;
    Duration delay_;
    TaskSet<TcpStream> attempts_;
    std::size_t begun_ = 0;
    int error_ = 0;
};

}  // namespace

std::vector<Address> by_turns(std::vector<Address> addresses) {
    std::vector<Address> own;  // of the first one's family
    std::vector<Address> others;
    for (const Address& one : addresses) (one.family() == addresses.front().family() ? own : others).push_back(one);
    std::vector<Address> turns;
    for (std::size_t i = 0; i < std::max(own.size(), others.size()); ++i) {
        if (i < own.size()) turns.push_back(own[i]);
        if (i < others.size()) turns.push_back(others[i]);
    }
    return turns;
}

Task<TcpStream> connect_first(std::string host, std::vector<Address> addresses, Duration delay) {
    Race race(by_turns(std::move(addresses)), delay);
    co_return co_await race.winner(std::move(host));
}

}  // namespace trawl::net
