/// Vectors, validity masks and list offsets of DuckDB's C API.
#include "columns.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "number.hpp"
#include "trawl/base/error.hpp"

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

std::int64_t parse_bigint(std::string_view text) {
    std::int64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc()) throw LakeError("a number outgrew its column");  // the lattice saw it: our bug
    return value;
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
        case Storage::text:
            return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
        case Storage::list:
            return list_type(type);
        case Storage::structure:
            break;
    }
    return struct_type(type);
}

Column::Column(const Type& type) : storage_(storage_of(type)), raw_(type.kind != Kind::string) {
    if (storage_ == Storage::list) inner_.emplace_back(type.element.front());
    if (storage_ != Storage::structure) return;
    for (const Field& field : type.fields) {
        by_key_.emplace(field.key, keys_.size());
        keys_.push_back(field.key);
        inner_.emplace_back(field.type);
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
            return store(row, value->text == "true");
        case Storage::bigint:
            return store(row, parse_bigint(value->text));
        case Storage::real:
            return store(row, parse_real(value->text));
        case Storage::text:
            return put_text(row, raw_ ? value->raw : value->text);
        case Storage::list:
            return put_list(row, value);
        case Storage::structure:
            return put_fields(row, value);
        case Storage::decimal:
            break;
    }
    const Int128 number = parse_whole(value->text);
    store(row, duckdb_hugeint{number.lower, number.upper});
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
        inner_[at].put(row, member);
    }
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        if (seen_[i] != id) inner_[i].put_null(row);
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
