#include "attempt.hpp"
#include "operations.hpp"

namespace trawl::schedules {
namespace {

constexpr std::size_t kItems = 3;

Task<> send_item(Run& run, Pipe& pipe) {
    Alive alive(run);
    Token token(run, 0);
    const std::uint64_t id = token.id();
    token.belongs_to(pipe.items.kept());
    if (run.one_in(4)) {
        const bool sent = pipe.channel.try_send(std::move(token));
        if (sent) pipe.items.put(id, 0);
        co_return;
    }
    Line::Stay stay(pipe.senders);
    const auto sent = co_await attempt(run, [&] { return pipe.channel.send(std::move(token)); });
    if (!sent) co_return;
    stay.served();
    pipe.items.put(id, 0);
    run.note("sent", id);
}

Task<std::optional<Token>> receive_item(Run& run, Pipe& pipe) {
    Alive alive(run);
    std::optional<Token> token;
    if (run.one_in(4)) {
        token = pipe.channel.try_receive();
    } else {
        Line::Stay stay(pipe.receivers);
        auto got = co_await attempt(run, [&] { return pipe.channel.receive(); });
        if (!got) co_return token;
        token = std::move(*got);
        if (token) stay.served();
        run.require(token || pipe.channel.is_closed(), "only a channel that is closed gives nothing");
    }
    if (!token) co_return token;
    pipe.items.got(token->id());
    run.note("received", token->id());
    co_return token;
}

}  // namespace

Task<> send_items(Crew& crew, std::size_t /*depth*/) {
    Alive alive(crew.run);
    Pipe& pipe = crew.room.pipe;
    if (crew.run.one_in(48)) {
        crew.run.note("closes a channel");
        pipe.channel.close();
    }
    try {
        for (std::size_t count = 1 + crew.run.below(kItems); count > 0; --count) co_await send_item(crew.run, pipe);
    } catch (const ClosedError&) {
        crew.run.require(pipe.channel.is_closed(), "only a channel that is closed says so");
    }
}

Task<> receive_items(Crew& crew, std::size_t depth) {
    Alive alive(crew.run);
    for (std::size_t count = 1 + crew.run.below(kItems); count > 0; --count) {
        const auto token = co_await receive_item(crew.run, crew.room.pipe);
        if (token && crew.run.one_in(3)) co_await linger(crew, depth);
    }
}

}  // namespace trawl::schedules
