/// Frames' heads and the names of error codes.
#include "h2_frames.hpp"

#include <algorithm>
#include <utility>

#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

std::string_view take(std::string_view& bytes, std::size_t size_max) noexcept {
    const std::string_view front = bytes.substr(0, size_max);
    bytes.remove_prefix(front.size());
    return front;
}

}  // namespace

H2FrameWalk::Piece H2FrameWalk::next(std::string_view& bytes) noexcept {
    const bool is_split = head_size_ > 0 || bytes.size() < kHeadSize;
    Piece piece;
    if (payload_left_ == 0) {
        const std::string_view head = take(bytes, kHeadSize - head_size_);
        std::copy_n(head.begin(), head.size(), head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
        head_size_ += head.size();
        piece.begins = head_size_ == kHeadSize;
        if (piece.begins) read_head();
        if (is_split) {
            if (piece.begins) piece.bytes = {head_.data(), kHeadSize};
            piece.ends = piece.begins && length_ == 0;
            return piece;
        }
        piece.bytes = head;
    }
    const std::string_view payload = take(bytes, payload_left_);
    payload_left_ -= payload.size();
    // What was taken lies side by side.
    piece.bytes = {piece.begins ? piece.bytes.data() : payload.data(), piece.bytes.size() + payload.size()};
    piece.ends = payload_left_ == 0;
    return piece;
}

void H2FrameWalk::read_head() noexcept {
    const auto byte = [this](std::size_t at) -> std::uint32_t { return static_cast<unsigned char>(head_[at]); };
    length_ = payload_left_ = byte(0) << 16 | byte(1) << 8 | byte(2);
    type_ = static_cast<H2FrameType>(byte(3));
    stream_ = static_cast<std::int32_t>((byte(5) & 0x7f) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8));
    head_size_ = 0;
    if (!std::exchange(is_first_, false)) return;
    begins_with_settings_ = type_ == H2FrameType::settings;
    looks_like_http1_ = std::string_view(head_.data(), 5) == "HTTP/";
}

std::string h2_error_name(std::uint32_t code) {
    constexpr std::array<std::string_view, 14> names = {"NO_ERROR",
                                                        "PROTOCOL_ERROR",
                                                        "INTERNAL_ERROR",
                                                        "FLOW_CONTROL_ERROR",
                                                        "SETTINGS_TIMEOUT",
                                                        "STREAM_CLOSED",
                                                        "FRAME_SIZE_ERROR",
                                                        "REFUSED_STREAM",
                                                        "CANCEL",
                                                        "COMPRESSION_ERROR",
                                                        "CONNECT_ERROR",
                                                        "ENHANCE_YOUR_CALM",
                                                        "INADEQUATE_SECURITY",
                                                        "HTTP_1_1_REQUIRED"};
    return format("{} ({})", code < names.size() ? names[code] : "unknown", code);
}

}  // namespace trawl::http
