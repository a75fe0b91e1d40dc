#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "attempt.hpp"
#include "operations.hpp"
#include "trawl/coro/async_generator.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/net/memory_stream.hpp"
#include "trawl/sync/stream.hpp"

namespace trawl::schedules {

// ---- AsyncGenerator ----

namespace {

AsyncGenerator<std::uint64_t> count_to(Crew& crew, std::size_t depth, std::uint64_t last) {
    Alive alive(crew.run);
    for (std::uint64_t i = 1; i <= last; ++i) {
        if (crew.run.one_in(2)) co_await linger(crew, depth);
        co_yield i;
    }
}

}  // namespace

Task<> use_generator(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Alive alive(run);
    const std::uint64_t last = run.below(4);
    auto numbers = count_to(crew, depth + 1, last);
    std::uint64_t expected = 0;
    while (!run.one_in(8)) {
        const auto number = co_await attempt(run, [&] { return numbers.next(); });
        if (!number) {
            const auto after = co_await numbers.next();
            run.require(!after, "a generator whose next() was destroyed is at its end");
            break;
        }
        if (!*number) {
            run.require(expected == last, "a generator ends behind its last value");
            break;
        }
        run.require(**number == ++expected, "a generator gives its values in order");
    }
    run.note("counted", expected);
}

// ---- Stream ----

namespace {

Task<> produce(Crew& crew, std::size_t depth, Items& items, CrewErrors& errors, Sink<Token>& sink) {
    Run& run = crew.run;
    Alive alive(run);
    for (std::size_t count = run.below(4); count > 0; --count) {
        Token token(run, 0);
        const std::uint64_t id = token.id();
        token.belongs_to(items.kept());
        const auto sent = co_await attempt(run, [&] { return sink.send(std::move(token)); });
        if (sent) items.put(id, 0);
        if (run.one_in(3)) co_await linger(crew, depth);
    }
    if (run.one_in(6)) run.throw_owed_error(nullptr, &errors.all);
}

/// What is left of a stream may die when it is dropped.
class DropsItems {
public:
    explicit DropsItems(Items& items) noexcept : items_(items) {}
    DropsItems(const DropsItems&) = delete;
    DropsItems& operator=(const DropsItems&) = delete;
    ~DropsItems() { items_.drop_all(); }

private:
    Items& items_;
};

Task<> consume(Crew& crew, std::size_t depth, Items& items, Stream<Token>& stream) {
    Run& run = crew.run;
    Alive alive(run);
    while (!run.one_in(10)) {
        const auto token = co_await attempt(run, [&] { return stream.next(); });
        if (!token) continue;
        if (!*token) {
            run.require(items.size() == 0, "a stream ends behind its last item");
            break;
        }
        items.got((*token)->id());
        if (run.one_in(4)) co_await linger(crew, depth);
    }
}

}  // namespace

Task<> use_stream(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Alive alive(run);
    Items items(run, Order::kFifo);
    CrewErrors errors(run);
    errors.is_joined = true;  // its consumer is cancelled, unless it comes to its end
    auto producer = [&](Sink<Token>& sink) { return produce(crew, depth + 1, items, errors, sink); };
    Stream<Token> stream(1 + run.below(2), producer, producer);
    DropsItems drops(items);
    bool failed = false;
    try {
        co_await consume(crew, depth + 1, items, stream);
    } catch (const PlannedError& error) {
        failed = true;
        run.received(error.id());
    }
    errors.is_joined = false;
    if (!failed) co_return;
    run.require(items.size() == 0, "a stream fails behind its last item");
    const auto after = co_await stream.next();
    run.require(!after, "a stream is at its end when it has failed");
}

// ---- MemoryStream ----

namespace {

/// What was sent over a connection, message by message: message n is a number of bytes of the value n.
class Transfer {
public:
    explicit Transfer(Run& run) noexcept : run_(run) {}

    std::string begin(std::size_t size) {
        messages_.push_back(Message());
        messages_.back().size = size;
        return std::string(size, static_cast<char>(messages_.size() - 1));
    }
    void sent() noexcept { messages_.back().complete = true; }
    void received(std::string_view bytes) {
        for (char byte : bytes) {
            const auto message = static_cast<std::size_t>(byte);
            run_.require(message >= last_ && message < messages_.size(), "bytes arrive in the order of sending");
            if (message >= messages_.size()) return;
            last_ = message;
            ++messages_[message].received;
        }
    }
    void ended() const {
        for (const Message& message : messages_) {
            run_.require(message.received <= message.size, "no byte arrives twice");
            run_.require(!message.complete || message.received == message.size, "what was sent arrives");
        }
    }

private:
    struct Message {
        std::size_t size = 0;
        std::size_t received = 0;
        bool complete = false;
    };
    Run& run_;
    std::size_t last_ = 0;
    std::vector<Message> messages_;
};

Task<> send_messages(Crew& crew, std::size_t depth, Transfer& transfer, MemoryStream end) {
    Run& run = crew.run;
    Alive alive(run);
    try {
        for (std::size_t count = run.below(4); count > 0; --count) {
            const std::string message = transfer.begin(1 + run.below(9));
            const auto sent = co_await attempt(run, [&] { return end.send(message); });
            if (sent) transfer.sent();
            if (run.one_in(3)) co_await linger(crew, depth);
        }
    } catch (const OsError& error) {
        run.note("send failed", static_cast<std::uint64_t>(error.code()));
    }
}

Task<> receive_messages(Crew& crew, std::size_t depth, Transfer& transfer, MemoryStream end) {
    Run& run = crew.run;
    Alive alive(run);
    while (!run.one_in(16)) {
        const auto buffer = co_await attempt(run, [&] { return end.receive(); });
        if (!buffer) continue;
        if (buffer->empty()) {
            transfer.ended();
            break;
        }
        transfer.received(buffer->view());
        if (run.one_in(4)) co_await linger(crew, depth);
    }
}

}  // namespace

Task<> use_connection(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Alive alive(run);
    Transfer transfer(run);
    auto ends = MemoryStream::connected(1 + run.below(4));
    auto sending = [&] { return send_messages(crew, depth + 1, transfer, std::move(ends.first)); };
    auto receiving = [&] { return receive_messages(crew, depth + 1, transfer, std::move(ends.second)); };
    co_await gather(attempt(run, sending), attempt(run, receiving));
}

}  // namespace trawl::schedules
