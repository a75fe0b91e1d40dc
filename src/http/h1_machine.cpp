/// Machine over llhttp, whose name stays in this file.
#include "h1_machine.hpp"

#include <llhttp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <utility>

#include "headers_builder.hpp"

namespace trawl::http {

static_assert(LLHTTP_STRICT_MODE == 1, "the loose mode takes a damaged chunked body for a whole one");

struct MachineState {
    MachineState(Machine::Kind message_kind, const H1Limits& message_limits)
        : kind(message_kind == Machine::Kind::request ? HTTP_REQUEST : HTTP_RESPONSE), limits(message_limits) {}

    [[nodiscard]] int fail(H1Error which, const char* text) {
        error = which;
        error_text = text;
        return HPE_USER;
    }

    /// Where the next byte stands: each part but the body has its limit.
    enum class Part { head, around_chunks, body };
    [[nodiscard]] Part part() const {
        if (in_head) return Part::head;
        return is_chunked && !in_chunk ? Part::around_chunks : Part::body;
    }
    [[nodiscard]] std::size_t room() const {
        switch (part()) {
            case Part::head:
                return limits.head_size_max - head_size;
            case Part::around_chunks:
                return limits.overhead_size_max - overhead_size;
            case Part::body:
                break;
        }
        return std::string_view::npos;
    }
    void count(Part where, std::size_t size) {
        if (where == Part::head) head_size += size;
        if (where == Part::around_chunks) overhead_size += size;
        overhead_size -= std::exchange(excused, 0);
    }
    void fail_for_room() {
        const bool was_head = part() == Part::head;
        error = was_head ? H1Error::head_size : H1Error::overhead_size;
        error_text =
            was_head ? "the head is larger than allowed" : "chunk extensions and trailers are larger than allowed";
    }

