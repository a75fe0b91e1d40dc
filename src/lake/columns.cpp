/// Vectors, validity masks and list offsets of DuckDB's C API.
#include "columns.hpp"

#include <algorithm>
#include <cstdint>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "values.hpp"

namespace trawl::lake {

using What = JsonNode::What;

namespace {

duckdb_logical_type struct_type(const Type& type) {
    std::vector<duckdb_logical_type> types;
    std::vector<const char*> names;
    for (const Field& field : type.fields) {
        types.push_back(logical_type(field.type));
        names.push_back(field.column.c_str());
    }
    duckdb_logical_type out = duckdb_create_struct_type(types.data(), names.data(), types.size());
    for (duckdb_logical_type& member : types) duckdb_destroy_logical_type(&member);
    return out;
}

duckdb_logical_type list_type(const Type& type) {
    duckdb_logical_type item = logical_type(type.element.front());
    duckdb_logical_type out = duckdb_create_list_type(item);
    duckdb_destroy_logical_type(&item);
    return out;
}

}  // namespace

duckdb_logical_type logical_type(const Type& type) {
    switch (storage_of(type)) {
        case Storage::boolean:
            return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
        case Storage::bigint:
            return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
        case Storage::decimal:
            return duckdb_create_decimal_type(38, 0);
        case Storage::real:
            return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
        case Storage::fixed:
            return duckdb_create_decimal_type(type.precision, type.scale);
        case Storage::date:
            return duckdb_create_logical_type(DUCKDB_TYPE_DATE);
        case Storage::timestamp:
            return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP_TZ);  // Parquet's isAdjustedToUTC, as Delta wants
        case Storage::text:
            return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
        case Storage::list:
            return list_type(type);
        case Storage::structure:
            break;
    }
    return struct_type(type);
}

Column::Column(const Type& type, std::string path)
    : storage_(storage_of(type)), type_(type.kind), path_(std::move(path)), raw_(type.kind != Kind::string) {
    type_.precision = type.precision;
    type_.scale = type.scale;
    if (storage_ == Storage::list) inner_.emplace_back(type.element.front(), path_ + "[]");
    if (storage_ != Storage::structure) return;
    for (const Field& field : type.fields) {
        by_key_.emplace(field.key, keys_.size());
        keys_.push_back(field.key);
        inner_.emplace_back(field.type, path_.empty() ? field.key : path_ + "." + field.key);
    }
    seen_.resize(keys_.size());
}

void Column::attach(duckdb_vector vector) {
    forget_lists();
    map(vector);
}

void Column::attach_fields(duckdb_data_chunk chunk) {
    for (std::size_t i = 0; i < inner_.size(); ++i) inner_[i].attach(duckdb_data_chunk_get_vector(chunk, i));
}

void Column::forget_lists() {
    length_ = capacity_ = 0;
    for (Column& column : inner_) column.forget_lists();
}

/// Finds the vector's memory (again): growing a list moves the memory of everything below it, but not what is in it.
void Column::map(duckdb_vector vector) {
    vector_ = vector;
    data_ = duckdb_vector_get_data(vector);
    duckdb_vector_ensure_validity_writable(vector);
    validity_ = duckdb_vector_get_validity(vector);
    if (storage_ == Storage::list) inner_[0].map(duckdb_list_vector_get_child(vector));
    for (std::size_t i = 0; storage_ == Storage::structure && i < inner_.size(); ++i) {
        inner_[i].map(duckdb_struct_vector_get_child(vector, i));
    }
}

void Column::mark(idx_t row, bool valid) {
    const std::uint64_t bit = std::uint64_t{1} << (row % 64);
    validity_[row / 64] = valid ? validity_[row / 64] | bit : validity_[row / 64] & ~bit;
}

void Column::put_null(idx_t row) {
    mark(row, false);
    if (storage_ == Storage::list) store(row, duckdb_list_entry{length_, 0});
    if (storage_ != Storage::structure) return;
    for (Column& column : inner_) column.put_null(row);  // DuckDB wants no value below a NULL struct
}

