/// Both protocols name their fields exactly, so nothing here is guessed by looks.
#include "page_protocols.hpp"

#include <algorithm>
#include <array>

#include "page_facts.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/detect.hpp"
#include "url_step.hpp"

namespace trawl::fetch {
namespace {

JsonPath path(std::initializer_list<std::string_view> keys) {
    JsonPath made;
    for (const std::string_view key : keys) made = made.child(key);
    return made;
}

struct ODataFields {
    JsonPath next, count;
};

const std::array<ODataFields, 3>& odata_versions() {
    static const std::array<ODataFields, 3> versions = {
        ODataFields{path({"@odata.nextLink"}), path({"@odata.count"})},
        ODataFields{path({"odata.nextLink"}), path({"odata.count"})},
        ODataFields{path({"d", "__next"}), path({"d", "__count"})},
    };
    return versions;
}

/// The fields of the version that this page speaks.
const ODataFields* odata_fields(const JsonPage& page) {
    for (const ODataFields& fields : odata_versions())
        if (page.scalar(fields.next) || page.scalar(fields.count)) return &fields;
    return nullptr;
}

Pagination odata_offset(const PageView& first, const ODataFields& fields, std::uint64_t skipped,
                        std::optional<std::uint64_t> total) {
    Pagination found;
    found.kind = PaginationKind::offset;
    found.param = "$skip";
    found.first = skipped;
    found.limit_param = "$top";
    found.limit = first.records.count;
    if (total) {
        found.total_path = fields.count;
        found.records = *total - std::min(*total, skipped);
        found.pages = rounded_up(*found.records, first.records.count);
    }
    found.explanation = format("pagination: OData, offset `$skip`, {} a page{}", first.records.count,
                               total ? format(" (total {} in {})", *total, fields.count.str()) : "");
    return found;
}

std::uint64_t skipped_rows(const PageView& view) {
    const auto skip = view.url.query("$skip");
    return skip ? JsonScalar{JsonScalar::Kind::string, *skip}.count().value_or(0) : 0;
}

/// A connection of the page: the path of the object around pageInfo.
struct Connection {
    JsonPath path;
    bool has_more = false;
};

constexpr std::size_t connection_depth_max = 8;  // data.organization.repository.issues.pageInfo.endCursor is six

JsonPath parent(const JsonPath& of, std::size_t levels) {
    JsonPath made;
    for (std::size_t i = 0; i + levels < of.steps().size(); ++i) made = made.child(of.steps()[i].key);
    return made;
}

std::vector<Connection> connections(const JsonPage& page) {
    std::vector<Connection> found;
    for (const JsonField& field : page.fields(connection_depth_max)) {
        const auto& steps = field.path.steps();
        const std::size_t size = steps.size();
        if (size < 3 || steps[0].key != "data" || steps[size - 2].key != "pageInfo") continue;
        if (steps[size - 1].key == "hasNextPage") found.push_back({parent(field.path, 2), field.value.text == "true"});
    }
    return found;
}

/// "variables.cursor" of a query with `after: $cursor`; none if it takes no cursor, or several.
std::optional<JsonPath> cursor_variable(std::string_view sent) {
    if (sent.empty()) return std::nullopt;
    const auto query = JsonPage::parse(sent).scalar(path({"query"}));
    if (!query) return std::nullopt;
    std::optional<std::string> variable;
    const std::string& text = query->text;
    for (std::size_t at = text.find("after"); at != std::string::npos; at = text.find("after", at + 1)) {
        const std::size_t colon = text.find_first_not_of(" \t\r\n", at + 5);
        if (colon == std::string::npos || text[colon] != ':') continue;
        const std::size_t dollar = text.find_first_not_of(" \t\r\n", colon + 1);
        if (dollar == std::string::npos || text[dollar] != '$') continue;
        constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
        const std::size_t end = text.find_first_not_of(letters, dollar + 1);
        const std::string name = text.substr(dollar + 1, end == std::string::npos ? end : end - dollar - 1);
        if (name.empty() || (dollar > 0 && variable && *variable != name)) return std::nullopt;
        variable = name;
    }
    return variable ? std::optional(path({"variables", *variable})) : std::nullopt;
}

/// The one connection that has more pages, else the first one. Throws where several have.
std::optional<JsonPath> only_connection(const JsonPage& page) {
    const std::vector<Connection> all = connections(page);
    if (all.empty()) return std::nullopt;
    const auto has_more = [](const Connection& connection) { return connection.has_more; };
    if (std::count_if(all.begin(), all.end(), has_more) > 1)
        throw PaginationError(
            "several connections of this answer have more pages; name one: --paginator "
            "relay:connection_path=data.NAME");
    const auto found = std::find_if(all.begin(), all.end(), has_more);
    return found == all.end() ? all.front().path : found->path;
}

void follow_connection(Pagination& pagination, const JsonPath& connection) {
    pagination.kind = PaginationKind::cursor;
    pagination.connection = connection;
    pagination.next_path = connection.child("pageInfo").child("endCursor");
    pagination.has_more_path = connection.child("pageInfo").child("hasNextPage");
    pagination.stop_after_empty_page = false;
}

Pagination settled_odata(const Pagination& said, const PageView& first) {
    Pagination found = by_odata(first).value_or(Pagination{});
    if (found.explanation.empty()) found.explanation = "pagination: OData, a single page";
    found.pages_max = said.pages_max;
    found.believes_totals = said.believes_totals;
    return found;
}

Pagination settled_relay(Pagination said, const PageView& first) {
    const auto connection =
        said.connection.steps().empty() ? only_connection(first.page) : std::optional(said.connection);
    if (!connection || !first.page.scalar(connection->child("pageInfo").child("hasNextPage")))
        throw PaginationError(
            format("the answer has no pageInfo with hasNextPage{}; ask for pageInfo {{ hasNextPage endCursor }} in the "
                   "query",
                   connection ? " at " + connection->str() : ""));
    follow_connection(said, *connection);
    if (!said.body_path) said.body_path = cursor_variable(first.sent).value_or(path({"variables", "after"}));
    said.explanation =
        format("pagination: the GraphQL connection {}, cursor in {}", connection->str(), said.body_path->str());
    return said;
}

bool has_records(const JsonPage& page, const JsonPath& at) {
    try {
        (void)page.records(at);
        return true;
    } catch (const NoRecordsError&) {
        return false;
    }
}

bool speaks_odata(const JsonPage& page) {
    const std::vector<JsonField> fields = page.fields(1);
    return odata_fields(page) != nullptr || std::any_of(fields.begin(), fields.end(), [](const JsonField& field) {
               const std::string& key = field.path.steps().back().key;
               return key.starts_with("@odata.") || key.starts_with("odata.");
           });
}

std::vector<JsonPath> record_paths(const JsonPage& page, const Pagination* said) {
    const auto preset = said != nullptr ? said->preset : PaginationPreset::none;
    if (preset == PaginationPreset::odata || speaks_odata(page))
        return {path({"value"}), path({"d", "results"}), path({"d"})};
    const bool is_named = said != nullptr && !said->connection.steps().empty();
    if (said != nullptr && preset != PaginationPreset::relay) return {};
    const auto connection = is_named ? std::optional(said->connection) : only_connection(page);
    if (!connection) return {};
    return {connection->child("nodes"), JsonPath::parse(connection->child("edges").str() + "[*].node")};
}

}  // namespace

Pagination settled(Pagination said, const PageView& first) {
    if (said.preset == PaginationPreset::odata) return settled_odata(said, first);
    if (said.preset == PaginationPreset::relay) return settled_relay(std::move(said), first);
    return said;
}

std::optional<Pagination> by_odata(const PageView& first) {
    const ODataFields* fields = odata_fields(first.page);
    if (fields == nullptr) return std::nullopt;
    const auto link = first.page.scalar(fields->next);
    const auto count = first.page.scalar(fields->count);
    const auto total = count ? count->count() : std::nullopt;
    const std::uint64_t rows = first.records.count;
    if (!link || link->text.empty()) {
        const std::uint64_t skipped = skipped_rows(first);
        if (!total || rows == 0 || *total <= skipped || *total - skipped <= rows) return std::nullopt;
        return odata_offset(first, *fields, skipped, total);
    }
    const auto step = step_between(first.url, first.url.resolve(link->text), rows);
    if (step && step->is_offset && step->param == "$skip") {
        Pagination found = odata_offset(first, *fields, step->from, total);
        found.link_path = fields->next;
        return found;
    }
    Pagination found;
    found.kind = PaginationKind::json_link;
    found.next_path = fields->next;
    found.stop_after_empty_page = false;
    found.explanation = format("pagination: OData, the next URL in {}, page by page", fields->next.str());
    return found;
}

std::optional<Pagination> by_relay(const PageView& first) {
    if (first.sent.empty()) return std::nullopt;
    const auto connection = only_connection(first.page);
    if (!connection) return std::nullopt;
    const auto more = first.page.scalar(connection->child("pageInfo").child("hasNextPage"));
    if (!more || more->text != "true") return std::nullopt;
    const auto variable = cursor_variable(first.sent);
    if (!variable)
        throw PaginationError(format(
            "{} has more pages, but the query takes no cursor that could be set; write `after: $cursor`, or name "
            "the variable: --paginator relay:cursor_body_path=variables.NAME",
            connection->str()));
    Pagination found;
    follow_connection(found, *connection);
    found.body_path = variable;
    found.explanation =
        format("pagination: the GraphQL connection {}, cursor in {}, page by page", connection->str(), variable->str());
    return found;
}

}  // namespace trawl::fetch

namespace trawl {

std::optional<JsonPath> records_by_protocol(const JsonPage& page, const Pagination* said) {
    for (const JsonPath& path : fetch::record_paths(page, said))
        if (fetch::has_records(page, path)) return path;
    return std::nullopt;
}

}  // namespace trawl
