/// Any bytes as what an HTTP/2 server sends to a client with four requests. Whole and in pieces they come to the same;
/// what is held and what is answered stays small; nothing is left undecided.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "h2_session.hpp"

namespace trawl::http {
namespace {

using fuzz::require;

constexpr H2Limits limits{.head_size_max = 300,
                          .fields_max = 4,
                          .informational_max = 2,
                          .body_size_max = 1'000,
                          .streams_max = 10,
                          .idle_frames_max = 50,
                          .resets_max = 3,
                          .answers_size_max = 200};
constexpr std::size_t held_max = 100'000;

/// What the first byte of the input decides.
struct Plan {
    std::size_t piece = 1;
    bool greets = false;   // the server's settings come before the input
    bool uploads = false;  // the third request is larger than its window
    bool forgets = false;  // the second stream is forgotten in between
    bool sends = false;    // output is taken out as it comes, and bodies are
};

std::string drain(H2Session& session) {
    std::string out;
    while (session.wants_write()) {
        const std::string piece = session.output();
        require(!piece.empty() || !session.wants_write());
        out += piece;
    }
    return out;
}

std::vector<StreamId> begin_requests(H2Session& session, const Plan& plan) {
    static const Url url = Url::parse("http://a/x?y");
    const std::size_t upload = plan.uploads ? 70'000 : 7;  // more than the first window, or less
    return {session.begin("GET", url, {}), session.begin("HEAD", url, {}),
            session.begin("POST", url, {}, std::string(upload, 'x')), session.begin("GET", url, {})};
}

void look_after(H2Session& session, const std::vector<StreamId>& ids, const Plan& plan) {
    for (const StreamId id : session.take_changed()) {
        std::string& body = session.stream(id).body();
        require(body.size() <= limits.body_size_max);
        if (!plan.sends) continue;
        const std::size_t size = body.size();
        body.clear();
        session.took(id, size);
    }
    if (plan.sends) require(drain(session).size() < held_max);
    if (plan.forgets) session.forget(ids[1]);
}

std::string verdict(H2Stream& stream) {
    require(stream.done());
    require(stream.failure().text.empty() == (stream.state() == H2State::complete));
    std::string seen = stream.failure().text + (stream.started() ? " started" : "") +
                       (stream.may_repeat() ? " may repeat\n" : "\n") + stream.body();
    if (stream.state() != H2State::complete) return seen;
    require(stream.headers().size() <= limits.fields_max && stream.status() >= 200);
    for (const auto [name, value] : stream.headers()) seen.append("\n").append(name).append(": ").append(value);
    return seen;
}

std::vector<std::string> run(std::string_view bytes, const Plan& plan) {
    constexpr std::string_view greeting("\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0", 18);  // SETTINGS and the answer to ours
    H2Session session(limits);
    const std::vector<StreamId> ids = begin_requests(session, plan);
    (void)drain(session);
    if (plan.greets) session.feed(greeting);
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), plan.piece))) {
        session.feed(bytes.substr(0, plan.piece));
        look_after(session, ids, plan);
    }
    require(session.failure().empty() || !session.is_open_for_more());
    require(session.stream_count() <= ids.size());
    require(drain(session).size() < held_max);
    session.finish();
    require(!session.wants_write() && session.stream_count() == 0);
    std::vector<std::string> seen{session.failure()};
    for (const StreamId id : ids) {
        if (!plan.forgets || id != ids[1]) seen.push_back(verdict(session.stream(id)));
        session.forget(id);
    }
    return seen;
}

/// Who forgets and sends as it goes sees other things than who does not: then there is nothing to compare.
void check(std::string_view input) {
    if (input.empty()) return;
    const auto choice = static_cast<unsigned char>(input.front());
    const std::string_view bytes = input.substr(1);
    const std::size_t piece = (choice >> 3) + std::size_t{1};
    Plan plan{.piece = piece, .greets = (choice & 1) == 0, .uploads = (choice & 0x18) == 0x18};
    plan.forgets = (choice & 2) != 0 && !bytes.empty();
    plan.sends = (choice & 4) != 0;
    const std::vector<std::string> in_pieces = run(bytes, plan);
    if (plan.forgets || plan.sends) return;
    plan.piece = bytes.size() + 1;
    require(run(bytes, plan) == in_pieces);
}

}  // namespace
}  // namespace trawl::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    trawl::http::check(trawl::fuzz::text_of(data, size));
    return 0;
}
