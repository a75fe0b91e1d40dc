/// br (RFC 7932) by brotli's decoder. A window has 16 MB at most: the larger ones of its extension stay switched off.
#include <brotli/decode.h>

#include <new>

#include "content_stage.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

class BrotliStage : public ContentStage {
public:
    BrotliStage() {
        if (!state_) throw std::bad_alloc();
    }

    std::expected<Step, std::string> step(std::string_view in, std::span<char> out) override {
        if (ended_ && in.empty()) return Step{};
        if (ended_) return std::unexpected("is followed by bytes that do not belong to it");
        std::size_t in_left = in.size(), out_left = out.size();
        auto* next_in = reinterpret_cast<const std::uint8_t*>(in.data());
        auto* next_out = reinterpret_cast<std::uint8_t*>(out.data());
        const auto result =
            BrotliDecoderDecompressStream(state_.get(), &in_left, &next_in, &out_left, &next_out, nullptr);
        if (result == BROTLI_DECODER_RESULT_ERROR) return std::unexpected(problem());
        ended_ = result == BROTLI_DECODER_RESULT_SUCCESS;
        return Step{in.size() - in_left, out.size() - out_left};
    }
    bool complete() const noexcept override { return ended_; }

private:
    std::string problem() const {
        const BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(state_.get());
        if (code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES && code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES)
            throw std::bad_alloc();
        return format("is damaged: {}", BrotliDecoderErrorString(code));
    }

    struct Destroy {
        void operator()(BrotliDecoderState* state) const noexcept { BrotliDecoderDestroyInstance(state); }
    };
    std::unique_ptr<BrotliDecoderState, Destroy> state_{BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)};
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<ContentStage> make_brotli_stage() { return std::make_unique<BrotliStage>(); }

}  // namespace trawl::http
