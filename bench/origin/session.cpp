#include "session.hpp"

#include <algorithm>
#include <ctime>

#include "random.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::origin {
namespace {

using http::H1Error;
using http::H1State;

// Enough for any client of ours, little enough for ten thousand that send nothing else.
http::H1Limits limits() {
    http::H1Limits limits;
    limits.head_size_max = 16 * 1024;
    limits.body_size_max = 64 * 1024;
    return limits;
}

int status_of(H1Error error) noexcept {
    switch (error) {
        case H1Error::head_size:
        case H1Error::field_count:
            return 431;
        case H1Error::body_size:
        case H1Error::overhead_size:
            return 413;
        case H1Error::version:
            return 505;
        default:
            return 400;
    }
}

// What a page is to the faults: the same number for the same page, whatever its URL looks like.
std::uint64_t identity(const Route& route) noexcept {
    std::uint64_t hash = static_cast<std::uint64_t>(route.style);
    for (char c : route.data->name()) hash = mix(hash ^ static_cast<unsigned char>(c));
    return mix(mix(hash ^ route.slice.first) ^ route.slice.count);
}

Answer garbage() {
    Answer answer;
    answer.type = "text/html";
    answer.body =
        "<!DOCTYPE html><html><head><title>Maintenance</title></head><body>We will be back soon.</body></html>\n";
    return answer;
}

}  // namespace

Session::Session(TcpStream stream, Source& source) : stream_(std::move(stream)), source_(source), parser_(limits()) {
    Counters& counters = source_.counters;
    ++counters.connections;
    counters.peak_connections = std::max(counters.peak_connections, ++counters.open_connections);
}

Session::~Session() { --source_.counters.open_connections; }

Task<> Session::run() {
    try {
        co_await converse();
    } catch (const OsError&) {       // it was reset, or is gone: its own business
    } catch (const TimeoutError&) {  // idle for too long
    }
}

Task<> Session::converse() {
    while (true) {
        const bool has_request = co_await next_request();
        if (!has_request) break;
        const bool goes_on = co_await answer_request();
        if (!goes_on) break;
        parser_.next();
    }
}

Task<bool> Session::next_request() {
    while (parser_.state() == H1State::head || parser_.state() == H1State::body) {
        if (parser_.state() == H1State::body && parser_.expects_continue()) {
            co_await refuse(417, "no request here has a body");
            co_return false;
        }
        Buffer buffer = co_await receive();
        if (buffer.empty()) co_return false;
        parser_.feed(buffer.view());
    }
    if (parser_.state() == H1State::complete) co_return true;
    co_await refuse(status_of(parser_.failure().code), "the request is not one that HTTP/1.1 knows, or too large");
    co_return false;
}

Task<Buffer> Session::receive() {
    const Duration idle = source_.settings.wire.idle;
    if (idle > Duration(0)) {
        Buffer buffer = co_await timeout(idle, stream_.receive());
        co_return std::move(buffer);
    }
    Buffer buffer = co_await stream_.receive();
    co_return std::move(buffer);
}

// Closing while unread bytes are in the socket resets the connection, and the client might lose the answer (RFC 9112
// section 9.6): so what else it sends is read for a moment.
Task<> Session::refuse(int status, std::string message) {
    ++source_.counters.requests;
    ++source_.counters.bad_requests;
    Framing closing = framing(false);
    closing.keep_alive = false;
    const WireText text = to_wire(error_answer(status, message), closing);
    co_await send(text.bytes);
    constexpr Duration kMoment = std::chrono::milliseconds(100);
    co_await timeout(kMoment, wait_for_close());
}

Task<bool> Session::answer_request() {
    ++requests_;
    ++source_.counters.requests;
    source_.service.count();
    SiteRequest request;
    request.method = parser_.method();
    request.target = parser_.target();
    request.host = parser_.headers().get("host").value_or("");
    const bool head_only = request.method == "HEAD";
    Route route = source_.site.route(request);
    if (route.data == nullptr) {
        if (route.answer.status != 200) ++source_.counters.bad_requests;
        co_return co_await deliver(std::move(route.answer), Fate(), head_only);
    }
    ++source_.counters.page_requests;
    co_return co_await answer_page(std::move(route), head_only);
}

