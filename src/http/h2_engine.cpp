/// H2Engine over nghttp2, whose name stays in this file.
#include "h2_engine.hpp"

#include <nghttp2/nghttp2.h>

#include <exception>
#include <new>
#include <utility>

#include "h2_memory.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {

struct H2EngineState {
    explicit H2EngineState(H2Events& told) : events(&told) {}
    H2EngineState(const H2EngineState&) = delete;
    H2EngineState& operator=(const H2EngineState&) = delete;
    ~H2EngineState() { nghttp2_session_del(session); }

    /// Runs what may throw within nghttp2, which is C: the error is kept for whoever called it.
    template <class Event>
    int guarded(Event event) noexcept {
        try {
            return event();
        } catch (...) {
            error = std::current_exception();
            return NGHTTP2_ERR_CALLBACK_FAILURE;
        }
    }

    /// What a call of nghttp2's returned, made ours: an error of an event is thrown, nghttp2's own is told. After
    /// either, nothing but its destructor may be called.
    std::optional<std::string> verdict(ssize_t result) {
        if (result >= 0) return std::nullopt;
        is_dead = true;
        if (error) std::rethrow_exception(std::exchange(error, nullptr));
        return std::string(nghttp2_strerror(static_cast<int>(result)));
    }

    H2Events* events;
    nghttp2_session* session = nullptr;
    std::exception_ptr error;
    std::vector<nghttp2_nv> native;  // the fields of the last request: the next one's need no memory
    bool is_dead = false;
};

namespace {

H2EngineState& state_of(void* data) { return *static_cast<H2EngineState*>(data); }

std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

std::string_view invalid_text(int error) {
    switch (error) {
        case NGHTTP2_ERR_HTTP_HEADER:
            return "the response cannot be used: it has a header field that may not stand there, or not like that";
        case NGHTTP2_ERR_HTTP_MESSAGING:
            return "the response cannot be used: its header fields, or where it ends, contradict each other";
        case NGHTTP2_ERR_FLOW_CONTROL:
            return "the server allows more bytes in flight than HTTP/2 can count";
        default:
            return "what the server sent on this stream breaks the rules of HTTP/2";
    }
}

int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* data) {
    H2EngineState& state = state_of(data);
    return state.guarded([&] { return state.events->on_block(frame->hd.stream_id), 0; });
}

int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
              const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* data) {
    H2EngineState& state = state_of(data);
    return state.guarded([&]() -> int {
        const bool wanted =
            state.events->on_field(frame->hd.stream_id, text_of(name, name_size), text_of(value, value_size));
        return wanted ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    });
}

void tell_frame(H2Events& events, const nghttp2_frame& frame) {
    const StreamId id = frame.hd.stream_id;
    const bool ends = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    switch (frame.hd.type) {
        case NGHTTP2_HEADERS:
            events.on_block_end(id);
            if (ends) events.on_end(id);
            break;
        case NGHTTP2_DATA:
            if (ends) events.on_end(id);
            break;
        case NGHTTP2_RST_STREAM:
            events.on_server_reset(id, frame.rst_stream.error_code);
            break;
        case NGHTTP2_GOAWAY:
            events.on_goaway(frame.goaway.error_code, text_of(frame.goaway.opaque_data, frame.goaway.opaque_data_len));
            break;
        default:
            break;
    }
}

int on_frame_recv(nghttp2_session*, const nghttp2_frame* frame, void* data) {
    H2EngineState& state = state_of(data);
    return state.guarded([&] { return tell_frame(*state.events, *frame), 0; });
}

int on_data_chunk(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                  void* data) {
    H2EngineState& state = state_of(data);
    return state.guarded([&] { return state.events->on_data(id, text_of(bytes, size)), 0; });
}

int on_invalid_frame(nghttp2_session*, const nghttp2_frame* frame, int error, void* data) {
    H2EngineState& state = state_of(data);
    return state.guarded([&] { return state.events->on_invalid(frame->hd.stream_id, invalid_text(error)), 0; });
}

int on_stream_close(nghttp2_session* session, std::int32_t id, std::uint32_t code, void* data) {
    H2EngineState& state = state_of(data);
    const bool ended = nghttp2_session_get_stream_remote_close(session, id) == 1;
    return state.guarded([&] { return state.events->on_closed(id, code, ended), 0; });
}

void tell_sent_frame(H2Events& events, const nghttp2_frame& frame) {
    constexpr std::size_t head_size = 9;
    const bool is_ack = (frame.hd.flags & NGHTTP2_FLAG_ACK) != 0;
    switch (frame.hd.type) {
        case NGHTTP2_HEADERS:
            events.on_fields_sent(frame.hd.stream_id);
            break;
        case NGHTTP2_PING:
        case NGHTTP2_SETTINGS:
            if (is_ack) events.on_answer(frame.hd.length + head_size);
            break;
        case NGHTTP2_GOAWAY:
            events.on_given_up(frame.goaway.error_code,
                               text_of(frame.goaway.opaque_data, frame.goaway.opaque_data_len));
            break;
        default:
            break;
    }
}

int on_frame_send(nghttp2_session*, const nghttp2_frame* frame, void* data) {
    H2EngineState& state = state_of(data);
    return state.guarded([&] { return tell_sent_frame(*state.events, *frame), 0; });
}

