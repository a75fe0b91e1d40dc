/// Column and table names.
#include "names.hpp"

#include <algorithm>
#include <clocale>
#include <cwctype>
#include <set>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {
namespace {

bool is_forbidden(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ||
           std::string_view(" ,;{}()=").find(c) != std::string_view::npos;
}

std::string sanitise(std::string_view key) {
    std::string name = key.empty() ? "_" : std::string(key);
    std::replace_if(name.begin(), name.end(), is_forbidden, '_');
    return name;
}

/// One code point from valid UTF-8, which `at` is moved behind.
char32_t decode(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t index) { return static_cast<char32_t>(static_cast<unsigned char>(text[index])); };
    const char32_t lead = byte(at++);
    if (lead < 0xc0) return lead;
    const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    char32_t point = lead & (0x3fU >> more);
    for (int i = 0; i < more && at < text.size(); ++i) point = (point << 6) | (byte(at++) & 0x3fU);
    return point;
}

char32_t lower(char32_t point) {
    // The C locale knows ASCII only; C.UTF-8 is part of glibc.
    static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (unicode == nullptr)
        return point < 0x80 ? static_cast<char32_t>(std::towlower(static_cast<wint_t>(point))) : point;
    return static_cast<char32_t>(towlower_l(static_cast<wint_t>(point), unicode));
}

// Where readers that lower by the full tables of Unicode (SpecialCasing.txt) differ: Rust's to_lowercase, Java's.
constexpr char32_t kDottedCapitalI = 0x130, kDotAbove = 0x307;  // becomes two code points
constexpr char32_t kSigma = 0x3c3, kFinalSigma = 0x3c2;         // what the capital becomes at a word's end

/// A key for comparing, not text to show.
void append_folded(std::string& out, char32_t point) {
    if (point < 0x80)
        out += static_cast<char>(point);
    else
        out += trawl::format("\x01{:x};", static_cast<std::uint32_t>(point));
}

class Namer {
public:
    explicit Namer(std::vector<std::string>& remarks) : remarks_(remarks) {}

    void name(Type& type, const Type* known, const std::string& path) {
        if (type.kind == Kind::list) {
            const bool same = known != nullptr && known->kind == Kind::list;
            name(type.element.front(), same ? &known->element.front() : nullptr, path);
        }
        if (type.kind != Kind::structure) return;
        name_fields(type, known, path);
        for (Field& field : type.fields) {
            const Field* old = known != nullptr ? known->find(field.key) : nullptr;
            name(field.type, old != nullptr ? &old->type : nullptr, path + field.column + ".");
        }
    }

private:
    void name_fields(Type& type, const Type* known, const std::string& path) {
        std::set<std::string> taken;
        for (const Field& field : known != nullptr ? known->fields : std::vector<Field>()) {
            taken.insert(fold_case(field.column));
        }
        for (Field* field : in_naming_order(type)) {
            const Field* old = known != nullptr ? known->find(field->key) : nullptr;
            field->column = old != nullptr ? old->column : unique(sanitise(field->key), taken);
            if (old != nullptr || field->column == field->key) continue;
            remarks_.push_back(trawl::format("{}{}: renamed from \"{}\", which is no column name of its own", path,
                                             field->column, field->key));
        }
    }

    /// Keys that need no change come first, so that they keep their name; among equals, by bytes.
    static std::vector<Field*> in_naming_order(Type& type) {
        std::vector<Field*> order;
        for (Field& field : type.fields) order.push_back(&field);
        std::sort(order.begin(), order.end(), [](const Field* a, const Field* b) {
            const bool a_changes = sanitise(a->key) != a->key;
            const bool b_changes = sanitise(b->key) != b->key;
            return a_changes != b_changes ? b_changes : a->key < b->key;
        });
        return order;
    }

    static std::string unique(const std::string& wanted, std::set<std::string>& taken) {
        std::string name = wanted;
        for (int n = 2; !taken.insert(fold_case(name)).second; ++n) name = trawl::format("{}_{}", wanted, n);
        return name;
    }

    std::vector<std::string>& remarks_;
};

}  // namespace

std::string fold_case(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t whole = decode(text, at);
        if (whole == kDottedCapitalI) {
            append_folded(out, U'i');
            append_folded(out, kDotAbove);
        } else {
            const char32_t point = lower(whole);
            append_folded(out, point == kFinalSigma ? kSigma : point);
        }
    }
    return out;
}

std::vector<std::string> give_columns(Type& type, const Type* known) {
    std::vector<std::string> remarks;
    Namer(remarks).name(type, known, "");
    return remarks;
}

void check_table_name(std::string_view name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    };
    const bool fits = !name.empty() && name.size() <= 200 && name.front() != '.' && name.front() != '_';
    if (fits && std::all_of(name.begin(), name.end(), allowed)) return;
    throw UsageError(trawl::format(
        "'{}' is no table name: use letters, digits, '_', '-' and '.', beginning with a letter or digit", name));
}

}  // namespace trawl::lake
