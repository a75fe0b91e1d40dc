#include "element_filter.hpp"

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/row_filter.hpp"

namespace trawl::fetch {

struct ElementFilter::State {
    const JsonFilter& filter;
    JsonReader reader = {};
};

ElementFilter::ElementFilter(const JsonFilter& filter) : state_(std::make_unique<State>(State{filter})) {}
ElementFilter::~ElementFilter() = default;

bool ElementFilter::holds(std::string_view element) {
    try {
        return state_->filter.holds(state_->reader.parse(element));
    } catch (const JsonError& error) {
        throw PageError(format("a record cannot be compared: {}", error.what()));
    }
}

}  // namespace trawl::fetch
