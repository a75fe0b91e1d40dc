/// What is said to a request, before it is put into HTTP.
#pragma once

#include <string>
#include <utility>

namespace trawl::origin {

struct Answer {
    int status = 200;
    std::string type = "application/json";
    std::string fields;  // further header fields, each with its CRLF
    std::string body;
};

/// {"error": "..."}: `message` must need no escaping in JSON.
inline Answer error_answer(int status, const std::string& message) {
    Answer answer;
    answer.status = status;
    answer.body = "{\"error\":\"" + message + "\"}\n";
    return answer;
}

}  // namespace trawl::origin