void Column::put_text(idx_t row, std::string_view text) {
    mark(row, true);
    duckdb_vector_assign_string_element_len(vector_, row, text.data(), text.size());
}

void Column::put(idx_t row, JsonView value) {
    if (value.is(What::null)) return put_null(row);
    mark(row, true);
    switch (storage_) {
        case Storage::boolean:
            return store(row, read_boolean(value), value);
        case Storage::bigint:
            return store(row, read_bigint(value), value);
        case Storage::real:
            return store(row, read_real(value), value);
        case Storage::date:
            return store(row, read_date(value), value);
        case Storage::timestamp:
            return store(row, read_timestamp(value), value);
        case Storage::text:
            return put_text(row, raw_ ? value->raw : value->text);
        case Storage::list:
            return put_list(row, value);
        case Storage::structure:
            return put_fields(row, value);
        case Storage::decimal:
        case Storage::fixed:
            break;
    }
    put_fixed(row, value);
}

/// DuckDB keeps a decimal in the smallest integer that its digits fit.
void Column::put_fixed(idx_t row, JsonView value) {
    constexpr int digits16 = 4, digits32 = 9, digits64 = 18;
    const int precision = storage_ == Storage::fixed ? type_.precision : 38;
    const auto read = read_fixed(value, precision, type_.scale);
    if (!read) refuse(value);
    const auto low = static_cast<std::int64_t>(read->lower);
    if (precision <= digits16) return store(row, static_cast<std::int16_t>(low));
    if (precision <= digits32) return store(row, static_cast<std::int32_t>(low));
    if (precision <= digits64) return store(row, low);
    store(row, duckdb_hugeint{read->lower, read->upper});
}

void Column::refuse(JsonView value) const {
    throw SchemaError(trawl::format("{}: {}", path_, why_unreadable(value, type_)));
}

void Column::put_fields(idx_t row, JsonView object) {
    const std::uint64_t id = ++object_;
    std::size_t position = 0;
    for (auto member = object.first(); member != object.last(); member = member.next(), ++position) {
        std::size_t at = position;
        if (at >= keys_.size() || keys_[at] != member->key) {
            const auto found = by_key_.find(std::string(member->key));
            if (found == by_key_.end()) throw LakeError("a key came after the schema was made");
            at = found->second;
        }
        seen_[at] = id;
        inner_[at].put_member(row, member, object);
    }
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        if (seen_[i] != id) inner_[i].put_null(row);
    }
}

/// Of a key that is there twice only the last value has to be one of the column's type.
void Column::put_member(idx_t row, JsonView member, JsonView object) {
    try {
        put(row, member);
    } catch (const SchemaError&) {
        const bool is_single = storage_ != Storage::list && storage_ != Storage::structure;
        if (!is_single || object.find(member->key) == member) throw;
    }
}

void Column::put_list(idx_t row, JsonView array) {
    idx_t count = 0;
    for (auto item = array.first(); item != array.last(); item = item.next()) ++count;
    const idx_t begin = length_;
    if (begin + count > capacity_) {
        capacity_ = std::max(begin + count, std::max(capacity_ * 2, duckdb_vector_size()));
        if (duckdb_list_vector_reserve(vector_, capacity_) != DuckDBSuccess) throw std::bad_alloc();
        inner_[0].map(duckdb_list_vector_get_child(vector_));
    }
    length_ += count;
    store(row, duckdb_list_entry{begin, count});
    idx_t at = begin;
    for (auto item = array.first(); item != array.last(); item = item.next()) inner_[0].put(at++, item);
}

void Column::finish() {
    if (storage_ == Storage::list) duckdb_list_vector_set_size(vector_, length_);
    for (Column& column : inner_) column.finish();
}

}  // namespace trawl::lake
