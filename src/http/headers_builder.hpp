/// How a parser fills Headers: pieces as they come off the wire, no check (the parser made it), no allocation per
/// field.
#pragma once

#include <cstddef>
#include <string_view>

#include "trawl/http/headers.hpp"

namespace trawl::http {

/// Per field: extend_name()..., extend_value()..., finish_field(). What is not finished is no field yet.
class HeadersBuilder {
public:
    void extend_name(std::string_view piece) {
        headers_.text_ += piece;
        name_size_ += piece.size();
    }
    void extend_value(std::string_view piece) {
        headers_.text_ += piece;
        value_size_ += piece.size();
    }
    /// Drops the blanks behind the value (RFC 9112 section 5.1). False: the name is empty.
    bool finish_field();

    /// Room for so many bytes of names and values in so many fields, so that a usual head does not grow step by step.
    void reserve(std::size_t text_size, std::size_t fields) {
        headers_.text_.reserve(text_size);
        headers_.slots_.reserve(fields);
    }
    void clear() noexcept {
        headers_.clear();
        name_size_ = value_size_ = 0;
    }
    [[nodiscard]] Headers& headers() noexcept { return headers_; }
    [[nodiscard]] const Headers& headers() const noexcept { return headers_; }

private:
    Headers headers_;
    std::size_t name_size_ = 0;
    std::size_t value_size_ = 0;
};

}  // namespace trawl::http
