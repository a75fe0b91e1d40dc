#include "h1_write.hpp"

namespace trawl::http {
namespace {

bool expects_body(std::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

}  // namespace

std::string write_request(std::string_view method, const Url& url, const Headers& headers, std::string_view body) {
    std::string text;
    text.reserve(512 + body.size());
    text.append(method).append(" ").append(url.target_view()).append(" HTTP/1.1\r\nhost: ").append(url.host_header());
    text += "\r\n";
    if (!body.empty() || expects_body(method)) {
        text.append("content-length: ").append(std::to_string(body.size())).append("\r\n");
    }
    for (const Headers::Field field : headers) {
        text.append(field.name).append(": ").append(field.value).append("\r\n");
    }
    return text.append("\r\n").append(body);
}

}  // namespace trawl::http
