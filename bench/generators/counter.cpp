#include "counter.hpp"

namespace bench {

Counter::Counter(std::uint64_t begin, std::uint64_t end) noexcept : value_(begin), end_(end) {}

Counter::Iterator Counter::begin() noexcept { return Iterator(value_ < end_ ? this : nullptr); }

Counter::Iterator& Counter::Iterator::operator++() noexcept {
    if (++counter_->value_ == counter_->end_) counter_ = nullptr;
    return *this;
}

}  // namespace bench
