/// Headers and the builder behind the parsers.
#include "trawl/http/headers.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "headers_builder.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

using CharSet = std::array<bool, 256>;

constexpr CharSet char_set(std::string_view chars) {
    CharSet set{};
    for (const char c : chars) set[static_cast<unsigned char>(c)] = true;
    return set;
}

constexpr CharSet token_chars =  // RFC 9110 section 5.6.2
    char_set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

bool is_token_char(char c) noexcept { return token_chars[static_cast<unsigned char>(c)]; }

constexpr std::array<char, 256> lower_chars = [] {
    std::array<char, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = to_lower(static_cast<char>(i));
    return table;
}();

char lower(char c) noexcept { return lower_chars[static_cast<unsigned char>(c)]; }

/// Names are compared far more often than found: most differ in length, or in how they begin.
bool same_name(std::string_view left, std::string_view right) noexcept {
    if (left.size() != right.size() || left.empty() || lower(left.front()) != lower(right.front())) return false;
    return std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

/// The bit of Headers::names_.
std::uint64_t bit_of(std::string_view name) noexcept {
    if (name.empty()) return 0;
    return std::uint64_t{1} << ((5 * name.size() + static_cast<unsigned char>(lower(name.front()))) % 64);
}

void check_name(std::string_view name) {
    if (name.empty()) throw UsageError("a header field has no name");
    const auto bad = std::ranges::find_if_not(name, is_token_char);
    if (bad == name.end()) return;
    throw UsageError(
        format("a header field's name has the byte 0x{:02x} at position {}; only letters, digits and "
               "!#$%&'*+-.^_`|~ may stand there",
               static_cast<unsigned char>(*bad), bad - name.begin()));
}

/// The value itself stays out of the message: it may be a password.
void check_value(std::string_view name, std::string_view value) {
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto byte = static_cast<unsigned char>(value[i]);
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            throw UsageError(
                format("the value of header field '{}' has the control character 0x{:02x} at position {}; "
                       "remove it",
                       name, byte, i));
    }
}

bool list_has(std::string_view list, std::string_view token) noexcept {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        if (same_name(trim(list.substr(0, end)), token)) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

}  // namespace

Headers::Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    for (const auto& [name, value] : fields) add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
    value = trim(value);
    check_name(name);
    check_value(name, value);
    names_ |= bit_of(name);
    const std::uint32_t begin = store(name, value);
    const auto name_size = static_cast<std::uint32_t>(name.size());
    slots_.push_back({begin, name_size, begin + name_size, static_cast<std::uint32_t>(value.size())});
}

void Headers::set(std::string_view name, std::string_view value) {
    std::size_t index = find(name, 0);
    if (index == slots_.size()) return add(name, value);
    value = trim(value);
    check_value(name, value);
    slots_[index].value_begin = store({}, value);
    slots_[index].value_size = static_cast<std::uint32_t>(value.size());
    while ((index = find(name, index + 1)) < slots_.size())
        slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(index--));
}

std::size_t Headers::remove(std::string_view name) {
    const std::size_t removed =
        std::erase_if(slots_, [&](const Slot& slot) { return same_name(this->name(slot), name); });
    if (slots_.empty()) clear();
    return removed;
}

void Headers::clear() noexcept {
    text_.clear();
    slots_.clear();
    names_ = 0;
}

std::optional<std::string_view> Headers::get(std::string_view name) const noexcept {
    const std::size_t index = find(name, 0);
    if (index == slots_.size()) return std::nullopt;
    return value(slots_[index]);
}

std::vector<std::string_view> Headers::get_all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (std::size_t i = find(name, 0); i < slots_.size(); i = find(name, i + 1)) values.push_back(value(slots_[i]));
    return values;
}

std::size_t Headers::count(std::string_view name) const noexcept {
    std::size_t found = 0;
    for (std::size_t i = find(name, 0); i < slots_.size(); i = find(name, i + 1)) ++found;
    return found;
}

bool Headers::has_token(std::string_view name, std::string_view token) const noexcept {
    for (std::size_t i = find(name, 0); i < slots_.size(); i = find(name, i + 1))
        if (list_has(value(slots_[i]), token)) return true;
    return false;
}

// Those that were made in the same way lie in the same way.
bool operator==(const Headers& left, const Headers& right) noexcept {
    if (left.slots_ == right.slots_ && left.text_ == right.text_) return true;
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (left[i].name != right[i].name || left[i].value != right[i].value) return false;
    return true;
}

Headers::Field Headers::operator[](std::size_t index) const noexcept {
    return {name(slots_[index]), value(slots_[index])};
}

std::string_view Headers::name(const Slot& slot) const noexcept {
    return {text_.data() + slot.name_begin, slot.name_size};
}

std::string_view Headers::value(const Slot& slot) const noexcept {
    return {text_.data() + slot.value_begin, slot.value_size};
}

std::size_t Headers::find(std::string_view name, std::size_t from) const noexcept {
    const std::size_t size = slots_.size();
    if ((names_ & bit_of(name)) == 0) return size;
    for (; from < size; ++from) {
        const Slot& slot = slots_[from];
        if (slot.name_size == name.size() && same_name({text_.data() + slot.name_begin, slot.name_size}, name)) break;
    }
    return from;
}

/// Appends both and returns where. They may be views into text_ itself (`headers.add("a", *headers.get("b"))`), so the
/// old text stays alive until they are copied.
std::uint32_t Headers::store(std::string_view name, std::string_view value) {
    const std::size_t begin = text_.size();
    const std::size_t needed = begin + name.size() + value.size();
    if (needed > std::numeric_limits<std::uint32_t>::max()) throw UsageError("the header fields are larger than 4 GiB");
    if (needed <= text_.capacity()) {
        text_.append(name).append(value);
    } else {
        std::string grown;
        grown.reserve(std::max(needed, 2 * begin));
        grown.append(text_).append(name).append(value);
        text_.swap(grown);
    }
    return static_cast<std::uint32_t>(begin);
}

namespace http {

bool HeadersBuilder::finish_field() {
    Headers& h = headers_;
    const std::size_t value_begin = h.text_.size() - value_size_;
    const std::size_t name_begin = value_begin - name_size_;
    while (value_size_ > 0 && is_blank(h.text_.back())) {
        h.text_.pop_back();
        --value_size_;
    }
    h.slots_.push_back({static_cast<std::uint32_t>(name_begin), static_cast<std::uint32_t>(name_size_),
                        static_cast<std::uint32_t>(value_begin), static_cast<std::uint32_t>(value_size_)});
    const bool named = name_size_ > 0;
    h.names_ |= bit_of({h.text_.data() + name_begin, name_size_});
    name_size_ = value_size_ = 0;
    return named;
}

}  // namespace http
}  // namespace trawl