    llhttp_t parser{};
    llhttp_type_t kind;
    H1Limits limits;
    HeadersBuilder fields;
    std::string start_text;
    std::string body;
    std::uint64_t body_size = 0;
    std::size_t head_size = 0;
    std::size_t field_count = 0;
    std::size_t overhead_size = 0;  // what chunks' lines have beyond the size and CRLF, and all of the trailers
    std::size_t excused = 0;        // of the line that has just ended
    bool in_head = true;
    bool is_named = false;    // the field that is being read
    bool is_chunked = false;  // by the head
    bool in_chunk = false;    // between a chunk's line and the CRLF behind its bytes
    bool is_between = false;  // stopped at either end of a chunk
    bool message_complete = false;
    bool said_close = false;
    H1Error error = H1Error::none;
    const char* error_text = "";
};

namespace {

MachineState& state_of(llhttp_t* parser) { return *static_cast<MachineState*>(parser->data); }

int on_start_text(llhttp_t* parser, const char* at, std::size_t size) {
    state_of(parser).start_text.append(at, size);
    return HPE_OK;
}

int on_name(llhttp_t* parser, const char* at, std::size_t size) {
    MachineState& state = state_of(parser);
    if (state.in_head) state.fields.extend_name({at, size});
    state.is_named = size > 0 || state.is_named;
    return HPE_OK;
}

int on_value(llhttp_t* parser, const char* at, std::size_t size) {
    MachineState& state = state_of(parser);
    if (state.in_head) state.fields.extend_value({at, size});
    return HPE_OK;
}

int on_field_complete(llhttp_t* parser) {
    MachineState& state = state_of(parser);
    if (++state.field_count > state.limits.fields_max)
        return state.fail(H1Error::field_count, "there are more header fields than allowed");
    const bool named = state.in_head ? state.fields.finish_field() : state.is_named;
    state.is_named = false;
    if (!named) return state.fail(H1Error::syntax, "a header field has no name");
    return HPE_OK;
}

/// Stops at both ends of a chunk, so that run() knows how long its line is: zeros before a size are told to nobody.
int on_chunk_line(llhttp_t* parser) {
    MachineState& state = state_of(parser);
    const auto digits = static_cast<std::size_t>(std::bit_width(parser->content_length | 1) + 3) / 4;
    state.excused = digits + 2;
    state.in_chunk = parser->content_length > 0;
    state.is_between = true;
    return HPE_PAUSED;
}

int on_chunk_end(llhttp_t* parser) {
    state_of(parser).in_chunk = false;
    state_of(parser).is_between = true;
    return HPE_PAUSED;
}

int on_body(llhttp_t* parser, const char* at, std::size_t size) {
    MachineState& state = state_of(parser);
    state.body_size += size;
    if (state.body_size > state.limits.body_size_max)
        return state.fail(H1Error::body_size, "the body is larger than allowed");
    state.body.append(at, size);
    return HPE_OK;
}

int on_head_complete(llhttp_t* parser) {
    state_of(parser).in_head = false;
    state_of(parser).is_chunked = (parser->flags & F_CHUNKED) != 0;  // a trailer of that name would change the flag
    return HPE_PAUSED;
}

int on_message_complete(llhttp_t* parser) {
    MachineState& state = state_of(parser);
    state.message_complete = true;
    state.said_close = (parser->flags & F_CONNECTION_CLOSE) != 0;
    return HPE_PAUSED;
}

const llhttp_settings_t& settings() {
    static const llhttp_settings_t callbacks = [] {
        llhttp_settings_t s;
        llhttp_settings_init(&s);
        s.on_url = s.on_status = on_start_text;
        s.on_header_field = on_name;
        s.on_header_value = on_value;
        s.on_header_value_complete = on_field_complete;
        s.on_chunk_header = on_chunk_line;
        s.on_chunk_complete = on_chunk_end;
        s.on_headers_complete = on_head_complete;
        s.on_body = on_body;
        s.on_message_complete = on_message_complete;
        return s;
    }();
    return callbacks;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_chunked(std::string_view text) {
    constexpr std::string_view chunked = "chunked";
    return std::ranges::equal(text, chunked, [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

Machine::Machine(Kind kind, const H1Limits& limits) : state_(std::make_unique<MachineState>(kind, limits)) {
    restart();
}
Machine::~Machine() = default;
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;

void Machine::restart() {
    state_->head_size = state_->field_count = 0;
    next_in_exchange();
}

void Machine::next_in_exchange() {
    MachineState& s = *state_;
    llhttp_init(&s.parser, s.kind, &settings());
    s.parser.data = &s;
    s.fields.clear();
    s.start_text.clear();
    s.body.clear();
    s.body_size = 0;
    s.overhead_size = s.excused = 0;
    s.in_head = true;
    s.is_named = s.is_chunked = s.in_chunk = s.is_between = false;
    s.message_complete = s.said_close = false;
    s.error = H1Error::none;
    s.error_text = "";
}

// No byte beyond the limit of the part that it belongs to is looked at, so that the verdict does not depend on how
// bytes arrive.
Machine::Step Machine::run(std::string_view data) {
    MachineState& s = *state_;
    std::size_t consumed = 0;
    bool goes_on = false;  // at the end of a chunk, behind which the message may end without a further byte
    while (true) {
        const MachineState::Part where = s.part();
        const std::string_view slice = data.substr(consumed, s.room());
        if (slice.empty() && consumed < data.size() && !goes_on) {
            s.fail_for_room();
            return {Stop::error, consumed};
        }
        llhttp_resume(&s.parser);
        const llhttp_errno_t result = llhttp_execute(&s.parser, slice.data(), slice.size());
        const char* const stopped_at = result == HPE_OK ? slice.data() + slice.size() : llhttp_get_error_pos(&s.parser);
        const auto taken = slice.empty() ? 0 : static_cast<std::size_t>(stopped_at - slice.data());
        s.count(where, taken);
        consumed += taken;
        goes_on = result == HPE_PAUSED && std::exchange(s.is_between, false);
        if (goes_on) continue;
        if (result == HPE_PAUSED) return {s.message_complete ? Stop::message : Stop::head, consumed};
        if (result == HPE_OK && consumed == data.size()) return {Stop::more, consumed};
        if (result == HPE_OK) continue;  // the limit is reached now, so the next round fails
        if (s.error == H1Error::none) {
            s.error = H1Error::syntax;
            s.error_text = llhttp_get_error_reason(&s.parser);
        }
        return {Stop::error, consumed};
    }
}

void Machine::skip_body() noexcept { state_->parser.flags |= F_SKIPBODY; }

const Headers& Machine::headers() const noexcept { return state_->fields.headers(); }
const std::string& Machine::start_text() const noexcept { return state_->start_text; }
std::string& Machine::body() noexcept { return state_->body; }
const std::string& Machine::body() const noexcept { return state_->body; }
std::uint64_t Machine::body_size() const noexcept { return state_->body_size; }
std::size_t Machine::head_size() const noexcept { return state_->head_size; }
int Machine::status() const noexcept { return state_->parser.status_code; }
std::string_view Machine::method() const noexcept {
    return llhttp_method_name(static_cast<llhttp_method_t>(state_->parser.method));
}
int Machine::version_major() const noexcept { return state_->parser.http_major; }
int Machine::version_minor() const noexcept { return state_->parser.http_minor; }
bool Machine::said_close() const noexcept { return state_->said_close; }
H1Error Machine::error() const noexcept { return state_->error; }
const char* Machine::error_text() const noexcept { return state_->error_text; }
const H1Limits& Machine::limits() const noexcept { return state_->limits; }

std::string_view to_string(H1Error error) noexcept {
    constexpr std::array<std::string_view, 15> names = {"none",
                                                        "closed_unused",
                                                        "head_cut",
                                                        "body_cut",
                                                        "syntax",
                                                        "version",
                                                        "status",
                                                        "framing",
                                                        "head_size",
                                                        "field_count",
                                                        "overhead_size",
                                                        "body_size",
                                                        "informational_count",
                                                        "upgrade",
                                                        "request"};
    return names[static_cast<std::size_t>(error)];
}

BodyFraming body_framing(const Headers& headers, int version_minor) {
    using enum BodyFraming::Kind;
    const std::size_t codings = headers.count("transfer-encoding");
    if (codings > 0) {
        if (version_minor == 0) return {invalid, 0, "Transfer-Encoding in an HTTP/1.0 message"};
        if (headers.contains("content-length")) return {invalid, 0, "both Content-Length and Transfer-Encoding"};
        if (codings > 1 || !is_chunked(*headers.get("transfer-encoding")))
            return {invalid, 0, "a Transfer-Encoding other than 'chunked'"};
        return {chunked, 0, ""};
    }
    const std::optional<std::string_view> text = headers.get("content-length");
    if (!text) return {};
    BodyFraming found{length, 0, ""};
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), found.length);
    if (!is_number(*text) || parsed.ec != std::errc()) return {invalid, 0, "a Content-Length that is not a number"};
    if (headers.count("content-length") > 1) return {invalid, 0, "more than one Content-Length"};
    return found;
}

bool keeps_alive(const Headers& headers, int version_minor) {
    if (headers.has_token("connection", "close")) return false;
    return version_minor == 1 || headers.has_token("connection", "keep-alive");
}

}  // namespace trawl::http
