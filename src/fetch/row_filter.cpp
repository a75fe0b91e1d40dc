#include "trawl/fetch/row_filter.hpp"

#include <algorithm>
#include <array>

#include "json_select.hpp"
#include "scalar_order.hpp"

namespace trawl {
namespace {

/// Whether what is there, `found`, compares so with `wanted`; neither is null or missing.
bool compares(CompareOp op, const JsonScalar& found, const JsonScalar& wanted) {
    const auto order = fetch::compare_scalars(found, wanted);
    switch (op) {
        case CompareOp::eq:
        case CompareOp::in:
            return order && *order == 0;
        case CompareOp::ne:
            return !order || *order != 0;
        case CompareOp::lt:
            return order && *order < 0;
        case CompareOp::le:
            return order && *order <= 0;
        case CompareOp::gt:
            return order && *order > 0;
        case CompareOp::ge:
            return order && *order >= 0;
        case CompareOp::exists:
            return true;
    }
    return false;
}

/// As RFC 9535 has it, null is a value like others: equal to itself, and "<=" and ">=" hold of what is equal.
bool compares_with_null(CompareOp op, const std::optional<JsonView>& found) {
    const bool is_null = found && (*found)->what == JsonNode::What::null;
    if (op == CompareOp::eq || op == CompareOp::le || op == CompareOp::ge) return is_null;
    return op == CompareOp::ne && !is_null;
}

std::string quoted(std::string_view text) {
    std::string literal = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') literal += '\\';
        literal += c;
    }
    return literal + "'";
}

std::string literal_of(const RowFilter& condition) {
    if (condition.values.empty()) return "null";
    const JsonScalar& value = condition.values.front();
    return value.kind == JsonScalar::Kind::string ? quoted(value.text) : value.text;
}

std::string condition_text(const RowFilter& condition) {
    constexpr std::array<std::string_view, 8> operators = {"==", "!=", "<", "<=", ">", ">=", "in", ""};
    const std::string path = "@" + condition.path.str().substr(1);
    if (condition.op == CompareOp::exists) return path;
    return path + " " + std::string(operators[static_cast<std::size_t>(condition.op)]) + " " + literal_of(condition);
}

}  // namespace

bool RowFilter::holds(JsonView row) const {
    const auto found = fetch::select_first(row, path);
    if (op == CompareOp::exists) return found.has_value() == (values.empty() || values.front().text == "true");
    if (values.empty() && op != CompareOp::in) return compares_with_null(op, found);
    const auto scalar = found ? fetch::scalar_of(*found) : std::nullopt;
    if (!scalar) return op == CompareOp::ne;
    return std::ranges::any_of(values, [&](const JsonScalar& wanted) { return compares(op, *scalar, wanted); });
}

bool keeps(const std::vector<RowFilter>& filters, JsonView row) {
    return std::ranges::all_of(filters, [&](const RowFilter& filter) { return filter.holds(row); });
}

bool JsonFilter::holds(JsonView element) const {
    const auto part_holds = [&](const JsonFilter& part) { return part.holds(element); };
    switch (kind) {
        case Kind::condition:
            return condition.holds(element);
        case Kind::all:
            return std::ranges::all_of(parts, part_holds);
        case Kind::any:
            return std::ranges::any_of(parts, part_holds);
        case Kind::negation:
            return !parts.front().holds(element);
    }
    return false;
}

std::string JsonFilter::str() const {
    if (kind == Kind::condition) return condition_text(condition);
    if (kind == Kind::negation) return "!(" + parts.front().str() + ")";
    std::string text;
    for (const JsonFilter& part : parts) {
        if (!text.empty()) text += kind == Kind::all ? " && " : " || ";
        const bool in_brackets = part.kind == Kind::any || part.kind == Kind::all;
        text += in_brackets ? "(" + part.str() + ")" : part.str();
    }
    return text;
}

}  // namespace trawl
