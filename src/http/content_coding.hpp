/// Undoing the content codings of a body (RFC 9110 section 8.4), a piece at a time and with limits: which codings a
/// message names, and the Decoder for them. No I/O; what is wrong with a body is a reason, not an exception.
///
///     auto codings = parse_content_encoding(headers);          // std::unexpected: no way to read this body
///     Decoder decoder(*codings);
///     while (...) if (auto fed = decoder.feed(piece, body); !fed) give_up(fed.error());
///     if (auto whole = decoder.finish(); !whole) give_up(whole.error());
///
/// Rules: what breaks off, is damaged or goes on behind its end is an error, always, but for two things. A body without
/// a byte is an empty one whatever the header says: servers name a coding on answers that have no content. Zero bytes
/// behind the last gzip member are padding, as gzip(1) reads them. Neither the verdict nor what a sound body decodes
/// to depends on where it was cut into pieces; how much of a broken one is given before its failure does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "content_stage.hpp"
#include "trawl/http/headers.hpp"

namespace trawl::http {

/// The codings in the order in which they were applied, at most two; "identity" is none and "x-gzip" is gzip. The
/// reason is half a sentence about the body: "is encoded as 'compress', which cannot be read (...)".
[[nodiscard]] std::expected<std::vector<Coding>, std::string> parse_content_encoding(const Headers& headers);

/// What to send as Accept-Encoding: all that can be decoded, none of them preferred.
[[nodiscard]] constexpr std::string_view accept_encoding() noexcept { return "gzip, deflate, br, zstd"; }

struct DecoderLimits {
    std::uint64_t out_max = 1ULL << 30;  ///< bytes that the body may have, between two codings as well
    std::uint64_t ratio_max = 1000;      ///< decoded bytes per byte received; gzip itself reaches 1032 with zeros
    std::uint64_t ratio_from =
        1 << 20;  ///< decoded bytes from which on the ratio counts: small pages may be repetitive
};

/// Decodes one body. It holds the windows of its codings (32 KB for gzip and deflate, up to 16 MB for br, 8 MB for
/// zstd), 64 KB for each coding, and nothing of the result.
class Decoder {
public:
    /// `codings` as parse_content_encoding gives them: the last one is undone first. None: the body is taken as it is.
    explicit Decoder(std::span<const Coding> codings, const DecoderLimits& limits = {});

    using Verdict = std::expected<void, std::string>;

    /// Appends all that `in` decodes to. A failure is for good, is told again by each further call, and says which
    /// stream is wrong: "the gzip stream is damaged: incorrect data check". What was decoded before it stays in `out`.
    Verdict feed(std::string_view in, std::string& out);

    /// The same in steps of at most step_max bytes, for readers that want no more in memory: takes what it used off the
    /// front of `in`, and gives true when it has appended something, false when it needs more input.
    std::expected<bool, std::string> step(std::string_view& in, std::string& out);
    static constexpr std::size_t step_max = 65'536;

    /// The body has ended. Fails unless each stream is complete. Requires: step() gave false, if it was used.
    Verdict finish();

    /// Bytes taken and bytes given so far.
    [[nodiscard]] std::uint64_t in_size() const noexcept { return in_size_; }
    [[nodiscard]] std::uint64_t out_size() const noexcept;
    /// Whether it failed because more came than DecoderLimits::out_max.
    [[nodiscard]] bool is_too_large() const noexcept { return is_too_large_; }
    /// Whether it failed because more came than DecoderLimits::ratio_max times what went in.
    [[nodiscard]] bool is_bomb() const noexcept { return is_bomb_; }

private:
    struct Stage {
        Stage(Coding its_coding, std::unique_ptr<ContentStage> its_work);

        Coding coding;
        std::unique_ptr<ContentStage> work;
        std::unique_ptr<char[]> buffer;  // step_max bytes
        std::string_view output;         // what of the buffer the next stage has not used yet
        std::uint64_t out_size = 0;
        bool was_full = false;  // the last step filled its room: there may be more without further input
    };

    bool run(std::size_t index, std::string_view& in);
    bool copy(std::string_view& in, std::string& out);
    void check_limits(const Stage& stage);

    std::vector<Stage> stages_;  // in the order in which they are undone
    DecoderLimits limits_;
    std::uint64_t in_size_ = 0;
    std::uint64_t copied_ = 0;  // bytes given when there is no coding
    std::string failure_;       // empty: none
    bool is_too_large_ = false;
    bool is_bomb_ = false;
};

}  // namespace trawl::http
