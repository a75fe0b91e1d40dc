/// libFuzzer target, not built by default: any bytes as what an HTTP/2 server sends to a client with four requests.
/// Whole and in pieces they must come to the same; what is held and what is answered stays small; nothing is left
/// undecided.
///
///     clang++-19 -std=c++23 -g -O2 -fsanitize=fuzzer,address,undefined -Iinclude -Isrc/http
///         test/fuzz/h2_session_fuzz.cpp src/http/{h2_*,request_rules,headers,url,url_text}.cpp src/base/error.cpp
///         -lnghttp2 -lfmt -o h2_session_fuzz
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "h2_session.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

const H2Limits limits{.head_size_max = 300,
                      .fields_max = 4,
                      .informational_max = 2,
                      .body_size_max = 1'000,
                      .streams_max = 10,
                      .idle_frames_max = 50,
                      .resets_max = 3,
                      .answers_size_max = 200};

void require(bool holds) {
    if (!holds) std::abort();
}

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

void look_after(H2Session& session, const std::vector<StreamId>& ids, const Plan& plan, std::size_t& held) {
    for (const StreamId id : session.take_changed()) {
        std::string& body = session.stream(id).body();
        held = std::max(held, body.size());
        if (!plan.sends) continue;
        const std::size_t size = body.size();
        body.clear();
        session.took(id, size);
    }
    if (plan.sends) held = std::max(held, drain(session).size());
    if (plan.forgets) session.forget(ids[1]);
}

std::string verdict(H2Session& session, const std::vector<StreamId>& ids, const Plan& plan) {
    std::string out = session.failure();
    for (const StreamId id : ids) {
        if (plan.forgets && id == ids[1]) continue;
        H2Stream& stream = session.stream(id);
        require(stream.done());
        require(stream.failure().text.empty() == (stream.state() == H2State::complete));
        out += format("; {} {} {} '{}' {} {}", id, static_cast<int>(stream.state()), stream.failure().text,
                      stream.body(), stream.started(), stream.may_repeat());
        if (stream.state() != H2State::complete) continue;
        for (const auto [name, value] : stream.headers()) out += format(" {}={}", name, value);
        require(stream.body().size() <= limits.body_size_max && stream.headers().size() <= limits.fields_max);
        require(stream.status() >= 200);
    }
    return out;
}

std::string run(std::string_view bytes, const Plan& plan) {
    constexpr std::string_view greeting("\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0", 18);  // SETTINGS and the answer to ours
    H2Session session(limits);
    const std::vector<StreamId> ids = begin_requests(session, plan);
    (void)drain(session);
    if (plan.greets) session.feed(greeting);
    std::size_t held = 0;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), plan.piece))) {
        session.feed(bytes.substr(0, plan.piece));
        look_after(session, ids, plan, held);
    }
    require(session.failure().empty() || !session.is_open_for_more());
    require(session.stream_count() <= ids.size());
    held = std::max(held, drain(session).size());
    session.finish();
    require(!session.wants_write() && session.stream_count() == 0);
    require(held < 100'000);
    const std::string seen = verdict(session, ids, plan);
    for (const StreamId id : ids) session.forget(id);
    return seen;
}

void check(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    Plan plan{.piece = bytes.size() + 1, .greets = (data[0] & 1) == 0, .uploads = (data[0] & 0x18) == 0x18};
    const std::string whole = run(bytes, plan);
    plan.piece = static_cast<std::size_t>(data[0] >> 3) + 1;
    require(run(bytes, plan) == whole);
    plan.forgets = (data[0] & 2) != 0;
    plan.sends = (data[0] & 4) != 0;
    if (plan.forgets || plan.sends) (void)run(bytes, plan);
}

}  // namespace
}  // namespace trawl::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    trawl::http::check(data, size);
    return 0;
}
