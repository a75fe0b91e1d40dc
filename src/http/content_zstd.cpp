/// zstd (RFC 8878) by libzstd: any number of frames, none of which may ask for a window of more than 8 MB (RFC 9659).
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <new>

#include "content_stage.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

constexpr int window_log_max = 23;         // RFC 9659: 8 MB
constexpr std::size_t magic_size = 4;      // RFC 8878 section 3.1.1
constexpr std::size_t head_size_max = 18;  // the same section: with all that may stand in front of the first block
constexpr unsigned char frame_magic[magic_size] = {0x28, 0xb5, 0x2f, 0xfd};
constexpr unsigned char skip_magic[magic_size] = {0x50, 0x2a, 0x4d, 0x18};  // section 3.1.2; the low four bits vary

/// A frame's first four bytes are looked at here, one by one, and all that may be its head is given on one by one.
/// Where libzstd sees a whole frame at once, it forgets the limit of the window; it looks for one wherever a piece
/// begins, and would take the middle of a head for one; where the magic number is another, it tries its formats of
/// before RFC 8878. All this would depend on how the bytes came.
class ZstdStage : public ContentStage {
public:
    ZstdStage() {
        if (!stream_ || ZSTD_isError(ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, window_log_max)) != 0)
            throw std::bad_alloc();
    }

    std::expected<Step, std::string> step(std::string_view in, std::span<char> out) override {
        if (head_at_ < magic_size) {
            if (in.empty()) return Step{};
            if (!is_magic(static_cast<unsigned char>(in.front())))
                return std::unexpected(frames_ == 0 ? "is none: a frame begins otherwise"
                                                    : "is followed by bytes that do not belong to it");
        }
        if (head_at_ < head_size_max) in = in.substr(0, 1);
        head_at_ = std::min(head_at_ + in.size(), head_size_max);
        return run(in, out);
    }
    bool complete() const noexcept override { return frames_ > 0 && head_at_ == 0; }

private:
    bool is_magic(unsigned char byte) {
        if (head_at_ == 0) return is_skipped_ = (byte & 0xf0) == skip_magic[0], is_skipped_ || byte == frame_magic[0];
        return byte == (is_skipped_ ? skip_magic : frame_magic)[head_at_];
    }

    std::expected<Step, std::string> run(std::string_view in, std::span<char> out) {
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        ZSTD_outBuffer to{out.data(), out.size(), 0};
        const std::size_t code = ZSTD_decompressStream(stream_.get(), &to, &from);
        if (ZSTD_isError(code) != 0) return std::unexpected(problem(code));
        if (code == 0) {
            ++frames_;
            head_at_ = 0;
        }
        return Step{from.pos, to.pos};
    }

    static std::string problem(std::size_t code) {
        const ZSTD_ErrorCode kind = ZSTD_getErrorCode(code);
        if (kind == ZSTD_error_memory_allocation) throw std::bad_alloc();
        if (kind == ZSTD_error_frameParameter_windowTooLarge)
            return "needs a window of more than the 8 MB that HTTP allows (RFC 9659)";
        return format("is damaged: {}", ZSTD_getErrorName(code));
    }

    struct Destroy {
        void operator()(ZSTD_DStream* stream) const noexcept { ZSTD_freeDStream(stream); }
    };
    std::unique_ptr<ZSTD_DStream, Destroy> stream_{ZSTD_createDStream()};
    std::size_t head_at_ = 0;  // bytes of the frame that have been seen, no further than its longest head
    std::size_t frames_ = 0;
    bool is_skipped_ = false;
};

}  // namespace

std::unique_ptr<ContentStage> make_zstd_stage() { return std::make_unique<ZstdStage>(); }

}  // namespace trawl::http