/// What else is not sent concerns streams that are over.
int on_frame_not_send(nghttp2_session*, const nghttp2_frame* frame, int error, void* data) {
    H2EngineState& state = state_of(data);
    if (frame->hd.type != NGHTTP2_HEADERS || error != NGHTTP2_ERR_FRAME_SIZE_ERROR) return 0;
    return state.guarded([&] { return state.events->on_unsendable(frame->hd.stream_id), 0; });
}

ssize_t read_body(nghttp2_session*, std::int32_t id, std::uint8_t* out, std::size_t size, std::uint32_t* flags,
                  nghttp2_data_source*, void* data) {
    H2EngineState& state = state_of(data);
    return state.guarded([&]() -> int {
        const auto read = state.events->read_body(id, {reinterpret_cast<char*>(out), size});
        if (!read) return NGHTTP2_ERR_PAUSE;
        if (read->is_last) *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<int>(read->size);
    });
}

/// What can only fail by lack of memory, as long as we call it as we should.
void check(int result) {
    if (result == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
    if (result != 0) throw UsageError(format("HTTP/2 cannot be set up: {}", nghttp2_strerror(result)));
}

using Callbacks = std::unique_ptr<nghttp2_session_callbacks, decltype(&nghttp2_session_callbacks_del)>;
using Options = std::unique_ptr<nghttp2_option, decltype(&nghttp2_option_del)>;

Callbacks make_callbacks() {
    nghttp2_session_callbacks* made = nullptr;
    check(nghttp2_session_callbacks_new(&made));
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(made, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, on_frame_recv);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, on_data_chunk);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(made, on_invalid_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, on_stream_close);
    nghttp2_session_callbacks_set_on_frame_send_callback(made, on_frame_send);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(made, on_frame_not_send);
    return {made, nghttp2_session_callbacks_del};
}

Options make_options() {
    nghttp2_option* made = nullptr;
    check(nghttp2_option_new(&made));
    nghttp2_option_set_no_auto_window_update(made, 1);
    return {made, nghttp2_option_del};
}

}  // namespace

H2Engine::H2Engine(H2Events& events, const H2Limits& limits) : state_(std::make_unique<H2EngineState>(events)) {
    const Callbacks callbacks = make_callbacks();
    const Options options = make_options();
    nghttp2_mem memory{nullptr, h2_malloc, h2_free, h2_calloc, h2_realloc};
    check(nghttp2_session_client_new3(&state_->session, callbacks.get(), state_.get(), options.get(), &memory));
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.stream_window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits.head_size_max)}};
    check(nghttp2_submit_settings(state_->session, NGHTTP2_FLAG_NONE, settings, std::size(settings)));
    check(nghttp2_session_set_local_window_size(state_->session, NGHTTP2_FLAG_NONE, 0,
                                                static_cast<std::int32_t>(limits.connection_window)));
}

H2Engine::~H2Engine() = default;

StreamId H2Engine::submit(const std::vector<H2Field>& fields, bool has_body) {
    const auto bytes = [](const std::string& text) {  // nghttp2 copies them
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    std::vector<nghttp2_nv>& native = state_->native;
    native.clear();
    for (const H2Field& field : fields) {
        const auto flags = static_cast<std::uint8_t>(field.secret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE);
        native.push_back({bytes(field.name), bytes(field.value), field.name.size(), field.value.size(), flags});
    }
    nghttp2_data_provider body{};
    body.read_callback = read_body;
    const StreamId id = nghttp2_submit_request(state_->session, nullptr, native.data(), native.size(),
                                               has_body ? &body : nullptr, nullptr);
    if (id == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
    if (id < 0) throw UsageError("this connection takes no further request");
    return id;
}

std::optional<std::string> H2Engine::feed(std::string_view bytes) {
    if (state_->is_dead) return "it failed before";
    return state_->verdict(
        nghttp2_session_mem_recv(state_->session, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

std::optional<std::string> H2Engine::write(std::string& out, std::size_t size_max) {
    if (state_->is_dead) return std::nullopt;
    while (out.size() < size_max) {
        const std::uint8_t* bytes = nullptr;
        const ssize_t size = nghttp2_session_mem_send(state_->session, &bytes);
        if (size <= 0) return state_->verdict(size);
        out.append(text_of(bytes, static_cast<std::size_t>(size)));
    }
    return std::nullopt;
}

void H2Engine::reset(StreamId id, std::uint32_t code) {
    if (!state_->is_dead) check(nghttp2_submit_rst_stream(state_->session, NGHTTP2_FLAG_NONE, id, code));
}

void H2Engine::consume(StreamId id, std::size_t size) {
    if (!state_->is_dead) check(nghttp2_session_consume(state_->session, id, size));
}

void H2Engine::consume_connection(std::size_t size) {
    if (!state_->is_dead) check(nghttp2_session_consume_connection(state_->session, size));
}

void H2Engine::give_up(std::uint32_t code) {
    if (!state_->is_dead) check(nghttp2_session_terminate_session(state_->session, code));
}

bool H2Engine::wants_write() const noexcept {
    return !state_->is_dead && nghttp2_session_want_write(state_->session) != 0;
}

bool H2Engine::accepts_requests() const noexcept {
    return !state_->is_dead && nghttp2_session_check_request_allowed(state_->session) != 0;
}

std::uint32_t H2Engine::next_id() const noexcept { return nghttp2_session_get_next_stream_id(state_->session); }

std::size_t H2Engine::streams_max() const noexcept {
    return nghttp2_session_get_remote_settings(state_->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

}  // namespace trawl::http
