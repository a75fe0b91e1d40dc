#include "trawl/http/har.hpp"

#include <utility>

#include "trawl/base/error.hpp"

namespace trawl {
namespace {

constexpr std::size_t kPendingMax = 1024 * 1024;  // some hundred entries
constexpr std::string_view kHead = R"({"log":{"version":"1.2","creator":{"name":"trawl","version":"0.1"},"entries":[)"
                                   "\n";
constexpr std::string_view kTail = "\n]}}\n";  // stands behind the last entry, and is written over by the next

}  // namespace

HarRecorder::HarRecorder(std::string path, std::size_t body_max) : path_(std::move(path)), body_max_(body_max) {}

HarRecorder::~HarRecorder() = default;

// A writer ends with its loop; what it did not write is left to the next one.
void HarRecorder::start() {
    if (error_ || (writer_ && writer_->size() > 0)) return;
    if (!writer_) pending_.insert(0, kHead);
    writer_ = std::make_unique<Background>();
    writer_->spawn(write_on(), "HAR writer");
    is_writing_ = false;
}

// A stream may outlive its loop: without one, what it adds waits for the next.
void HarRecorder::add(std::string entry) {
    if (Schedule::is_running_here()) start();
    if (error_) return;
    if (entries_++ > 0) pending_ += ",\n";
    pending_ += entry;
    has_work_.set();
}

Task<> HarRecorder::flush() {
    start();
    has_work_.set();
    while (!error_ && (is_writing_ || !pending_.empty())) {
        co_await changed_.wait();
    }
    if (error_) std::rethrow_exception(error_);
}

Task<> HarRecorder::wait_for_room() {
    while (!error_ && pending_.size() > kPendingMax) {
        co_await changed_.wait();
    }
}

Task<> HarRecorder::write_on() {
    while (!error_) {
        co_await has_work_.wait();
        has_work_.clear();
        if (pending_.empty()) continue;
        is_writing_ = true;
        try {
            co_await write_pending();
        } catch (const Error&) {
            error_ = std::current_exception();
            pending_.clear();
        }
        is_writing_ = false;
        changed_.set();
        changed_.clear();
    }
}

Task<> HarRecorder::write_pending() {
    if (!file_.is_open()) file_ = co_await File::open(path_, FileMode::write());
    const std::size_t size = pending_.size();
    std::string bytes = pending_;
    bytes += kTail;
    co_await file_.write_at(end_, std::move(bytes));
    pending_.erase(0, size);
    end_ += static_cast<std::int64_t>(size);
}

}  // namespace trawl
