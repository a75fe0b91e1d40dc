#include "json_select.hpp"

#include "element_range.hpp"
#include "trawl/fetch/row_filter.hpp"

namespace trawl::fetch {
namespace {

using What = JsonNode::What;

std::size_t count_of(JsonView array) {
    std::size_t count = 0;
    for (auto element = array.first(); element != array.last(); element = element.next()) ++count;
    return count;
}

void append_elements(JsonView array, const JsonPath::Step& step, std::vector<JsonView>& found) {
    const ElementRange range = element_range(step, count_of(array));
    std::size_t index = 0;
    for (auto element = array.first(); element != array.last(); element = element.next(), ++index)
        if (range.contains(index) && (!step.filter || step.filter->holds(element))) found.push_back(element);
}

std::vector<JsonView> take_step(const std::vector<JsonView>& from, const JsonPath::Step& step) {
    std::vector<JsonView> found;
    for (const JsonView& view : from) {
        if (step.kind == JsonPath::StepKind::key) {
            if (const auto member = view.find(step.key)) found.push_back(*member);
        } else if (view.is(What::array)) {
            append_elements(view, step, found);
        }
    }
    return found;
}

}  // namespace

std::vector<JsonView> select_all(JsonView root, const JsonPath& path) {
    std::vector<JsonView> found = {root};
    for (const JsonPath::Step& step : path.steps()) found = take_step(found, step);
    return found;
}

std::optional<JsonView> select_first(JsonView root, const JsonPath& path) {
    const std::vector<JsonView> found = select_all(root, path);
    if (found.empty()) return std::nullopt;
    return found.front();
}

std::optional<JsonScalar> scalar_of(JsonView value) {
    switch (value->what) {
        case What::string:
            return JsonScalar{JsonScalar::Kind::string, std::string(value->text)};
        case What::number:
            return JsonScalar{JsonScalar::Kind::number, std::string(value->text)};
        case What::boolean:
            return JsonScalar{JsonScalar::Kind::boolean, std::string(value->text)};
        default:
            return std::nullopt;
    }
}

}  // namespace trawl::fetch
