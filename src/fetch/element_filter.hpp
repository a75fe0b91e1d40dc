/// A path's filter, put to elements of which a page has kept the text alone.
#pragma once

#include <memory>
#include <string_view>

namespace trawl {
struct JsonFilter;
}

namespace trawl::fetch {

class ElementFilter {
public:
    /// `filter` must outlive it.
    explicit ElementFilter(const JsonFilter& filter);
    ElementFilter(const ElementFilter&) = delete;
    ElementFilter& operator=(const ElementFilter&) = delete;
    ~ElementFilter();

    /// `element` is JSON. Throws PageError where the reader of records is stricter than that of pages: for half of a
    /// surrogate pair.
    [[nodiscard]] bool holds(std::string_view element);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace trawl::fetch
