/// gzip (RFC 1952, any number of members) and deflate (RFC 1950, or the bare RFC 1951 that some servers send) by zlib.
#include <zlib.h>

#include <algorithm>
#include <new>

#include "content_stage.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

constexpr int window_bits = 15;          // 32 KB, all that the formats allow
constexpr int gzip_wrapped = 16;         // zlib's way to say: RFC 1952 only
constexpr std::size_t in_max = 1 << 30;  // zlib counts in unsigned int
constexpr unsigned char gzip_first_byte = 0x1f;

class Inflater {
public:
    explicit Inflater(int bits) {
        if (inflateInit2(&stream_, bits) != Z_OK) throw std::bad_alloc();
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { inflateEnd(&stream_); }

    void restart() { inflateReset(&stream_); }

    struct Result {
        ContentStage::Step step;
        bool ended = false;
    };
    std::expected<Result, std::string> run(std::string_view in, std::span<char> out) {
        in = in.substr(0, in_max);
        // zlib does not write to its input; its type only says so when it is compiled with ZLIB_CONST.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        stream_.avail_in = static_cast<uInt>(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(std::min(out.size(), in_max));
        const std::size_t room = stream_.avail_out;
        const int code = inflate(&stream_, Z_NO_FLUSH);
        if (code == Z_MEM_ERROR) throw std::bad_alloc();
        if (code == Z_NEED_DICT) return std::unexpected("needs a dictionary, which HTTP has no way to name");
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return std::unexpected(format("is damaged: {}", stream_.msg == nullptr ? "invalid data" : stream_.msg));
        return Result{{in.size() - stream_.avail_in, room - stream_.avail_out}, code == Z_STREAM_END};
    }

private:
    z_stream stream_{};
};

/// Members follow each other and all count. Zero bytes behind the last one are padding, as gzip(1) has it; anything
/// else there is an error: it could be the rest of a page.
class GzipStage : public ContentStage {
public:
    std::expected<Step, std::string> step(std::string_view in, std::span<char> out) override {
        if (state_ != State::member && !in.empty()) {
            const std::size_t zeros = state_ == State::start ? 0 : std::min(in.find_first_not_of('\0'), in.size());
            if (zeros > 0) return state_ = State::padding, Step{zeros, 0};
            if (state_ == State::padding || (state_ == State::between && byte(in.front()) != gzip_first_byte))
                return std::unexpected("is followed by bytes that do not belong to it");
            if (state_ == State::between) inflater_.restart();
            state_ = State::member;
        }
        if (state_ != State::member) return Step{};
        const auto result = inflater_.run(in, out);
        if (!result) return std::unexpected(result.error());
        if (result->ended) state_ = State::between;
        return result->step;
    }
    bool complete() const noexcept override { return state_ == State::between || state_ == State::padding; }

private:
    enum class State { start, member, between, padding };
    static unsigned char byte(char c) noexcept { return static_cast<unsigned char>(c); }

    Inflater inflater_{window_bits + gzip_wrapped};
    State state_ = State::start;
};

/// RFC 1950 section 2.2: the method in the low bits of the first byte, the window above it, and a check over both. A
/// bare stream that begins like this has a stored block whose padding is not zero, which no encoder writes.
bool is_zlib_header(unsigned char first, unsigned char second) {
    return (first & 15) == 8 && first >> 4 <= 7 && (first << 8 | second) % 31 == 0;
}

/// The first two bytes say which of the two formats it is; nothing is decoded before both are there.
class DeflateStage : public ContentStage {
public:
    std::expected<Step, std::string> step(std::string_view in, std::span<char> out) override {
        if (inflater_) return run(in, out);
        if (in.empty()) return Step{};
        head_ += in.front();
        if (head_.size() < 2) return Step{1, 0};
        const bool wrapped = is_zlib_header(static_cast<unsigned char>(head_[0]), static_cast<unsigned char>(head_[1]));
        inflater_ = std::make_unique<Inflater>(wrapped ? window_bits : -window_bits);
        auto result = run(head_, out);  // two bytes are one literal at most, so that both are taken
        if (result) result->consumed = 1;
        return result;
    }
    bool complete() const noexcept override { return ended_; }

private:
    std::expected<Step, std::string> run(std::string_view in, std::span<char> out) {
        if (ended_ && in.empty()) return Step{};
        if (ended_) return std::unexpected("is followed by bytes that do not belong to it");
        const auto result = inflater_->run(in, out);
        if (!result) return std::unexpected(result.error());
        ended_ = result->ended;
        return result->step;
    }

    std::unique_ptr<Inflater> inflater_;
    std::string head_;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<ContentStage> make_zlib_stage(Coding coding) {
    if (coding == Coding::gzip) return std::make_unique<GzipStage>();
    return std::make_unique<DeflateStage>();
}

}  // namespace trawl::http
