/// The records of one commit while they come: spooled, and their type raised.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "observe.hpp"
#include "spool.hpp"

namespace trawl::lake {

class Records {
public:
    /// `directory`: where the spool's file without a name lies. `table` is named in errors.
    Records(const fs::path& directory, std::string table) : table_(std::move(table)), spool_(directory) {}

    /// One line, blank or a JSON text. Throws LakeError if it is neither, StoreError.
    void append(std::string_view line);

    [[nodiscard]] const std::string& table() const { return table_; }
    [[nodiscard]] Spool& spool() { return spool_; }
    [[nodiscard]] const Spool& spool() const { return spool_; }
    [[nodiscard]] Type type() const { return observer_.type(); }
    /// What a user should know about them.
    [[nodiscard]] std::vector<std::string> notes() const;

private:
    std::string table_;
    Spool spool_;
    JsonReader reader_;
    Observer observer_;
};

}  // namespace trawl::lake
