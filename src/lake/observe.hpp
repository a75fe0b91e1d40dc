/// Raises the type lattice over records, one after the other: the schema is known when the last record is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "trawl/http/json_tape.hpp"
#include "trawl/lake/type.hpp"

namespace trawl::lake {

/// The smallest type of everything observed. Pure; equals merging the types of the single records. Columns that are
/// declared have their type, whatever comes, or even if nothing does.
class Observer {
public:
    explicit Observer(std::vector<DeclaredColumn> declared = {});
    ~Observer();
    Observer(Observer&&) noexcept;
    Observer& operator=(Observer&&) noexcept;

    /// Throws SchemaError if a declared column does not take its value.
    void observe(JsonView record);
    [[nodiscard]] Type type() const;
    /// Declared columns that no record had.
    [[nodiscard]] std::vector<DeclaredColumn> unseen() const;

    /// Objects that hold a key twice: how many, and the first such key. The last value counts, as in every common
    /// parser.
    [[nodiscard]] std::int64_t duplicate_keys() const { return duplicates_; }
    [[nodiscard]] const std::string& duplicate_key() const { return duplicate_key_; }

private:
    struct Place;
    void raise(Place& place, JsonView value, int depth);
    void raise_fields(Place& place, JsonView object, int depth);
    void adopt(Place& field);
    void check_all_there(std::int64_t object) const;

    std::vector<DeclaredColumn> declared_;
    std::vector<Place*> declared_places_;  // of each, null until a record has it
    std::unique_ptr<Place> root_;
    std::vector<Place*> fields_;  // of the objects that are looked at now, member by member
    std::int64_t objects_ = 0;
    std::int64_t duplicates_ = 0;
    std::string duplicate_key_;
};

}  // namespace trawl::lake
