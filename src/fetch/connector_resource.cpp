/// A resource: its request, its rows, its table.
#include <algorithm>

#include "connector_keys.hpp"
#include "connector_parts.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::fetch {
namespace {

bool is_name(std::string_view name) {
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    return !name.empty() && name.find_first_not_of(allowed) == std::string_view::npos;
}

/// Reads the request's templates and notes where their placeholders stand.
class RequestReader {
public:
    RequestReader(const TableReader& reader, ReadResource& read) : reader_(reader), read_(read) {}

    void read() {
        Resource& resource = read_.resource;
        if (const auto method = reader_.word("method", methods)) resource.method = methods[*method];
        read_path();
        if (const TomlMember* params = reader_.find("params", TomlKind::table))
            for (const TomlMember& member : params->value.members) param(member, member.value);
        if (const TomlMember* headers = reader_.find("headers", TomlKind::table))
            for (const TomlMember& member : headers->value.members)
                if (auto text = text_template(member.name, member.value, Template::Use::header))
                    resource.headers.emplace_back(member.name, std::move(*text));
        if (const TomlMember* json = reader_.find("json")) read_json(json->value);
    }

private:
    /// Where none is named, it is the resource's name, as in dlt. A name that is none has been told of.
    void read_path() {
        const TomlMember* path = reader_.find("path", TomlKind::string);
        if (!path && is_name(read_.resource.name))
            read_.resource.path = Template::parse(read_.resource.name, Template::Use::path);
        if (!path) return;
        if (auto text = text_template("path", path->value, Template::Use::path)) read_.resource.path = std::move(*text);
    }

    /// An array is the same parameter several times.
    void param(const TomlMember& member, const TomlValue& value) {
        if (value.is(TomlKind::array)) {
            for (const TomlValue& item : value.items) one_param(member, item);
        } else {
            one_param(member, value);
        }
    }

    void one_param(const TomlMember& member, const TomlValue& value) {
        if (value.is(TomlKind::table)) return refuse_dlt_table(member, value);
        if (auto text = text_template(member.name, value, Template::Use::text))
            read_.resource.params.emplace_back(member.name, std::move(*text));
    }

    /// dlt's older ways to name a parent's field, and the incremental value.
    void refuse_dlt_table(const TomlMember& member, const TomlValue& value) {
        const TomlMember* type = value.find("type");
        std::string advice;
        if (type && type->value.text == "resolve")
            advice = format("; write {} = \"{{resources.parent.field}}\"", member.name);
        if (type && type->value.text == "incremental")
            advice = format("; write incremental = {{ cursor_path = ..., start_param = \"{}\" }}", member.name);
        reader_.problem(value.at,
                        format("'{}' must be a string, a number, a boolean or an array of them, not a table{}",
                               member.name, advice));
    }

    std::optional<Template> text_template(const std::string& name, const TomlValue& value, Template::Use use) {
        const auto scalar = scalar_of(value);
        if (!scalar) {
            reader_.problem(value.at,
                            format("'{}' must be a string, a number or a boolean, not {}", name, kind_name(value)));
            return std::nullopt;
        }
        try {
            Template parsed = Template::parse(value.is(TomlKind::string) ? value.braced : scalar->text, use);
            note(parsed.placeholders(), value.at, use == Template::Use::text);
            if (value.is_secret) parsed.mark_secret();
            return parsed;
        } catch (const UsageError& error) {
            tell(value, name, error.what());
            return std::nullopt;
        }
    }

    /// The reason quotes what stands between braces, where a secret may have been put in.
    void tell(const TomlValue& value, std::string_view name, std::string_view why) {
        reader_.problem(value.at, format("'{}': {}", name, value.is_secret ? "its placeholders cannot be read" : why));
    }

    void note(const std::vector<Placeholder>& placeholders, FilePlace at, bool may_be_left_out) {
        for (const Placeholder& placeholder : placeholders) read_.uses.push_back({placeholder, at, may_be_left_out});
    }

    void read_json(const TomlValue& value) {
        JsonTemplate json;
        append(json, value);
        read_.resource.json = std::move(json);
    }

