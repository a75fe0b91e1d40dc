#include "seen_tokens.hpp"

#include <algorithm>
#include <bit>

namespace trawl::fetch {

bool SeenTokens::add(std::uint64_t token) {
    ++count_;
    if (std::find(recent_.begin(), recent_.end(), token) != recent_.end()) return false;
    if (recent_.size() < recent_max) {
        recent_.push_back(token);
    } else {
        recent_[count_ % recent_max] = token;
    }
    if (count_ > 1 && token == kept_) return false;
    if (std::has_single_bit(count_)) kept_ = token;
    return !sample_.is_kept(token) || sample_.add(token, count_).is_new;
}

}  // namespace trawl::fetch
