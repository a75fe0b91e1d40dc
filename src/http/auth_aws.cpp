/// Signature Version 4: the request in canonical form, its hash, and a key derived for a day, a region and a service.
#include "auth_aws.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "auth_hash.hpp"
#include "trawl/base/format.hpp"
#include "url_text.hpp"

namespace trawl::http {
namespace {

/// S3 encodes a path once and takes it as it is; the others encode what was sent once more, and no two slashes in a
/// row.
std::string canonical_path(std::string_view path, bool is_s3) {
    std::string out;
    while (!path.empty()) {
        path.remove_prefix(1);  // the slash
        const std::string_view segment = path.substr(0, path.find('/'));
        path.remove_prefix(segment.size());
        if (segment.empty() && !path.empty() && !is_s3) continue;
        out += '/' + encode_component(is_s3 ? decode_percent(segment) : std::string(segment));
    }
    return out;
}

std::string canonical_query(const Url& url) {
    std::vector<std::pair<std::string, std::string>> params = url.query_params();
    for (auto& [key, value] : params) {
        key = encode_component(key);
        value = encode_component(value);
    }
    std::ranges::sort(params);
    std::string out;
    for (const auto& [key, value] : params) out += (out.empty() ? "" : "&") + key + '=' + value;
    return out;
}

/// What proxies and clients add or change, and the signature itself.
bool is_signed(std::string_view name) {
    constexpr std::array<std::string_view, 13> others = {"authorization",
                                                         "user-agent",
                                                         "expect",
                                                         "connection",
                                                         "keep-alive",
                                                         "transfer-encoding",
                                                         "te",
                                                         "trailer",
                                                         "upgrade",
                                                         "accept-encoding",
                                                         "content-length",
                                                         "proxy-authorization",
                                                         "x-amzn-trace-id"};
    return std::ranges::find(others, name) == others.end();
}

/// Runs of blanks count as one.
std::string without_runs(std::string_view value) {
    std::string out;
    for (const char c : value) {
        const bool is_blank = c == ' ' || c == '\t';
        if (!is_blank) out += c;
        if (is_blank && !out.ends_with(' ')) out += ' ';
    }
    return out;
}

using SignedFields = std::map<std::string, std::string>;

SignedFields signed_fields(const Url& url, const Headers& headers) {
    SignedFields fields;
    for (const auto [name, value] : headers) {
        const std::string key = lower_ascii(name);
        if (!is_signed(key)) continue;
        const auto [field, is_new] = fields.try_emplace(key, without_runs(value));
        if (!is_new) field->second += ',' + without_runs(value);
    }
    fields.try_emplace("host", url.host_header());
    return fields;
}

std::string names_of(const SignedFields& fields) {
    std::string names;
    for (const auto& [name, value] : fields) names += (names.empty() ? "" : ";") + name;
    return names;
}

/// "20130524T000000Z"
std::string timestamp(std::chrono::sys_seconds now) {
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(now - day);
    return format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                  time.minutes().count(), time.seconds().count());
}

std::string signing_key(const AwsCredentials& credentials, std::string_view date, const AwsScope& scope) {
    std::string key = "AWS4" + credentials.secret_key;
    for (const std::string_view part :
         {date, std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")})
        key = hmac_sha256(key, part);
    return key;
}

}  // namespace

std::string aws_payload_hash(std::string_view body) { return hash_hex(Hash::sha256, body); }

std::string aws_canonical_request(std::string_view method, const Url& url, const Headers& headers,
                                  std::string_view payload_hash, std::string_view service) {
    const std::string_view target = url.target_view();
    const SignedFields fields = signed_fields(url, headers);
    std::string lines;
    for (const auto& [name, value] : fields) lines += name + ':' + value + '\n';
    return format("{}\n{}\n{}\n{}\n{}\n{}", method, canonical_path(target.substr(0, target.find('?')), service == "s3"),
                  canonical_query(url), lines, names_of(fields), payload_hash);
}

void sign_aws(std::string_view method, const Url& url, Headers& headers, std::string_view payload_hash,
              const AwsCredentials& credentials, const AwsScope& scope, std::chrono::sys_seconds now) {
    const std::string time = timestamp(now);
    const std::string_view date = std::string_view(time).substr(0, 8);
    headers.set("x-amz-date", time);
    if (scope.service == "s3") headers.set("x-amz-content-sha256", payload_hash);
    headers.remove("x-amz-security-token");
    if (!credentials.session_token.empty()) headers.add("x-amz-security-token", credentials.session_token);
    const std::string request = aws_canonical_request(method, url, headers, payload_hash, scope.service);
    const std::string scoped = format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
    const std::string to_sign = format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scoped, hash_hex(Hash::sha256, request));
    headers.set("authorization", format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                                        credentials.access_key, scoped, names_of(signed_fields(url, headers)),
                                        hex(hmac_sha256(signing_key(credentials, date, scope), to_sign))));
}

}  // namespace trawl::http