Task<bool> Session::answer_page(Route route, bool head_only) {
    Answer answer;
    Fate fate;
    co_await source_.service.travel();
    const Admission admission = source_.service.admit();
    if (admission.verdict == Verdict::over_rate) {
        answer = try_later(429, admission.wait);
    } else if (admission.verdict == Verdict::queue_full) {
        answer = try_later(503, Duration(0));
    } else {
        fate = source_.faults.decide(identity(route));
        const bool at_once = fate.fault == Fault::too_many || fate.fault == Fault::unavailable;
        if (!at_once) co_await source_.service.serve(route.slice.index(), route.data->name());
        answer = page_or_fault(route, fate);
    }
    const bool is_page = answer.status == 200 && (fate.fault == Fault::none || fate.fault == Fault::slow);
    co_await source_.service.travel();
    const bool goes_on = co_await deliver(std::move(answer), fate, head_only);
    if (is_page) ++source_.counters.pages;
    co_return goes_on;
}

// Leaves `fate` as it is to be delivered: what shows in the answer's text alone is delivered like any other answer.
Answer Session::page_or_fault(const Route& route, Fate& fate) {
    if (const int failure = source_.faults.failure(route.slice.index())) {
        ++source_.counters.failed_pages;
        fate = Fate();
        return error_answer(failure, "this page always fails");
    }
    if (fate.fault != Fault::none) ++source_.counters.faults[static_cast<std::size_t>(fate.fault)];
    switch (fate.fault) {
        case Fault::too_many:
            return try_later(429, Duration(0));
        case Fault::unavailable:
            return try_later(503, Duration(0));
        case Fault::error:
            return error_answer(500, "something went wrong");
        case Fault::garbage:
            return garbage();
        default:
            return source_.site.page(route);
    }
}

Answer Session::try_later(int status, Duration wait) const {
    Answer answer = error_answer(status, status == 429 ? "too many requests" : "too busy");
    answer.fields = retry_after_field(source_.settings.wire, wait, std::time(nullptr));
    return answer;
}

Task<bool> Session::deliver(Answer answer, Fate fate, bool head_only) {
    const Framing how = framing(head_only);
    const WireText text = to_wire(answer, how);
    const std::string_view bytes = text.bytes;
    switch (fate.fault) {
        case Fault::stall:
            co_await wait_for_close();
            co_return false;
        case Fault::reset:
            co_await reset_after(bytes.substr(0, cut_at(fate, text, how)));
            co_return false;
        case Fault::truncate:
            co_await send(bytes.substr(0, cut_at(fate, text, how)));
            co_return false;
        case Fault::slow:
            co_await drip(bytes);
            co_return how.keep_alive;
        default:
            break;
    }
    co_await send(bytes);
    co_return how.keep_alive;
}

Task<> Session::drip(std::string_view bytes) {
    constexpr std::size_t kDrops = 50;
    const std::size_t size = bytes.size() / kDrops + 1;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
        co_await sleep(source_.settings.faults.drip / kDrops);
        co_await send(bytes.substr(0, size));
    }
}

// A reset makes the peer's kernel throw away what its program has not read yet: the pause lets it read.
Task<> Session::reset_after(std::string_view bytes) {
    constexpr Duration kPause = std::chrono::milliseconds(2);
    if (!bytes.empty()) {
        co_await send(bytes);
        co_await sleep(kPause);
    }
    stream_.reset();
}

Task<> Session::send(std::string_view bytes) {
    source_.counters.bytes += bytes.size();
    co_await stream_.send(bytes);
}

Task<> Session::wait_for_close() {
    while (true) {
        Buffer buffer = co_await stream_.receive();
        if (buffer.empty()) break;
    }
}

Framing Session::framing(bool head_only) const {
    const WireSettings& wire = source_.settings.wire;
    Framing how;
    how.http10 = wire.http10;
    how.chunked = wire.chunked;
    how.head_only = head_only;
    how.keep_alive = wire.keep_alive && !wire.http10 && requests_ < wire.keep_alive_max && parser_.keep_alive();
    how.say_keep_alive = how.keep_alive && parser_.headers().has_token("connection", "keep-alive");
    return how;
}

}  // namespace trawl::origin
