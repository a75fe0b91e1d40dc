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
    /// `directory`: where the spool's file without a name lies. `table` is named in errors. Throws UsageError if a type
    /// cannot be declared, StoreError.
    Records(const fs::path& directory, std::string table, std::vector<DeclaredColumn> declared = {});

    /// One line, blank or a JSON text. Throws LakeError if it is neither, SchemaError if a declared column does not
    /// take its value, StoreError.
    void append(std::string_view line);

    [[nodiscard]] const std::string& table() const { return table_; }
    [[nodiscard]] Spool& spool() { return spool_; }
    [[nodiscard]] const Spool& spool() const { return spool_; }
    /// Throws SchemaError if a declared column is one inside an object.
    [[nodiscard]] Type type() const;
    [[nodiscard]] const std::vector<DeclaredColumn>& declared() const { return declared_; }
    /// What a user should know about them.
    [[nodiscard]] std::vector<std::string> notes() const;

private:
    std::string table_;
    std::vector<DeclaredColumn> declared_;
    Spool spool_;
    JsonReader reader_;
    Observer observer_;
};

}  // namespace trawl::lake
