#include "file_state.hpp"

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {

Task<> FileState::settle(std::string_view operation) {
    while (left_ > 0) {
        co_await changed_.wait();
    }
    if (closed_) throw ClosedError(format("{} '{}': it is closed; open it again", operation, descriptor_->path()));
}

Task<> FileState::wind_up() {
    while (at_work_ > 0) {
        co_await changed_.wait();
    }
    closed_ = true;
}

void FileState::ended(bool was_left) noexcept {
    --at_work_;
    if (was_left) --left_;
    changed_.set();
    changed_.clear();
}

}  // namespace trawl::net
