/// One content coding being undone, a piece at a time: what zlib, brotli and zstd look like to the Decoder.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace trawl::http {

enum class Coding { gzip, deflate, br, zstd };

/// "gzip", "deflate", "br", "zstd".
[[nodiscard]] std::string_view to_string(Coding coding) noexcept;

class ContentStage {
public:
    ContentStage() = default;
    ContentStage(const ContentStage&) = delete;
    ContentStage& operator=(const ContentStage&) = delete;
    virtual ~ContentStage() = default;

    struct Step {
        std::size_t consumed = 0;  ///< bytes of `in` that were taken
        std::size_t produced = 0;  ///< bytes of `out` that were written
    };
    /// Goes on as far as `in` and `out` allow. A step that fills `out` may have more to give without further input.
    /// What is wrong with the stream is told as half a sentence: "is damaged: invalid block type". Requires: room.
    [[nodiscard]] virtual std::expected<Step, std::string> step(std::string_view in, std::span<char> out) = 0;

    /// Whether the stream may end where it stands now.
    [[nodiscard]] virtual bool complete() const noexcept = 0;
};

/// gzip and deflate. These throw std::bad_alloc, as the steps of brotli and zstd do, when there is no memory.
[[nodiscard]] std::unique_ptr<ContentStage> make_zlib_stage(Coding coding);
[[nodiscard]] std::unique_ptr<ContentStage> make_brotli_stage();
[[nodiscard]] std::unique_ptr<ContentStage> make_zstd_stage();

}  // namespace trawl::http
