/// The lattice as a mutable tree, so that a record costs one lookup per key and no allocation once its shape is known.
#include "observe.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "number.hpp"

namespace trawl::lake {

using What = JsonNode::What;

struct Observer::Place {
    Kind kind = Kind::null;
    std::string key;
    std::int64_t seen_in = -1;  // the last object that held this field
    std::size_t seen_at = 0;    // which of its members that was
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

}  // namespace

Observer::Observer() : root_(std::make_unique<Place>()) {}
Observer::~Observer() = default;
Observer::Observer(Observer&&) noexcept = default;
Observer& Observer::operator=(Observer&&) noexcept = default;

void Observer::observe(JsonView record) { raise(*root_, record, 0); }

void Observer::raise(Place& place, JsonView value, int depth) {
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
    if (place.fields.size() > kMaxFields) place.become(Kind::json);
}

Type Observer::type() const {
    struct Convert {
        static Type type(const Place& place) {
            if (place.kind == Kind::list) return Type::list_of(type(*place.element));
            Type out(place.kind);
            for (const Place& field : place.fields) out.fields.push_back({field.key, type(field), {}});
            return out;
        }
    };
    return Convert::type(*root_);
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
