/// Keys out of the spool, grouped by DuckDB.
#include "dedupe.hpp"

#include <duckdb.h>

#include "columns.hpp"
#include "source.hpp"
#include "spool_scan.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {
namespace {

constexpr std::string_view kRowColumn = "trawl row";

/// The keys of all records with the record's number.
class KeyScan : public SpoolScan {
public:
    KeyScan(const Spool& spool, const std::vector<KeyPart>& parts) : SpoolScan(spool), parts_(parts) {
        for (const KeyPart& part : parts) columns_.emplace_back(type_of(part), part.path);
    }

    [[nodiscard]] std::vector<ScanColumn> columns() const override {
        std::vector<ScanColumn> out;
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            out.push_back({trawl::format("trawl k{}", i), type_of(parts_[i])});
        }
        out.push_back({std::string(kRowColumn), Kind::int64});
        return out;
    }

    void fill(duckdb_data_chunk chunk) override {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            columns_[i].attach(duckdb_data_chunk_get_vector(chunk, i));
        }
        auto* numbers =
            static_cast<std::int64_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, columns_.size())));
        idx_t row = 0;
        std::string_view line;
        while (row < duckdb_vector_size() && next(line, numbers[row])) {
            const JsonView record = json_.parse_record(line);
            for (std::size_t i = 0; i < columns_.size(); ++i)
                put(i, row, key_value(parts_[i], record, numbers[row] + 1));
            ++row;
        }
        duckdb_data_chunk_set_size(chunk, row);
    }

private:
    static Type type_of(const KeyPart& part) { return part.in_json() ? Type(Kind::string) : part.type; }

    void put(std::size_t part, idx_t row, JsonView value) {
        if (!parts_[part].in_json()) return columns_[part].put(row, value);
        columns_[part].put_text(row, canonical_key(value));
    }

    const std::vector<KeyPart>& parts_;
    std::vector<Column> columns_;
    JsonReader json_;
};

std::string_view text_at(const duckdb_string_t* strings, idx_t row) {
    auto* text = const_cast<duckdb_string_t*>(&strings[row]);  // the C API takes no const, and changes nothing
    return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
}

void canonical_key_callback(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    try {
        JsonReader json;
        const auto* texts =
            static_cast<duckdb_string_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 0)));
        const auto* paths =
            static_cast<duckdb_string_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 1)));
        std::uint64_t* given = duckdb_vector_get_validity(duckdb_data_chunk_get_vector(input, 0));
        duckdb_vector_ensure_validity_writable(output);
        std::uint64_t* validity = duckdb_vector_get_validity(output);
        for (idx_t row = 0; row < duckdb_data_chunk_get_size(input); ++row) {
            std::string key;
            if (given == nullptr || duckdb_validity_row_is_valid(given, row)) {
                const std::string_view path = text_at(paths, row);
                const std::string_view text = text_at(texts, row);
                const auto value = find_path(path.empty() ? json.parse(text) : json.parse_record(text), path);
                if (value) key = canonical_key(*value);
            }
            duckdb_vector_assign_string_element_len(output, row, key.data(), key.size());
            duckdb_validity_set_row_validity(validity, row, !key.empty());
        }
    } catch (const std::exception& error) {  // must not cross C frames
        duckdb_scalar_function_set_error(info, error.what());
    }
}

std::vector<std::string> key_columns(std::size_t count) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(key_column(i));
    return out;
}

}  // namespace

std::string key_column(std::size_t part) { return trawl::format("\"trawl k{}\"", part); }

void enter_canonical_key(Duck& duck) {
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, std::string(kCanonicalKeySql).c_str());
    duckdb_scalar_function_add_parameter(function, text);
    duckdb_scalar_function_add_parameter(function, text);
    duckdb_scalar_function_set_return_type(function, text);
    duckdb_scalar_function_set_special_handling(function);
    duckdb_scalar_function_set_function(function, canonical_key_callback);
    const auto state = duckdb_register_scalar_function(duck.connection(), function);
    duckdb_destroy_scalar_function(&function);
    duckdb_destroy_logical_type(&text);
    if (state != DuckDBSuccess) throw LakeError("DuckDB does not take the function for keys");
}

Survivors find_survivors(Duck& duck, const Spool& spool, const std::vector<KeyPart>& parts) {
    KeyScan scan(spool, parts);
    scan.enter(duck, "trawl_keys");
    const std::string columns = comma_list(key_columns(parts.size()));
    scan.run(duck, trawl::format("CREATE TEMP TABLE {} AS SELECT {}, max({}) AS {} FROM trawl_keys() GROUP BY {}",
                                 kKeysTable, columns, sql_name(kRowColumn), sql_name(kRowColumn), columns));
    Survivors out;
    out.rows.resize(static_cast<std::size_t>(spool.lines()));
    duck.each_number(trawl::format("SELECT {} FROM {}", sql_name(kRowColumn), kKeysTable), [&](std::int64_t number) {
        out.rows.at(static_cast<std::size_t>(number)) = true;
        ++out.count;
    });
    return out;
}

}  // namespace trawl::lake
