#include "h1_sending.hpp"

#include <string_view>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http {

H1Sending::H1Sending(Transport& transport, std::string bytes)
    : transport_(transport), bytes_(std::move(bytes)), moved_at_(Loop::current().now()) {
    task_.spawn(send(), "HTTP/1.1 sender");
}

// The kernel takes bytes ahead of the peer, and may take more only when that has read a good part of them.
Task<> H1Sending::send() {
    constexpr std::size_t kPiece = 32 * 1024;  // in 30 s, about the rate that ClientOptions asks of answers
    try {
        for (std::string_view left = bytes_; !left.empty(); left.remove_prefix(std::min(kPiece, left.size()))) {
            co_await transport_.send(left.substr(0, kPiece));
            moved_at_ = Loop::current().now();
        }
        is_out_ = true;
    } catch (const OsError&) {  // ignored: the answer may have come before the end; if none has, receiving says so
    } catch (const Error&) {
        error_ = std::current_exception();
    }
    over_.set();
}

TimePoint H1Sending::deadline(Duration limit) const noexcept {
    return limit >= TimePoint::max() - moved_at_ ? TimePoint::max() : moved_at_ + limit;
}

Task<> H1Sending::end(Duration limit) {
    while (!is_over()) {
        try {
            co_await timeout_at(deadline(limit), over_.wait());
        } catch (const TimeoutError&) {
            if (Loop::current().now() >= deadline(limit)) throw;
        }
    }
    if (error_) std::rethrow_exception(error_);
}

}  // namespace trawl::http
