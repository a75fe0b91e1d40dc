/// The header fields of a message: ordered, found without regard to case, several of one name allowed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trawl {

namespace http {
class HeadersBuilder;
}

/// All text lies in one string and a field is four numbers, so that a response costs two allocations and a reused
/// object none. Views that are handed out live until the next change.
class Headers {
public:
    struct Field {
        std::string_view name, value;
    };

    Headers() = default;
    /// As add() for each.
    Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

    /// Appends a field. Blanks around the value are dropped (RFC 9110 section 5.5). Throws UsageError if the name is no
    /// token (section 5.6.2) or the value holds a control character: either could smuggle in a field of its own.
    void add(std::string_view name, std::string_view value);

    /// Gives the first field of that name this value and removes further ones; appends it if there is none. Throws as
    /// add() does.
    void set(std::string_view name, std::string_view value);

    /// Removes all fields of that name. Returns how many there were.
    std::size_t remove(std::string_view name);

    void clear() noexcept;

    /// The first value.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept;
    [[nodiscard]] std::vector<std::string_view> get_all(std::string_view name) const;
    [[nodiscard]] bool contains(std::string_view name) const noexcept { return get(name).has_value(); }
    [[nodiscard]] std::size_t count(std::string_view name) const noexcept;

    /// Whether a field of that name, read as a list, has this token: `Connection: keep-alive, Close` has "close".
    [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }
    [[nodiscard]] bool empty() const noexcept { return slots_.empty(); }
    /// Requires: index < size().
    [[nodiscard]] Field operator[](std::size_t index) const noexcept;

    class Iterator {
    public:
        Iterator(const Headers& headers, std::size_t index) noexcept : headers_(&headers), index_(index) {}
        Field operator*() const noexcept { return (*headers_)[index_]; }
        Iterator& operator++() noexcept { return ++index_, *this; }
        bool operator==(const Iterator& other) const noexcept { return index_ == other.index_; }

    private:
        const Headers* headers_;
        std::size_t index_;
    };
    [[nodiscard]] Iterator begin() const noexcept { return {*this, 0}; }
    [[nodiscard]] Iterator end() const noexcept { return {*this, slots_.size()}; }

    /// The same fields in the same order, to the byte.
    friend bool operator==(const Headers& left, const Headers& right) noexcept;

private:
    friend class http::HeadersBuilder;
    struct Slot {
        std::uint32_t name_begin, name_size, value_begin, value_size;
        bool operator==(const Slot&) const = default;
    };
    [[nodiscard]] std::string_view name(const Slot& slot) const noexcept;
    [[nodiscard]] std::string_view value(const Slot& slot) const noexcept;
    [[nodiscard]] std::size_t find(std::string_view name, std::size_t from) const noexcept;
    [[nodiscard]] std::uint32_t store(std::string_view name, std::string_view value);

    std::string text_;
    std::vector<Slot> slots_;
    // A bit for each name that was ever here, by its size and first letter: most look-ups are for what is not here.
    std::uint64_t names_ = 0;
};

}  // namespace trawl
