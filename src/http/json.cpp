#include "trawl/http/json.hpp"

#include <charconv>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl {

namespace {

constexpr std::size_t kQuotedMax = 40;

/// ".name", or ['a name'] for what is no plain word.
std::string step_to(std::string_view key) {
    constexpr std::string_view kWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    if (!key.empty() && key.find_first_not_of(kWord) == std::string_view::npos) return format(".{}", key);
    return format("[{}]", quote_json(key));
}

template <class Number>
std::optional<Number> whole_text_as(std::string_view text) {
    Number value{};
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

Json Json::parse(std::string_view text) {
    auto reader = std::make_shared<JsonReader>();
    const JsonView root = reader->parse(text);
    return {std::move(reader), root, root};
}

std::optional<Json> Json::find(std::string_view key) const {
    const auto member = view_.find(key);
    if (!member) return std::nullopt;
    return at(*member);
}

Json Json::operator[](std::string_view key) const {
    require(Kind::object, "an object");
    auto found = find(key);
    if (!found) throw JsonError(format("{} has no {}", path(), quote_json(key)));
    return *std::move(found);
}

Json Json::operator[](std::size_t index) const {
    const std::vector<Json> all = items();
    if (index >= all.size()) throw JsonError(format("{} has {} items, none at {}", path(), all.size(), index));
    return all[index];
}

std::vector<Json> Json::items() const {
    require(Kind::array, "an array");
    std::vector<Json> all;
    for (JsonView child = view_.first(); child != view_.last(); child = child.next()) all.push_back(at(child));
    return all;
}

std::vector<std::pair<std::string, Json>> Json::members() const {
    require(Kind::object, "an object");
    std::vector<std::pair<std::string, Json>> all;
    for (JsonView child = view_.first(); child != view_.last(); child = child.next()) {
        all.emplace_back(child->key, at(child));
    }
    return all;
}

std::size_t Json::size() const { return is_object() ? members().size() : items().size(); }

std::string Json::string() const {
    require(Kind::string, "a string");
    return std::string(view_->text);
}

bool Json::boolean() const {
    require(Kind::boolean, "true or false");
    return view_->text == "true";
}

double Json::number() const {
    require(Kind::number, "a number");
    const auto value = whole_text_as<double>(view_->text);
    if (!value) refuse("a number that a double can hold");
    return *value;
}

std::int64_t Json::integer() const {
    require(Kind::number, "a whole number");
    const auto value = whole_text_as<std::int64_t>(view_->text);
    if (!value) refuse("a whole number of 64 bits");
    return *value;
}

void Json::require(Kind wanted, std::string_view what) const {
    if (kind() != wanted) refuse(what);
}

void Json::refuse(std::string_view wanted) const {
    std::string text(raw().substr(0, kQuotedMax));
    if (raw().size() > kQuotedMax) text += "...";
    throw JsonError(format("{} is {}, not {}", path(), text, wanted));
}

// The way down from the root: in each level, the child whose nodes include this one.
std::string Json::path() const {
    std::string text = "$";
    JsonView above = root_;
    while (above != view_) {
        JsonView child = above.first();
        std::size_t index = 0;
        for (; child->end <= view_.at(); child = child.next()) ++index;
        text += above.is(Kind::object) ? step_to(child->key) : format("[{}]", index);
        above = child;
    }
    return text;
}

}  // namespace trawl
