/// Where the frames of HTTP/2 begin and end (RFC 9113 section 4.1), whatever is in them: so that each can be counted
/// and looked at before it is taken in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace trawl::http {

enum class H2FrameType : std::uint8_t {
    data = 0,
    headers = 1,
    priority = 2,
    rst_stream = 3,
    settings = 4,
    push_promise = 5,
    ping = 6,
    goaway = 7,
    window_update = 8,
    continuation = 9
};

/// Goes along a connection's bytes, however they are cut.
class H2FrameWalk {
public:
    struct Piece {
        /// Not beyond the end of a frame. A frame's head comes as a whole, out of a buffer if it had to: nghttp2 1.52
        /// counts each part of a CONTINUATION's head as a frame of its own. Empty while a head is not complete.
        std::string_view bytes;
        bool begins = false;  ///< it has a frame's head: type() is its type
        bool ends = false;    ///< behind it the frame is complete
    };
    /// Takes the next piece off the front of `bytes`; it lives until the next call. Requires: there are some.
    [[nodiscard]] Piece next(std::string_view& bytes) noexcept;

    /// Of the last frame whose head is complete. The type may be one that nobody knows.
    [[nodiscard]] H2FrameType type() const noexcept { return type_; }
    [[nodiscard]] std::size_t length() const noexcept { return length_; }
    [[nodiscard]] std::int32_t stream() const noexcept { return stream_; }
    /// What the first frame is known to be, or not to be, once there is one.
    [[nodiscard]] bool begins_with_settings() const noexcept { return begins_with_settings_; }
    [[nodiscard]] bool looks_like_http1() const noexcept { return looks_like_http1_; }

private:
    static constexpr std::size_t kHeadSize = 9;

    void read_head() noexcept;

    std::array<char, kHeadSize> head_{};
    std::size_t head_size_ = 0;
    std::size_t payload_left_ = 0;
    std::size_t length_ = 0;
    std::int32_t stream_ = 0;
    H2FrameType type_{};
    bool is_first_ = true;
    bool begins_with_settings_ = false;
    bool looks_like_http1_ = false;
};

/// "INTERNAL_ERROR (2)"; "unknown (77)" (section 7).
[[nodiscard]] std::string h2_error_name(std::uint32_t code);

}  // namespace trawl::http
