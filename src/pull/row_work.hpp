/// RowWork: what is done to a page's rows between the source and the table: which are kept, what is added to them, and
/// what is read off them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/fetch/connector.hpp"
#include "trawl/fetch/incremental.hpp"
#include "trawl/fetch/json_page.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl::pulling {

/// Rows on their way, a line each.
struct Rows {
    std::string ndjson;
    std::uint64_t count = 0;
    bool is_last = false;  // no new ones follow, by the order of the cursor's values
};

class RowWork {
public:
    using Sequence = IncrementalCursor::Sequence;

    /// Called with each row that is kept.
    using Visit = std::function<void(const JsonView& row)>;

    /// Both must outlive it; `cursor` may be null. `file`: where the resource is written, for messages; empty: nowhere.
    RowWork(const Resource& resource, IncrementalCursor* cursor, const std::string& file);

    /// A row that has a field of that name is refused, with `advice`: one of that name is added to it.
    void reserve(std::string name, std::string advice);

    /// `added` are members for each row ("\"_repos_id\":7,"); `visit` may be empty; `sequence` is the stream's. Throws
    /// FetchError for a row without a cursor value, unless the connector lets it pass, and for one with a field of an
    /// added one's name.
    [[nodiscard]] Rows apply(std::string ndjson, std::uint64_t count, const std::string& added, const Visit& visit,
                             Sequence& sequence);

private:
    [[nodiscard]] bool reads_rows(const std::string& added, const Visit& visit) const;
    /// A member that is added to each row.
    struct Added {
        std::string name;
        std::string advice;  // for a row that has one of its own
    };

    void refuse_own(const JsonView& row, const Added& added) const;
    void apply_to(std::string_view line, const std::string& added, const Visit& visit, Sequence& sequence, Rows& rows);

    const Resource& resource_;
    IncrementalCursor* cursor_;
    std::string place_;  // in front of messages
    std::vector<Added> added_;
    JsonReader reader_;
};

/// The members that a child's rows get from their parent's row, `values.row`: "\"_repos_id\":7,". Throws FetchError
/// for a field that it lacks.
[[nodiscard]] std::string members_from_parent(const Resource& child, const TemplateValues& values);

}  // namespace trawl::pulling
