/// Who a row is: a hash of the values of its primary key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/fetch/json_path.hpp"

namespace trawl::fetch {

/// 128 bits (XXH3): among a billion different keys, the chance that any two are taken for one is below 10^-20.
/// It is no defence against a source that makes collisions on purpose.
struct KeyHash {
    std::uint64_t high = 0, low = 0;
    friend bool operator==(const KeyHash&, const KeyHash&) = default;
};

/// For unordered containers: the hash is one already.
struct HashOfKey {
    std::size_t operator()(const KeyHash& key) const noexcept { return key.low; }
};

/// Of any text, for instance a whole record as the source wrote it.
[[nodiscard]] KeyHash hash_of(std::string_view text);

/// The primary key of a table's rows: one path or several, in that order.
class RowKey {
public:
    /// Throws UsageError when there is no path, or one with [*], which names no single value.
    explicit RowKey(std::vector<JsonPath> paths);

    /// Of one record, a JSON text. 1 and "1" are different keys, and so are 1 and 1.0 (numbers count as they were
    /// sent); "\u0041" and "A" are the same. Throws PageError, which names the record by `index` (0 is the page's
    /// first), when a value is missing, null, an object or an array, or the record is not JSON.
    [[nodiscard]] KeyHash of(std::string_view record, std::size_t index) const;

    /// Of each line of a page's records.
    [[nodiscard]] std::vector<KeyHash> of_all(std::string_view ndjson) const;

private:
    struct Scratch;
    [[nodiscard]] KeyHash of(std::string_view record, std::size_t index, Scratch& scratch) const;

    std::vector<JsonPath> paths_;
};

}  // namespace trawl::fetch
