#include "wire.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include "trawl/base/format.hpp"

namespace trawl::origin {
namespace {

constexpr std::size_t kChunk = 4096;
constexpr std::string_view kLastChunk = "0\r\n\r\n";

std::string_view reason_of(int status) noexcept {
    struct Reason {
        int status;
        std::string_view text;
    };
    static constexpr std::array<Reason, 15> kReasons{{{200, "OK"},
                                                      {400, "Bad Request"},
                                                      {401, "Unauthorized"},
                                                      {403, "Forbidden"},
                                                      {404, "Not Found"},
                                                      {405, "Method Not Allowed"},
                                                      {410, "Gone"},
                                                      {413, "Content Too Large"},
                                                      {417, "Expectation Failed"},
                                                      {429, "Too Many Requests"},
                                                      {431, "Request Header Fields Too Large"},
                                                      {500, "Internal Server Error"},
                                                      {502, "Bad Gateway"},
                                                      {503, "Service Unavailable"},
                                                      {505, "HTTP Version Not Supported"}}};
    const auto* found =
        std::find_if(kReasons.begin(), kReasons.end(), [&](auto& known) { return known.status == status; });
    return found == kReasons.end() ? "Failed" : found->text;
}

void append_chunked(std::string& out, std::string_view body) {
    for (; !body.empty(); body.remove_prefix(std::min(kChunk, body.size()))) {
        const std::string_view chunk = body.substr(0, kChunk);
        out += format("{:x}\r\n", chunk.size());
        out += chunk;
        out += "\r\n";
    }
    out += kLastChunk;
}

}  // namespace

WireText to_wire(const Answer& answer, const Framing& framing) {
    WireText text;
    std::string& out = text.bytes;
    out.reserve(256 + answer.fields.size() + answer.body.size() + answer.body.size() / kChunk * 8);
    out += format("HTTP/1.{} {} {}\r\nServer: origin\r\nContent-Type: {}\r\n", framing.http10 ? 0 : 1, answer.status,
                  reason_of(answer.status), answer.type);
    if (!framing.http10) {
        out +=
            framing.chunked ? "Transfer-Encoding: chunked\r\n" : format("Content-Length: {}\r\n", answer.body.size());
    }
    if (!framing.keep_alive) {
        out += "Connection: close\r\n";
    } else if (framing.say_keep_alive) {
        out += "Connection: keep-alive\r\n";
    }
    out += answer.fields;
    out += "\r\n";
    text.head_size = out.size();
    if (framing.head_only) return text;
    if (framing.chunked && !framing.http10) {
        append_chunked(out, answer.body);
    } else {
        out += answer.body;
    }
    return text;
}

std::size_t cut_at(const Fate& fate, const WireText& text, const Framing& framing) noexcept {
    constexpr double kBeforeHead = 1.0 / 3;
    const std::size_t last = text.bytes.size() - 1;
    double place = fate.place;
    if (fate.fault == Fault::reset) {
        if (place < kBeforeHead) return 0;
        place = (place - kBeforeHead) / (1 - kBeforeHead);
    } else if (framing.chunked && !framing.http10 && !framing.head_only) {
        return text.bytes.size() - kLastChunk.size();
    }
    const auto body = static_cast<double>(text.bytes.size() - text.head_size);
    return std::min(text.head_size + static_cast<std::size_t>(place * body), last);
}

std::string retry_after_field(const WireSettings& settings, Duration wait, long now) {
    if (settings.retry_after == RetryAfter::none) return {};
    long seconds = settings.retry_after_seconds;
    if (settings.retry_after == RetryAfter::automatic && wait > Duration(0)) {
        seconds = static_cast<long>(std::chrono::ceil<std::chrono::seconds>(wait).count());
    }
    if (!settings.retry_after_date) return format("Retry-After: {}\r\n", seconds);
    const std::time_t then = now + seconds;
    std::tm parts{};
    ::gmtime_r(&then, &parts);
    std::array<char, 64> date{};
    std::strftime(date.data(), date.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return format("Retry-After: {}\r\n", date.data());
}

}  // namespace trawl::origin
