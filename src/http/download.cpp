#include "trawl/http/download.hpp"

#include <algorithm>
#include <exception>
#include <random>
#include <utility>

#include "attempts.hpp"
#include "request_error.hpp"
#include "resume.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/staged_file.hpp"

namespace trawl {
namespace {

using http::Resume;

constexpr std::int64_t kProgress = 64 * 1024;        // bytes that make a cut the first one again
constexpr std::size_t kWrittenAtOnce = 1024 * 1024;  // a visit to a thread for a piece of 16 KB would cost more than it

class Downloading {
public:
    Downloading(Request request, std::string path)
        : request_(std::move(request)), path_(std::move(path)), policy_(request_.retry().value_or(RetryPolicy())) {}

    Task<Download> all() {
        StagedFile staged = co_await StagedFile::create(path_);
        file_ = &staged.file();
        bool is_done = false;
        while (!is_done) {
            is_done = co_await one_answer();
            if (!is_done) co_await pause();
        }
        co_await staged.publish();
        done_.bytes = resume_.offset();
        co_return std::move(done_);
    }

private:
    // False when another one is needed; error_ says why, if it was an error.
    Task<bool> one_answer() {
        Request request = request_;
        resume_.prepare(request.mutable_headers());
        auto opening = std::move(request).raw().retry(policy_).stream();
        ResponseStream answer = co_await std::move(opening);
        const Resume::Use use = resume_.take_head(answer.status(), answer.headers());
        if (use == Resume::Use::kRefused) refuse(answer);
        error_ = nullptr;
        if (use == Resume::Use::kNothing) co_return false;
        co_await begin(use);
        done_.headers = answer.headers();
        co_return co_await take_body(answer);
    }

    void refuse(const ResponseStream& answer) const {
        answer.raise_for_status();
        throw ProtocolError(
            format("{}: an answer of status {} is nothing to download", http::request_name(request_), answer.status()));
    }

    Task<> begin(Resume::Use use) {
        if (use == Resume::Use::kGoesOn) {
            ++done_.resumed;
            co_return;
        }
        if (std::exchange(has_begun_, true)) ++done_.restarts;
        pending_.clear();
        written_ = 0;
        co_await file_->truncate(0);
    }

    Task<bool> take_body(ResponseStream& answer) {
        bool is_at_end = false;
        while (!is_at_end && !error_) {
            std::optional<std::string> piece;
            try {
                piece = co_await answer.next();
            } catch (const Error&) {
                error_ = std::current_exception();
            }
            if (piece) co_await take(*std::move(piece));
            is_at_end = !piece && !error_;
        }
        co_await write();
        co_return is_at_end&& resume_.take_end();
    }

    Task<> take(std::string piece) {
        if (!resume_.take(piece.size())) {
            throw ProtocolError(format("{}: more bytes came than the range has", http::request_name(request_)));
        }
        pending_ += piece;
        if (pending_.size() >= kWrittenAtOnce) co_await write();
    }

    Task<> write() {
        const auto size = static_cast<std::int64_t>(pending_.size());
        if (size == 0) co_return;
        std::string bytes = std::exchange(pending_, std::string());
        co_await file_->write_at(written_, std::move(bytes));
        written_ += size;
    }

    // What was there before a restart is no progress when it comes again.
    Task<> pause() {
        const bool has_progressed = resume_.offset() >= mark_ + kProgress;
        if (has_progressed) {
            mark_ = resume_.offset();
            cuts_ = 0;
            if (!error_) co_return;  // a server that gives one part after the other
        }
        const auto failure = error_ ? http::failure_of(error_) : Failure{FailureKind::damaged, 0, {}};
        if (!failure) std::rethrow_exception(error_);
        const double random = std::uniform_real_distribution<double>()(random_);
        const auto decision = policy_.decide(++cuts_, *failure, std::chrono::system_clock::now(), random);
        if (std::holds_alternative<GiveUp>(decision)) give_up();
        co_await sleep(std::get<Retry>(decision).delay);
    }

    [[noreturn]] void give_up() const {
        const std::string note = format("{} cuts without progress, at byte {}{}", cuts_, resume_.offset(),
                                        resume_.size() ? format(" of {}", *resume_.size()) : "");
        if (error_) http::rethrow_with(error_, note);
        throw ProtocolError(format("{}: the source's parts never fit: {}", http::request_name(request_), note));
    }

    Request request_;
    std::string path_;
    RetryPolicy policy_;
    Resume resume_;
    File* file_ = nullptr;
    std::string pending_;       // received and not written
    std::int64_t written_ = 0;  // what is in the file
    std::int64_t mark_ = 0;     // the offset that the next progress counts from
    int cuts_ = 0;              // since then
    std::exception_ptr error_;  // of the last body, if it was cut
    bool has_begun_ = false;
    std::minstd_rand random_{std::random_device()()};
    Download done_;
};

Task<Download> download_all(Request request, std::string path) {
    Downloading downloading(std::move(request), std::move(path));
    co_return co_await downloading.all();
}

void check(const Request& request) {
    if (request.method() != "GET" || !request.body().empty()) throw UsageError("download() takes a GET without a body");
    if (request.headers().contains("range")) throw UsageError("download() asks for ranges by itself: set no Range");
}

}  // namespace

Task<Download> download(Request request, std::string path) {
    check(request);
    const auto limit = request.timeout();
    if (!limit) co_return co_await download_all(std::move(request), std::move(path));
    const std::string message = http::too_slow(request, "not complete", *limit);
    const TimePoint deadline = Loop::current().deadline_after(*limit);
    try {
        co_return co_await timeout_at(deadline, download_all(std::move(request), std::move(path)));
    } catch (const TimeoutError&) {
        if (Loop::current().now() < deadline) throw;
        throw TimeoutError(message);
    }
}

}  // namespace trawl
