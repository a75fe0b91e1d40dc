/// The lattice as a mutable tree, so that a record costs one lookup per key and no allocation once its shape is known.
#include "observe.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "number.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "values.hpp"

namespace trawl::lake {

using What = JsonNode::What;

struct Observer::Place {
    Kind kind = Kind::null;
    std::string key;
    std::int64_t seen_in = -1;  // the last object that held this field
    std::size_t seen_at = 0;    // which of its members that was
    const DeclaredColumn* declared = nullptr;
    std::unique_ptr<Place> element;
    std::deque<Place> fields;                                  // a deque: places never move
    std::unordered_map<std::string_view, std::size_t> by_key;  // views into the fields' keys

    void become(Kind raised) {
        kind = raised;
        if (kind != Kind::json) return;
        element.reset();
        by_key.clear();
        fields.clear();
    }

    /// Records of one source mostly hold the same keys in the same order: the guess is right nearly always.
    Place& field(std::string_view name, std::size_t guess) {
        if (guess < fields.size() && fields[guess].key == name) return fields[guess];
        if (const auto found = by_key.find(name); found != by_key.end()) return fields[found->second];
        Place& made = fields.emplace_back();
        made.key = name;
        by_key.emplace(made.key, fields.size() - 1);
        return made;
    }
};

namespace {

Kind kind_of(const JsonNode& node, int depth) {
    switch (node.what) {
        case What::null:
            return Kind::null;
        case What::boolean:
            return Kind::boolean;
        case What::number:
            return number_kind(node.text);
        case What::string:
            return Kind::string;
        case What::array:
            return depth > kMaxDepth ? Kind::json : Kind::list;
        case What::object:
            return depth > kMaxDepth ? Kind::json : Kind::structure;
    }
    return Kind::json;
}

void check(const DeclaredColumn& column, JsonView value) {
    if (value.is(What::null)) {
        if (column.nullable) return;
        throw SchemaError(trawl::format("{} is null, and is declared nullable = false", column.key));
    }
    if (is_readable(value, column.type)) return;
    throw SchemaError(trawl::format("{}: {}", column.key, why_unreadable(value, column.type)));
}

}  // namespace

Observer::Observer(std::vector<DeclaredColumn> declared)
    : declared_(std::move(declared)), declared_places_(declared_.size()), root_(std::make_unique<Place>()) {
    if (!declared_.empty()) root_->kind = Kind::structure;
}
Observer::~Observer() = default;
Observer::Observer(Observer&&) noexcept = default;
Observer& Observer::operator=(Observer&&) noexcept = default;

void Observer::observe(JsonView record) { raise(*root_, record, 0); }

void Observer::adopt(Place& field) {
    for (std::size_t i = 0; i < declared_.size(); ++i) {
        if (declared_[i].key != field.key) continue;
        field.declared = &declared_[i];
        declared_places_[i] = &field;
    }
}

void Observer::check_all_there(std::int64_t object) const {
    for (std::size_t i = 0; i < declared_.size(); ++i) {
        const Place* place = declared_places_[i];
        if (declared_[i].nullable || (place != nullptr && place->seen_in == object)) continue;
        throw SchemaError(trawl::format("{} is not there, and is declared nullable = false", declared_[i].key));
    }
}

void Observer::raise(Place& place, JsonView value, int depth) {
    if (place.declared != nullptr) return check(*place.declared, value);
    if (place.kind == Kind::json) return;
    const Kind raised = merge(place.kind, kind_of(*value, depth));
    if (raised != place.kind) place.become(raised);
    if (value.is(What::array) && raised == Kind::list) {
        if (!place.element) place.element = std::make_unique<Place>();
        for (auto item = value.first(); item != value.last(); item = item.next())
            raise(*place.element, item, depth + 1);
    } else if (value.is(What::object) && raised == Kind::structure) {
        raise_fields(place, value, depth);
    }
}

void Observer::raise_fields(Place& place, JsonView object, int depth) {
    const std::int64_t id = objects_++;
    const std::size_t begin = fields_.size();  // those below belong to the objects around this one
    std::size_t position = 0;
    for (auto member = object.first(); member != object.last(); member = member.next(), ++position) {
        Place& field = place.field(member->key, position);
        if (depth == 0 && field.seen_in < 0) adopt(field);
        if (field.seen_in == id && duplicates_++ == 0) duplicate_key_ = member->key;
        field.seen_in = id;
        field.seen_at = position;
        fields_.push_back(&field);
    }
    // Of a key that is there twice the last value counts, for the type as for the row.
    position = 0;
    for (auto member = object.first(); member != object.last(); member = member.next(), ++position) {
        Place& field = *fields_[begin + position];
        if (field.seen_at == position) raise(field, member, depth + 1);
    }
    fields_.resize(begin);
    if (depth == 0) check_all_there(id);
    if (place.fields.size() > kMaxFields) place.become(Kind::json);
}

Type Observer::type() const {
    struct Convert {
        static Type type(const Place& place) {
            if (place.declared != nullptr) return place.declared->type;
            if (place.kind == Kind::list) return Type::list_of(type(*place.element));
            Type out(place.kind);
            for (const Place& field : place.fields) out.fields.push_back({field.key, type(field), {}});
            return out;
        }
    };
    Type out = Convert::type(*root_);
    if (out.kind != Kind::structure) return out;
    for (const DeclaredColumn& column : unseen()) out.fields.push_back({column.key, column.type, {}});
    return out;
}

std::vector<DeclaredColumn> Observer::unseen() const {
    std::vector<DeclaredColumn> out;
    for (std::size_t i = 0; i < declared_.size(); ++i) {
        if (declared_places_[i] == nullptr) out.push_back(declared_[i]);
    }
    return out;
}

}  // namespace trawl::lake

namespace trawl {

Type type_of_records(std::string_view ndjson) {
    JsonReader reader;
    lake::Observer observer;
    while (!ndjson.empty()) {
        const std::string_view line = ndjson.substr(0, ndjson.find('\n'));
        ndjson.remove_prefix(std::min(ndjson.size(), line.size() + 1));
        if (!line.empty()) observer.observe(reader.parse_record(line));
    }
    return observer.type();
}

}  // namespace trawl
