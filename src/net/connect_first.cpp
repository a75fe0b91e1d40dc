#include "connect_first.hpp"

#include <cerrno>
#include <optional>
#include <utility>

#include "socket.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/task_set.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::net {
namespace {

/// What an attempt or a lookup came to.
struct Event {
    Event() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate

    std::optional<TcpStream> stream;
    int error = 0;  // of an attempt
    NameAnswerPtr answer;
    Family family = Family::kIPv6;
};

Task<Event> attempt(Task<TcpStream> connecting) {
    Event event;
    try {
        event.stream = co_await std::move(connecting);
    } catch (const ConnectError& refused) {
        event.error = refused.code();
    }
    co_return event;
}

Task<Event> lookup(Task<NameAnswerPtr> asking, Family family) {
    Event event;
    event.family = family;
    event.answer = co_await std::move(asking);
    co_return event;
}

/// The attempts and lookups at work, and what is left to try.
class Race {
public:
    Race(std::string host, std::uint16_t port, HostCalls calls, Duration delay)
        : host_(std::move(host)), port_(port), calls_(std::move(calls)), eyeballs_(delay) {}

    void add(const std::vector<Destination>& found) { eyeballs_.add(with_port(found)); }

    void look_up(HostSearch search) {
        search_ = std::move(search);
        ask();
    }

    Task<TcpStream> winner(Duration* until_begun) {
        const TimePoint began = Clock::now();
        while (true) {
            Eyeballs::Step step = eyeballs_.next(now());
            if (step.kind == Eyeballs::Step::Kind::kGiveUp) give_up();
            if (step.kind == Eyeballs::Step::Kind::kConnect) {
                if (until_begun != nullptr) *std::exchange(until_begun, nullptr) = Clock::now() - began;
                events_.add(attempt(calls_.connect(step.to)));
                continue;
            }
            std::optional<Event> event = co_await next(step.until);
            if (event && event->stream) co_return std::move(*event->stream);
            if (event) take(*event);
        }
    }

private:
    void ask() {
        eyeballs_.ask();
        PerFamily<NameAnswerPtr> known;
        for (const Family family : kFamilies) {
            known[index_of(family)] = calls_.known(search_->name(), family);
            if (!known[index_of(family)]) events_.add(lookup(calls_.ask(search_->name(), family), family));
        }
        for (const Family family : kFamilies)
            if (known[index_of(family)]) answered(family, std::move(known[index_of(family)]));
    }

    void answered(Family family, NameAnswerPtr answer) {
        const std::vector<Destination> found = with_port(answer->addresses);
        is_found_ = is_found_ || !found.empty();
        eyeballs_.answered(family, found, now());
        search_->answered(family, std::move(answer));
        if (search_->go_on()) {
            ask();
        } else if (search_->is_over() && !is_found_) {
            outcome_ = search_->outcome();
            add(outcome_.addresses);
        }
    }

    void take(Event& event) {
        if (event.answer) {
            answered(event.family, std::move(event.answer));
            return;
        }
        // That there is no way to one of the families is no news where there is an error of the other.
        if (error_ == 0 || error_ == ENETUNREACH || error_ == EADDRNOTAVAIL) error_ = event.error;
        eyeballs_.failed();
    }

    // Nothing when it is time to look again.
    Task<std::optional<Event>> next(std::optional<TimePoint> until) {
        std::optional<Completed<Event>> ended;
        try {
            if (until) {
                ended = co_await timeout_at(*until, events_.next());
            } else {
                ended = co_await events_.next();
            }
        } catch (const TimeoutError&) {
            co_return std::nullopt;
        }
        co_return ended->outcome.take();
    }

    [[noreturn]] void give_up() const {
        if (!eyeballs_.has_begun()) throw_no_address(outcome_, host_);
        throw ConnectError(error_, format("connect to {} ({})", host_, eyeballs_.tried()), advice_on(error_));
    }

    [[nodiscard]] std::vector<Destination> with_port(std::vector<Destination> destinations) const {
        for (Destination& one : destinations)
            if (port_ != 0) one.address = one.address.with_port(port_);
        return destinations;
    }

    std::string host_;
    std::uint16_t port_;
    HostCalls calls_;
    Eyeballs eyeballs_;
    std::optional<HostSearch> search_;
    bool is_found_ = false;  // an address, by a server
    NameAnswer outcome_;     // when there is none
    TaskSet<Event> events_;
    int error_ = 0;
};

}  // namespace

Task<TcpStream> connect_first(std::string host, std::vector<Address> addresses, Duration delay) {
    std::vector<Destination> destinations;
    for (const Address& one : addresses) destinations.push_back({one, 0});
    HostCalls calls;
    calls.connect = [](Address address) { return TcpStream::connect(address); };
    Race race(std::move(host), 0, std::move(calls), delay);
    race.add(destinations);
    co_return co_await race.winner(nullptr);
}

Task<TcpStream> connect_to_host(std::string host, std::uint16_t port, HostSearch search, HostCalls calls,
                                Duration* until_begun) {
    Race race(std::move(host), port, std::move(calls), Eyeballs::kAttemptDelay);
    race.look_up(std::move(search));
    co_return co_await race.winner(until_begun);
}

}  // namespace trawl::net
