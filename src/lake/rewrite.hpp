/// Files of a table that a commit writes anew: rows in them are replaced, or the types of their columns change. All
/// other files stay untouched.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "duck.hpp"
#include "plan.hpp"
#include "staging.hpp"
#include "trawl/lake/table.hpp"

namespace trawl::lake {

class Rewriter {
public:
    /// With `merges`, rows whose key is in kKeysTable of `duck` go. All arguments outlive it. Requires: plan.known.
    Rewriter(Duck& duck, Staging& staging, fs::path table, const Plan& plan, bool merges, std::int64_t file_bytes);

    /// Brings it up to date with the files that the table has now: looks at those that it has not seen, and redoes
    /// what was made of files that are gone. Throws LakeError, StoreError.
    void update(const std::map<std::string, DataFile>& files);

    [[nodiscard]] std::vector<DataFile> removed() const;
    [[nodiscard]] std::vector<DataFile> added() const;
    [[nodiscard]] std::int64_t replaced_rows() const;

private:
    struct Batch {
        std::vector<DataFile> in;
        std::vector<DataFile> out;
        std::int64_t rows_in = 0;
    };
    using Files = std::vector<DataFile>;
    void forget_gone(const std::map<std::string, DataFile>& files);
    [[nodiscard]] Files touched(const Files& candidates);
    [[nodiscard]] std::set<std::string> with_retyped_columns(const Files& files);
    [[nodiscard]] std::set<std::string> with_keys(const Files& files);
    [[nodiscard]] std::set<std::string> files_of(const std::string& select, const Files& among);
    [[nodiscard]] std::string rows_sql(const Files& files, bool with_file_column) const;
    [[nodiscard]] std::string key_list() const;
    [[nodiscard]] std::string path_list(const Files& files) const;
    Batch rewrite(Files files);

    Duck& duck_;
    Staging& staging_;
    fs::path table_;
    const Plan& plan_;
    bool merges_;
    std::int64_t file_bytes_;
    std::set<std::string> seen_;  ///< active files that were looked at
    std::vector<Batch> batches_;
};

}  // namespace trawl::lake