    void append(JsonTemplate& json, const TomlValue& value) {
        if (value.is(TomlKind::table)) return append_table(json, value);
        if (value.is(TomlKind::array)) return append_array(json, value);
        if (value.is(TomlKind::string)) return append_string(json, value);
        if (!scalar_of(value)) return reader_.problem(value.at, "'json': JSON has no such number");
        json.append(value.is(TomlKind::date) ? quote_json(value.text) : value.text);
    }

    void append_string(JsonTemplate& json, const TomlValue& value) {
        try {
            JsonTemplate alone;
            alone.append_string(value.braced);
            note(alone.placeholders(), value.at, false);
            json.append_string(value.braced);
            if (value.is_secret) json.mark_secret();
        } catch (const UsageError& error) {
            tell(value, "json", error.what());
        }
    }

    void append_table(JsonTemplate& json, const TomlValue& table) {
        json.append("{");
        for (const TomlMember& member : table.members) {
            json.append((&member == table.members.data() ? "" : ",") + quote_json(member.name) + ":");
            append(json, member.value);
        }
        json.append("}");
    }

    void append_array(JsonTemplate& json, const TomlValue& array) {
        json.append("[");
        for (const TomlValue& item : array.items) {
            if (&item != array.items.data()) json.append(",");
            append(json, item);
        }
        json.append("]");
    }

    const TableReader& reader_;
    ReadResource& read_;
};

void read_names(const TableReader& reader, Resource& resource) {
    const TomlMember* name = reader.need("name");
    resource.name = name ? reader.open_text("name").value_or("") : "";
    resource.at = name ? name->value.at : reader.table().at;
    if (!resource.name.empty() && !is_name(resource.name)) reader.unusable(*name, "letters, digits, '_' and '-' alone");
    resource.table = reader.open_text("table").value_or(resource.name);
    if (reader.find("table") && !resource.table.empty() && !is_name(resource.table))
        reader.unusable(*reader.find("table"), "letters, digits, '_' and '-' alone");
    resource.selected = reader.boolean("selected").value_or(true);
}

WriteDisposition default_disposition(const Resource& resource) {
    if (!resource.incremental) return WriteDisposition::replace;
    return resource.primary_key.empty() ? WriteDisposition::append : WriteDisposition::merge;
}

void read_rows(const TableReader& reader, Resource& resource) {
    ConnectorProblems& problems = reader.problems();
    resource.data_selector = reader.path("data_selector");
    if (const TomlMember* actions = reader.find("response_actions"))
        resource.response_actions = read_response_actions(*actions, problems);
    if (const TomlMember* filters = reader.find("filters")) resource.filters = read_filters(*filters, problems);
    if (const TomlMember* incremental = reader.find("incremental"))
        resource.incremental = read_incremental(*incremental, problems);
    if (const TomlMember* partitions = reader.find("partitions"))
        resource.partitions = read_partitions(*partitions, problems);
}

void read_table(const TableReader& reader, Resource& resource) {
    resource.primary_key = reader.texts("primary_key");
    if (const TomlMember* columns = reader.find("columns"))
        resource.columns = read_columns(*columns, reader.problems());
    for (const ColumnHint& column : resource.columns) {
        const bool is_new = std::ranges::find(resource.primary_key, column.name) == resource.primary_key.end();
        if (column.is_key && is_new) resource.primary_key.push_back(column.name);
    }
    resource.include_from_parent = reader.texts("include_from_parent");
    const auto disposition = reader.word("write_disposition", write_dispositions);
    resource.write_disposition =
        disposition ? static_cast<WriteDisposition>(*disposition) : default_disposition(resource);
}

}  // namespace

ReadResource read_resource(const TomlValue& merged, ConnectorProblems& problems) {
    constexpr std::int64_t weight_max = 1'000'000;
    const TableReader reader(merged, "[[resources]]", problems);
    ReadResource read;
    Resource& resource = read.resource;
    read_names(reader, resource);
    RequestReader(reader, read).read();
    if (const TomlMember* paginator = reader.find("paginator"))
        resource.paginator = read_paginator(*paginator, problems);
    resource.weight = static_cast<std::uint32_t>(std::min(reader.whole("weight", 1).value_or(1), weight_max));
    read_rows(reader, resource);
    read_table(reader, resource);
    return read;
}

}  // namespace trawl::fetch
