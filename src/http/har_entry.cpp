#include "har_entry.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "har_text.hpp"
#include "secret_names.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/base64.hpp"
#include "trawl/base/format.hpp"
#include "url_text.hpp"

namespace trawl::http {
namespace {

double milliseconds(Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

// -1 is HAR's word for what does not apply.
std::string milliseconds_if_any(Duration duration) {
    return duration == Duration::zero() ? "-1" : format("{:.3f}", milliseconds(duration));
}

bool holds_urls(std::string_view name) {
    constexpr std::array<std::string_view, 6> names = {"location", "content-location", "link",
                                                       "referer",  "refresh",          "origin"};
    return std::ranges::any_of(names, [name](std::string_view one) { return equal_ignoring_case(name, one); });
}

std::string cookies_json(const Headers& headers, std::string_view name) {
    std::string json;
    for (const std::string_view field : headers.get_all(name)) {
        const std::string some = har_cookies(field, name == "set-cookie");
        if (!json.empty() && !some.empty()) json += ',';
        json += some;
    }
    return '[' + json + ']';
}

std::string query_json(const Url& url) {
    std::string json;
    for (const auto& [key, value] : url.query_params()) {
        if (!json.empty()) json += ',';
        json +=
            format(R"({{"name":{},"value":{}}})", har_string(key), is_secret_key(key) ? R"("***")" : har_string(value));
    }
    return '[' + json + ']';
}

}  // namespace

HarEntry::HarEntry(std::shared_ptr<HarRecorder> recorder, const Request& request)
    : recorder_(std::move(recorder)),
      started_(std::chrono::system_clock::now()),
      began_(Clock::now()),
      method_(request.method()),
      url_(request.url()),
      headers_(request.headers()),
      secret_headers_(request.secret_headers()),
      request_size_(request.body().size()),
      request_body_(request.body().substr(0, recorder_->body_max())) {}

HarEntry::~HarEntry() { end("given up before the answer's end"); }

void HarEntry::set_connection(const Timings& timings) noexcept {
    timings_ = timings;
    sent_ = Clock::now();
}

void HarEntry::set_head(int status, std::string_view version, const Headers& headers) {
    answered_ = Clock::now();
    head_ = Head{status, std::string(version), headers};
}

void HarEntry::add_body(std::string_view decoded) {
    decoded_ += decoded.size();
    body_ += decoded.substr(0, recorder_->body_max() - body_.size());
}

void HarEntry::complete() { end(""); }

void HarEntry::fail(std::string_view error) { end(error); }

void HarEntry::end(std::string_view error) {
    if (std::exchange(has_ended_, true)) return;
    recorder_->add(format(R"({{"startedDateTime":"{}",{},"request":{},"response":{},"cache":{{}}}})",
                          har_moment(started_), timings_json(error.empty()), request_json(), response_json(error)));
}

std::string HarEntry::shown(std::string_view name, std::string_view value) const {
    const auto is_it = [name](std::string_view other) { return equal_ignoring_case(name, other); };
    if (sounds_secret(name) || std::ranges::any_of(secret_headers_, is_it)) return "***";
    return holds_urls(name) ? redact_urls(value) : std::string(value);
}

std::string HarEntry::fields_json(const Headers& headers) const {
    std::string json;
    for (const auto [name, value] : headers) {
        if (!json.empty()) json += ',';
        json += format(R"({{"name":{},"value":{}}})", har_string(name), har_string(shown(name, value)));
    }
    return '[' + json + ']';
}

std::string HarEntry::request_json() const {
    return format(
        R"({{"method":{},"url":{},"httpVersion":{},"cookies":{},"headers":{},"queryString":{},"headersSize":-1,"bodySize":{}{}}})",
        har_string(method_), har_string(url_.redacted()), har_string(head_.version), cookies_json(headers_, "cookie"),
        fields_json(headers_), query_json(url_), request_size_, post_data_json());
}

std::string HarEntry::post_data_json() const {
    if (request_body_.empty()) return "";
    return format(R"(,"postData":{{"mimeType":{},"text":{}}})", har_string(headers_.get("content-type").value_or("")),
                  har_string(request_body_));
}

std::string HarEntry::response_json(std::string_view error) const {
    const auto location = head_.headers.get("location");
    const std::string failed = error.empty() ? "" : format(R"(,"_error":{})", har_string(error));
    return format(
        R"({{"status":{},"statusText":"","httpVersion":{},"cookies":{},"headers":{},"content":{},"redirectURL":{},"headersSize":-1,"bodySize":{}{}}})",
        head_.status, har_string(head_.version), cookies_json(head_.headers, "set-cookie"), fields_json(head_.headers),
        content_json(), har_string(location ? redact_urls(*location) : ""), received_, failed);
}

// Base64 where it is no text; so is a text that was cut within a character.
std::string HarEntry::content_json() const {
    std::string text;
    if (!body_.empty()) {
        text = is_utf8(body_) ? format(R"(,"text":{})", har_string(body_))
                              : format(R"(,"text":"{}","encoding":"base64")", base64(body_));
    }
    if (!body_.empty() && body_.size() < decoded_) text += format(R"(,"comment":"the first {} bytes")", body_.size());
    return format(R"({{"size":{},"mimeType":{}{}}})", decoded_,
                  har_string(head_.headers.get("content-type").value_or("")), text);
}

// The handshake counts as part of connecting (HAR 1.1 had no word for it), and in the whole time once.
std::string HarEntry::timings_json(bool is_whole) const {
    const TimePoint now = Clock::now();
    const TimePoint sent = sent_.value_or(now);
    const TimePoint answered = answered_.value_or(now);
    const Duration connecting = timings_.connect + timings_.tls;
    const Duration blocked = sent_ ? timings_.queue : now - began_;
    const Duration all = blocked + timings_.resolve + connecting + (now - sent);
    return format(
        R"("time":{:.3f},"timings":{{"blocked":{:.3f},"dns":{},"connect":{},"ssl":{},"send":0,"wait":{:.3f},"receive":{:.3f}{}}})",
        milliseconds(all), milliseconds(blocked), milliseconds_if_any(timings_.resolve),
        milliseconds_if_any(connecting), milliseconds_if_any(timings_.tls), milliseconds(answered - sent),
        milliseconds(now - answered), is_whole ? "" : R"(,"comment":"until it failed")");
}

}  // namespace trawl::http
