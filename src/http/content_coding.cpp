/// Content-Encoding, and the chain of stages with its limits.
#include "content_coding.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "trawl/base/ascii.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

constexpr std::size_t codings_max = 2;  // more are only known from attacks
constexpr std::size_t shown_max = 40;   // of a peer's word, in a message

constexpr std::array<std::pair<std::string_view, Coding>, 5> names = {{{"gzip", Coding::gzip},
                                                                       {"x-gzip", Coding::gzip},
                                                                       {"deflate", Coding::deflate},
                                                                       {"br", Coding::br},
                                                                       {"zstd", Coding::zstd}}};

// Said in this field by mistake, of bodies that are in no coding: character sets, MIME's transfer encodings, and how S3
// was once sent what it stores.
constexpr std::array<std::string_view, 6> no_codings = {"identity", "none", "utf-8", "binary", "8bit", "aws-chunked"};

std::string shown(std::string_view word) {
    std::string text(word.substr(0, shown_max));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
    return word.size() > shown_max ? text + "..." : text;
}

std::string_view trim(std::string_view text) noexcept {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// Adds the codings of one field. Empty elements are none (RFC 9110 section 5.6.1.2). Gives what is wrong, or "".
std::string add_codings(std::string_view list, std::vector<Coding>& codings) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        const std::string_view word = trim(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
        const auto is_this = [word](std::string_view other) { return equal_ignoring_case(other, word); };
        if (word.empty() || std::ranges::any_of(no_codings, is_this)) continue;
        const auto is_word = [&](const auto& entry) { return equal_ignoring_case(entry.first, word); };
        const auto* found = std::ranges::find_if(names, is_word);
        if (found == names.end())
            return format("is encoded as '{}', which cannot be read (gzip, deflate, br and zstd can)", shown(word));
        if (codings.size() == codings_max) return format("is encoded more than {} times over", codings_max);
        codings.push_back(found->second);
    }
    return {};
}

std::unique_ptr<ContentStage> make_stage(Coding coding) {
    switch (coding) {
        case Coding::gzip:
        case Coding::deflate:
            return make_zlib_stage(coding);
        case Coding::br:
            return make_brotli_stage();
        case Coding::zstd:
            break;
    }
    return make_zstd_stage();
}

}  // namespace

std::string_view to_string(Coding coding) noexcept {
    constexpr std::array<std::string_view, 4> words = {"gzip", "deflate", "br", "zstd"};
    return words[static_cast<std::size_t>(coding)];
}

std::expected<std::vector<Coding>, std::string> parse_content_encoding(const Headers& headers) {
    std::vector<Coding> codings;
    for (const std::string_view list : headers.get_all("content-encoding"))
        if (std::string problem = add_codings(list, codings); !problem.empty())
            return std::unexpected(std::move(problem));
    return codings;
}

Decoder::Stage::Stage(Coding its_coding, std::unique_ptr<ContentStage> its_work)
    : coding(its_coding), work(std::move(its_work)), buffer(std::make_unique_for_overwrite<char[]>(step_max)) {}

Decoder::Decoder(std::span<const Coding> codings, const DecoderLimits& limits) : limits_(limits) {
    limits_.ratio_max = std::max<std::uint64_t>(limits_.ratio_max, 1);
    for (std::size_t i = codings.size(); i-- > 0;) stages_.emplace_back(codings[i], make_stage(codings[i]));
}

std::uint64_t Decoder::out_size() const noexcept { return stages_.empty() ? copied_ : stages_.back().out_size; }

Decoder::Verdict Decoder::feed(std::string_view in, std::string& out) {
    for (;;) {
        const auto more = step(in, out);
        if (!more) return std::unexpected(more.error());
        if (!*more) return {};
    }
}

/// The innermost stage that can go on does, so that what lies between two stages never grows.
std::expected<bool, std::string> Decoder::step(std::string_view& in, std::string& out) {
    const std::size_t size = out.size();
    bool moved = true;
    while (moved && failure_.empty() && out.size() == size) {
        moved = stages_.empty() && copy(in, out);
        for (std::size_t i = stages_.size(); i-- > 0 && !moved && failure_.empty();) moved = run(i, in);
        if (!stages_.empty()) out.append(std::exchange(stages_.back().output, {}));
    }
    if (!failure_.empty()) return std::unexpected(failure_);
    return out.size() > size;
}

Decoder::Verdict Decoder::finish() {
    for (const Stage& stage : stages_) {
        if (!failure_.empty() || in_size_ == 0) break;
        if (!stage.work->complete())
            failure_ = format("the {} stream breaks off: {} bytes arrived, which hold {} bytes of content",
                              to_string(stage.coding), in_size_, out_size());
    }
    if (!failure_.empty()) return std::unexpected(failure_);
    return {};
}

/// Whether the stage could go on. Its output is used up, or a stage behind it would have gone on. It gets room for one
/// byte beyond the limit, which shows that there is more.
bool Decoder::run(std::size_t index, std::string_view& in) {
    Stage& stage = stages_[index];
    std::string_view& input = index == 0 ? in : stages_[index - 1].output;
    if (input.empty() && !stage.was_full) return false;
    const std::uint64_t allowed = limits_.out_max - stage.out_size;
    const std::size_t room = allowed < step_max ? static_cast<std::size_t>(allowed) + 1 : step_max;
    const auto step = stage.work->step(input, {stage.buffer.get(), room});
    if (!step) {
        failure_ = format("the {} stream {}", to_string(stage.coding), step.error());
        return false;
    }
    input.remove_prefix(step->consumed);
    if (index == 0) in_size_ += step->consumed;
    stage.out_size += step->produced;
    stage.was_full = step->produced == room;
    stage.output = {stage.buffer.get(), static_cast<std::size_t>(std::min<std::uint64_t>(step->produced, allowed))};
    check_limits(stage);
    return step->consumed > 0 || step->produced > 0;
}

void Decoder::check_limits(const Stage& stage) {
    if (stage.out_size > limits_.out_max) {
        is_too_large_ = true;
        failure_ = format("the {} stream holds more than the {} bytes that are allowed; raise the limit if it should",
                          to_string(stage.coding), limits_.out_max);
    } else if (stage.out_size > limits_.ratio_from && stage.out_size / limits_.ratio_max > in_size_) {
        is_bomb_ = true;
        failure_ = format(
            "the {} stream grows to more than {} times its size: {} bytes came of {}, as in a decompression bomb; "
            "raise the limit if the source is trusted",
            to_string(stage.coding), limits_.ratio_max, stage.out_size, in_size_);
    }
}

bool Decoder::copy(std::string_view& in, std::string& out) {
    const std::string_view piece = in.substr(0, step_max);
    if (piece.size() > limits_.out_max - copied_) {
        is_too_large_ = true;
        failure_ = format("the body has more than the {} bytes that are allowed; raise the limit if it should",
                          limits_.out_max);
        return false;
    }
    out.append(piece);
    in.remove_prefix(piece.size());
    in_size_ += piece.size();
    copied_ += piece.size();
    return !piece.empty();
}

}  // namespace trawl::http
