#include "h2_connection.hpp"

#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl::http {

void H2Connection::start(const Shared& self) {
    self->last_arrival_ = Loop::current().now();
    self->tasks_.spawn(read(self), "HTTP/2 reader");
    self->tasks_.spawn(write(self), "HTTP/2 writer");
    self->has_output_.set();
}

void H2Connection::close() noexcept {
    if (std::exchange(is_closed_, true)) return;
    session_.finish();
    tell();
    transport_.close();
    tasks_.cancel();
}

StreamId H2Connection::begin(const Request& request, Event& news) {
    const StreamId id =
        session_.begin(request.method(), request.url(), request.headers(), request.body(), request.secret_headers());
    news_.emplace(id, &news);
    has_output_.set();
    return id;
}

void H2Connection::took(StreamId id, std::size_t size) {
    session_.took(id, size);
    if (session_.wants_write()) has_output_.set();
}

void H2Connection::forget(StreamId id) noexcept {
    news_.erase(id);
    session_.forget(id);
    if (session_.wants_write()) has_output_.set();
}

void H2Connection::suspect(Duration silence) {
    if (Loop::current().now() - last_arrival_ < silence / 2) return;  // the acknowledgement of our settings came, say
    is_suspect_ = true;
    tell();
}

// What arrives is taken in at once, so that the server's PINGs are answered and its GOAWAY is known; how far bodies may
// run ahead of their readers is what windows are for.
Task<> H2Connection::read(Shared self) {
    try {
        while (!self->is_closed_) {
            Buffer chunk = co_await self->transport_.receive();
            self->last_arrival_ = Loop::current().now();
            if (chunk.empty()) break;
            self->session_.feed(chunk.view());
            self->tell();
        }
        self->session_.finish();
        self->tell();
    } catch (const Error&) {
        self->broke(std::current_exception());
    }
}

// A connection that cannot be written to may still bring answers: what ends it is the reader's to find.
Task<> H2Connection::write(Shared self) {
    try {
        while (!self->is_closed_) {
            co_await self->has_output_.wait();
            self->has_output_.clear();
            while (!self->is_closed_ && self->session_.wants_write()) {
                const std::string bytes = self->session_.output();
                self->wake(self->session_.take_bodies_out());
                co_await self->transport_.send(bytes);
            }
        }
    } catch (const Error&) {  // ignored: see above
    }
}

void H2Connection::broke(std::exception_ptr error) {
    if (!error_) error_ = std::move(error);
    session_.finish();
    tell();
}

void H2Connection::wake(const std::vector<StreamId>& ids) {
    for (const StreamId id : ids) {
        const auto found = news_.find(id);
        if (found != news_.end()) found->second->set();
    }
}

void H2Connection::tell() {
    wake(session_.take_changed());
    if (session_.wants_write()) has_output_.set();
    if (!is_closed_) changed_();
}

}  // namespace trawl::http
