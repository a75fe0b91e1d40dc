/// What a generator test notes down: the lines that its generators ran, and which of their locals were destroyed when.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "trawl/coro/generator.hpp"

namespace trawl::testing {

using Trace = std::vector<std::string>;

/// A local whose destructor notes "~name": what Python writes as `finally`.
class Finally {
public:
    Finally(Trace& trace, std::string name) : trace_(trace), name_(std::move(name)) {}
    Finally(const Finally&) = delete;
    Finally& operator=(const Finally&) = delete;
    ~Finally() { trace_.push_back("~" + name_); }

private:
    Trace& trace_;
    std::string name_;
};

/// Everything that is left in it.
template <class Yield, class Return>
std::vector<std::remove_cvref_t<Yield>> all(Generator<Yield, void, Return>& generator) {
    std::vector<std::remove_cvref_t<Yield>> items;
    for (auto&& item : generator) items.push_back(std::forward<decltype(item)>(item));
    return items;
}
template <class Yield, class Return>
std::vector<std::remove_cvref_t<Yield>> all(Generator<Yield, void, Return>&& generator) {
    return all(generator);
}

inline Generator<int> count(int below) {
    for (int i = 0; i < below; ++i) co_yield i;
}

}  // namespace trawl::testing
