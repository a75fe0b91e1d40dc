#include "trawl/sync/stream.hpp"

namespace trawl::sync {

void Producers::start() {
    started_ = true;
    working_ = waiting_.size();
    group_.emplace();
    for (Task<>& producer : waiting_) group_->spawn(std::move(producer));
    waiting_.clear();
}

void Producers::drop() noexcept {
    waiting_.clear();
    group_.reset();
    if (error_) Schedule::current().report_lost_error(std::exchange(error_, nullptr));
}

// The one that has failed runs now: it goes on to its end, and is destroyed there.
bool Producers::ended(std::exception_ptr error) noexcept {
    if (!group_) return false;
    --working_;
    if (error) {
        error_ = std::move(error);
        working_ = 0;
        group_->cancel();
    }
    return working_ == 0;
}

void Producers::rethrow() {
    if (auto error = std::exchange(error_, nullptr)) std::rethrow_exception(error);
}

}  // namespace trawl::sync
