/// The text is cut at the deepest object on the path that is there; what is missing is written in between.
#include "json_edit.hpp"

#include <cassert>

#include "json_outline.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::fetch {
namespace {

using Steps = std::vector<JsonPath::Step>;

/// {"a":{"b":raw}} for the steps from `at` on.
std::string nested(const Steps& steps, std::size_t at, std::string_view raw) {
    std::string text(raw);
    for (std::size_t i = steps.size(); i > at; --i) text = "{" + quote_json(steps[i - 1].key) + ":" + text + "}";
    return text;
}

std::string spliced(std::string_view json, std::size_t begin, std::size_t size, const std::string& middle) {
    return std::string(json.substr(0, begin)) + middle + std::string(json.substr(begin + size));
}

}  // namespace

std::string with_value(std::string_view json, const JsonPath& path, std::string_view raw) {
    if (json.empty()) json = "{}";
    const Steps& steps = path.steps();
    const JsonOutline outline = JsonOutline::read(json);
    const JsonNode* node = &outline.root();
    std::size_t at = 0;
    for (; at < steps.size() && node->kind == JsonKind::object; ++at) {
        assert(steps[at].kind == JsonPath::StepKind::key);
        const JsonNode* member = outline.member(*node, steps[at].key);
        if (member == nullptr) {
            const std::string inside = nested(steps, at + 1, raw);
            const std::string added = (node->count > 0 ? "," : "") + quote_json(steps[at].key) + ":" + inside;
            const auto end = static_cast<std::size_t>(node->text.data() - json.data()) + node->text.size() - 1;
            return spliced(json, end, 0, added);
        }
        node = member;
    }
    const auto begin = static_cast<std::size_t>(node->text.data() - json.data());
    return spliced(json, begin, node->text.size(), nested(steps, at, raw));
}

bool is_json_object(std::string_view json) {
    try {
        return JsonOutline::read(json).root().kind == JsonKind::object;
    } catch (const PageError&) {
        return false;
    }
}

}  // namespace trawl::fetch
