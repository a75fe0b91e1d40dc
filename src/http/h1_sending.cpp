#include "h1_sending.hpp"

#include <string_view>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http {

H1Sending::H1Sending(Transport& transport, std::string bytes) : transport_(transport), bytes_(std::move(bytes)) {
    task_.spawn(send(), "HTTP/1.1 sender");
}

Task<> H1Sending::send() {
    constexpr std::size_t kPiece = 32 * 1024;  // in 30 s, about the rate that ClientOptions asks of answers
    try {
        while (sent_ < bytes_.size()) {
            const std::string_view piece = std::string_view(bytes_).substr(sent_, kPiece);
            co_await transport_.send(piece);
            sent_ += piece.size();
        }
        is_out_ = true;
    } catch (const OsError&) {  // ignored: the answer may have come before the end; if none has, receiving says so
    } catch (const Error&) {
        error_ = std::current_exception();
    }
    over_.set();
}

Task<> H1Sending::end(Duration limit) {
    TimePoint next_look = Loop::current().deadline_after(limit);
    while (!is_over()) {
        try {
            co_await timeout_at(next_look, over_.wait());
        } catch (const TimeoutError&) {
            if (!went_on()) throw;
            next_look = Loop::current().deadline_after(limit);
        }
    }
    if (error_) std::rethrow_exception(error_);
}

}  // namespace trawl::http
