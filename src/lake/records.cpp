/// Observing and spooling.
#include "records.hpp"

#include "trawl/base/format.hpp"

namespace trawl::lake {

void Records::append(std::string_view line) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    try {
        observer_.observe(reader_.parse_record(line));
    } catch (const JsonError& error) {
        throw LakeError(trawl::format("record {} for table {} is not JSON: {}; it begins with {}", spool_.lines() + 1,
                                      table_, error.what(), line.substr(0, 80)));
    }
    spool_.add(line);
}

std::vector<std::string> Records::notes() const {
    if (observer_.duplicate_keys() == 0) return {};
    return {trawl::format("{} times an object had a key twice (first: \"{}\"); the last value counts",
                          observer_.duplicate_keys(), observer_.duplicate_key())};
}

}  // namespace trawl::lake
