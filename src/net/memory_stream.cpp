#include "trawl/net/memory_stream.hpp"

#include <algorithm>
#include <cerrno>

#include "trawl/base/error.hpp"

namespace trawl {
namespace net {

/// One direction: bytes on their way, and who waits at each end. Every change wakes both, who look again.
class MemoryPipe {
public:
    explicit MemoryPipe(std::size_t capacity) noexcept : capacity_(capacity) {}

    class Change final : public Waiter {
    public:
        Change(MemoryPipe& pipe, const char* what) noexcept : pipe_(&pipe), what_(what) {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> handle) noexcept {
            suspend(handle);
            pipe_->waiting_.push_back(*this);
        }
        void await_resume() const noexcept {}
        [[nodiscard]] std::string describe() const override { return what_; }

    private:
        MemoryPipe* pipe_;
        const char* what_;
    };

    [[nodiscard]] bool has_bytes() const noexcept { return !bytes_.empty(); }
    [[nodiscard]] bool ended() const noexcept { return writer_closed_; }
    [[nodiscard]] std::size_t room() const noexcept { return capacity_ - bytes_.size(); }

    /// What reading says now: 0 when it may go on.
    [[nodiscard]] int read_error() const noexcept { return reader_closed_ ? ECANCELED : reset_ ? ECONNRESET : 0; }
    [[nodiscard]] int write_error() const noexcept {
        if (writer_closed_) return ECANCELED;
        return reset_ ? ECONNRESET : reader_closed_ ? EPIPE : 0;
    }

    Buffer take() {
        Buffer buffer = Buffer::lease();
        buffer.resize(bytes_.copy(buffer.data(), Buffer::kCapacity));
        bytes_.erase(0, buffer.size());
        changed();
        return buffer;
    }
    /// Takes as much of `bytes` as there is room for, and gives how much that was.
    std::size_t put(std::string_view bytes) {
        const std::size_t size = std::min(bytes.size(), room());
        bytes_.append(bytes.substr(0, size));
        changed();
        return size;
    }
    void close_reader() noexcept { change(reader_closed_); }
    void close_writer() noexcept { change(writer_closed_); }
    void reset() noexcept {
        bytes_.clear();
        change(reset_);
    }

private:
    void change(bool& flag) noexcept {
        flag = true;
        changed();
    }
    void changed() noexcept {
        while (!waiting_.empty()) Schedule::current().wake(waiting_.pop_front());
    }

    std::size_t capacity_;
    std::string bytes_;
    bool reader_closed_ = false;
    bool writer_closed_ = false;
    bool reset_ = false;
    List<Change> waiting_;
};

}  // namespace net

std::pair<MemoryStream, MemoryStream> MemoryStream::connected(std::size_t capacity) {
    if (capacity == 0) throw UsageError("memory streams need a capacity of at least one byte: nothing could be sent");
    auto there = std::make_shared<net::MemoryPipe>(capacity);
    auto back = std::make_shared<net::MemoryPipe>(capacity);
    return {MemoryStream(back, there), MemoryStream(there, back)};
}

MemoryStream& MemoryStream::operator=(MemoryStream&& other) noexcept {
    if (this == &other) return *this;
    close();
    in_ = std::move(other.in_);
    out_ = std::move(other.out_);
    return *this;
}

// The pipe outlives the wait, whatever becomes of the stream.
Task<Buffer> MemoryStream::receive() {
    const std::shared_ptr<net::MemoryPipe> pipe = in_;
    if (!pipe) throw OsError(ECANCELED, "receive on a closed memory stream");
    for (;;) {
        if (const int error = pipe->read_error()) throw OsError(error, "receive on a memory stream");
        if (pipe->has_bytes()) co_return pipe->take();
        if (pipe->ended()) co_return Buffer();
        net::MemoryPipe::Change change(*pipe, "MemoryStream::receive");
        co_await change;
    }
}

Task<> MemoryStream::send(std::string_view bytes) {
    const std::shared_ptr<net::MemoryPipe> pipe = out_;
    if (!pipe) throw OsError(ECANCELED, "send on a closed memory stream");
    while (!bytes.empty()) {
        if (const int error = pipe->write_error()) throw OsError(error, "send on a memory stream");
        bytes.remove_prefix(pipe->put(bytes));
        if (bytes.empty()) break;
        net::MemoryPipe::Change change(*pipe, "MemoryStream::send");
        co_await change;
    }
}

bool MemoryStream::is_quiet() const noexcept {
    return in_ != nullptr && in_->read_error() == 0 && !in_->has_bytes() && !in_->ended();
}

void MemoryStream::close() noexcept {
    if (in_ == nullptr) return;
    std::exchange(in_, nullptr)->close_reader();
    std::exchange(out_, nullptr)->close_writer();
}

void MemoryStream::reset() noexcept {
    if (in_ == nullptr) return;
    in_->reset();
    out_->reset();
    close();
}

}  // namespace trawl
