/// What to ask for next in a download, and what an answer is to it: ranges without I/O (RFC 9110 section 14).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trawl/http/headers.hpp"

namespace trawl::http {

/// "bytes 100-199/1000" (section 14.4).
struct ContentRange {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::optional<std::int64_t> size;  // of the whole; nothing for "*"
};
[[nodiscard]] std::optional<ContentRange> parse_content_range(std::string_view text);

class Resume {
public:
    /// What an answer is good for.
    enum class Use : unsigned char {
        kFromStart,  // its body is the whole, from the first byte on
        kGoesOn,     // its body goes on where the bytes end that are there
        kNothing,    // ask again, for the whole: the part does not fit what is there
        kRefused     // its status is the answer
    };

    /// Adds what the next request needs: no coding, and the range if there is something to go on from.
    void prepare(Headers& request);
    /// Takes the head of the answer to the request that was prepared last.
    [[nodiscard]] Use take_head(int status, const Headers& answer);
    /// So many bytes of its body came. False when that is more than the part that it was to be.
    [[nodiscard]] bool take(std::size_t size) noexcept;
    /// The body came to its end: whether that is the end of the whole.
    [[nodiscard]] bool take_end() noexcept;

    /// How many bytes are there.
    [[nodiscard]] std::int64_t offset() const noexcept { return offset_; }
    /// Of the whole, if it is known.
    [[nodiscard]] std::optional<std::int64_t> size() const noexcept { return size_; }

private:
    Use take_whole(const Headers& answer);
    Use take_part(const Headers& answer);
    [[nodiscard]] bool is_same(const Headers& answer) const;
    Use begin_anew() noexcept;

    std::int64_t offset_ = 0;
    std::optional<std::int64_t> size_;
    std::optional<std::int64_t> part_end_;
    std::optional<std::string> validator_;
    std::string coding_;  // of the bytes that are there: those of another are another version
    bool asked_for_rest_ = false;
};

}  // namespace trawl::http
