/// Observing and spooling.
#include "records.hpp"

#include "declared.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/base/nearest.hpp"

namespace trawl::lake {

Records::Records(const fs::path& directory, std::string table, std::vector<DeclaredColumn> declared)
    : table_(std::move(table)), declared_(std::move(declared)), spool_(directory), observer_(declared_) {
    check_declarable(declared_);
}

Type Records::type() const {
    Type type = observer_.type();
    check_own_keys(type, observer_.unseen());
    return type;
}

void Records::append(std::string_view line) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    try {
        observer_.observe(reader_.parse_record(line));
    } catch (const JsonError& error) {
        throw LakeError(trawl::format("record {} for table {} is not JSON: {}; it begins with {}", spool_.lines() + 1,
                                      table_, error.what(), line.substr(0, 80)));
    } catch (const SchemaError& error) {
        throw SchemaError(trawl::format("record {} for table {}: {}; it begins with {}", spool_.lines() + 1, table_,
                                        error.what(), line.substr(0, 80)));
    }
    spool_.add(line);
}

std::vector<std::string> Records::notes() const {
    std::vector<std::string> notes;
    if (observer_.duplicate_keys() > 0)
        notes.push_back(trawl::format("{} times an object had a key twice (first: \"{}\"); the last value counts",
                                      observer_.duplicate_keys(), observer_.duplicate_key()));
    if (spool_.lines() == 0) return notes;
    const Type type = observer_.type();
    const std::vector<DeclaredColumn> unseen = observer_.unseen();
    std::vector<std::string_view> keys;
    for (const Field& field : type.fields) {
        if (!is_declared(field.key, unseen)) keys.push_back(field.key);
    }
    for (const DeclaredColumn& column : unseen)
        notes.push_back(
            trawl::format("{}: declared, but no record has it{}", column.key, did_you_mean(column.key, keys)));
    return notes;
}

}  // namespace trawl::lake
