#include "trawl/fetch/refusal_in_text.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "ascii.hpp"
#include "json_outline.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

// A page without rows is small: others are not looked into.
constexpr std::size_t empty_page_max = 16 * 1024;
constexpr std::size_t shown_max = 200;  // of what it says

/// By plain_name: what says that something went wrong by being there.
constexpr std::array<std::string_view, 10> error_names = {"error",       "errors",   "errormessage", "errormsg",
                                                          "errorcode",   "fault",    "exception",    "errordescription",
                                                          "errordetail", "errortext"};
/// What says so by being false, or by one of the words below.
constexpr std::array<std::string_view, 4> success_names = {"success", "succeeded", "issuccess", "ok"};
constexpr std::array<std::string_view, 3> status_names = {"status", "result", "state"};
constexpr std::array<std::string_view, 6> bad_statuses = {"error", "errors", "fail", "failed", "failure", "exception"};
/// What sources write for "no error".
constexpr std::array<std::string_view, 9> no_errors = {"", "0", "00", "200", "false", "none", "null", "ok", "success"};
/// What says so by a status of HTTP.
constexpr std::array<std::string_view, 5> code_names = {"code", "statuscode", "httpstatus", "httpcode", "status"};
/// What says something to people, and so by one of these words.
constexpr std::array<std::string_view, 6> message_names = {"message", "msg",    "detail",
                                                           "details", "reason", "description"};
constexpr std::array<std::string_view, 16> bad_words = {
    "exceed", "too many",  "rate limit", "ratelimit",   "quota",     "throttl", "denied", "not authori",
    "unauth", "forbidden", "expired",    "unavailable", "timed out", "timeout", "failed", "internal error"};
/// Objects around them: {"meta": {"error": ...}}, {"error": {"message": ...}}.
constexpr std::array<std::string_view, 7> containers = {"meta",   "metadata", "response", "responsestatus",
                                                        "result", "data",     "header"};

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

struct Refusal {
    std::string path, text;
};

bool says_no_error(const JsonScalar& value) { return contains(no_errors, to_lower(trim(value.text))); }

/// `error: {"code": 0, "message": ""}` says that there was none.
bool is_about_success(const JsonPage& page, const JsonPath& object) {
    for (const std::string_view key : {"code", "status", "errorCode", "error_code", "errno"})
        if (const auto code = page.scalar(object.child(key))) return says_no_error(*code);
    const auto message = page.scalar(object.child("message"));
    return message && says_no_error(*message);
}

/// The text of an array or an object that is not empty.
std::optional<std::string> text_of(const JsonPage& page, const JsonPath& path) {
    try {
        const Records inside = page.records(path);
        if (inside.count == 0 || inside.ndjson == "{}\n" || is_about_success(page, path)) return std::nullopt;
        return inside.ndjson.substr(0, inside.ndjson.find('\n'));
    } catch (const NoRecordsError&) {  // ignored: there is nothing
        return std::nullopt;
    }
}

bool is_bad_code(const JsonScalar& value) {
    const auto code = value.count();
    return code && *code >= 400 && *code < 600 && *code != 404 && *code != 410;  // which say that there are none
}

bool has_bad_word(std::string_view text) {
    return std::any_of(bad_words.begin(), bad_words.end(),
                       [text](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

std::optional<std::string> refusal_by(const JsonField& field) {
    if (field.is_null) return std::nullopt;
    const std::string name = plain_name(field.path.steps().back().key);
    const std::string value = to_lower(std::string_view(field.value.text));
    const bool says_error = contains(error_names, name) && !says_no_error(field.value);
    const bool says_failure = contains(success_names, name) && (value == "false" || value == "0");
    const bool says_status = contains(status_names, name) && contains(bad_statuses, value);
    const bool says_code = contains(code_names, name) && is_bad_code(field.value);
    const bool says_so = contains(message_names, name) && has_bad_word(value);
    return says_error || says_failure || says_status || says_code || says_so ? std::optional(field.value.text)
                                                                             : std::nullopt;
}

/// All that the page says of failure, the most telling first.
std::vector<Refusal> refusals(const JsonPage& page, std::string_view body) {
    std::vector<Refusal> found;
    for (const JsonField& field : page.fields(2)) {
        const auto& steps = field.path.steps();
        if (steps.size() > 1 && !contains(containers, plain_name(steps.front().key))) continue;
        if (const auto text = refusal_by(field)) found.push_back({field.path.str(), *text});
    }
    for (const std::string_view name : {"\"error\"", "\"errors\"", "\"Error\"", "\"Errors\"", "\"fault\""}) {
        if (body.find(name) == std::string_view::npos) continue;  // looking for it in vain costs an exception
        const JsonPath path = JsonPath().child(name.substr(1, name.size() - 2));
        if (auto text = text_of(page, path)) found.insert(found.begin(), {path.str(), std::move(*text)});
    }
    return found;
}

bool is_query(std::string_view sent) {
    return !sent.empty() && sent.find("\"query\"") != std::string_view::npos &&
           JsonPage::parse(sent).scalar(JsonPath().child("query")).has_value();
}

bool has_rows(const JsonPage& page, const std::optional<JsonPath>& records) {
    try {
        return page.records(records).count > 0;
    } catch (const NoRecordsError&) {  // ignored: whoever cuts the page tells it better
        return true;
    }
}

/// Most pages have rows where the ones before had theirs, which takes less to see than any of the words. False where it
/// is not certain.
bool has_rows_for_certain(std::string_view body, const std::optional<JsonPath>& records) {
    if (!records) return false;
    std::vector<std::string_view> keys;
    for (const JsonPath::Step& step : records->steps()) {
        if (step.kind != JsonPath::StepKind::key) return false;
        keys.push_back(step.key);
    }
    return has_element_at(body, keys);
}

/// Others need not be read twice for it.
bool may_refuse(std::string_view body) {
    constexpr std::array<std::string_view, 14> words = {"rror",    "ault",    "xception", "ucce",   "\"ok\"",
                                                        "tatus\"", "esult\"", "tate\"",   "code\"", "Code\"",
                                                        "essage",  "\"msg\"", "eason\"",  "etail"};
    return std::any_of(words.begin(), words.end(),
                       [body](std::string_view word) { return body.find(word) != std::string_view::npos; });
}

std::string shown(std::string_view text) {
    if (text.size() <= shown_max) return std::string(text);
    std::size_t end = shown_max;
    while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not amid a character of UTF-8
    return format("{}...", text.substr(0, end));
}

}  // namespace

void RefusalsInText::learn(const JsonPage& first, std::string_view body) {
    for (const Refusal& refusal : refusals(first, body)) usual_.insert(refusal.path);
}

std::optional<std::string> RefusalsInText::in(int status, std::string_view body, std::string_view sent,
                                              const std::optional<JsonPath>& records) const {
    if (auto refusal = in(body, sent, records)) return refusal;
    constexpr int accepted = 202;  // RFC 9110, section 15.3.3: "the processing has not been completed"
    if (status != accepted || body.size() > empty_page_max) return std::nullopt;
    try {
        if (has_rows(JsonPage::parse(body), records)) return std::nullopt;
    } catch (const PageError&) {  // ignored: whoever cuts the page tells it better
        return std::nullopt;
    }
    return "the status is 202, and the page has no rows: the source has not made them yet; if it means that there are "
           "none, say so in a response action (status_code, and the action \"end\")";
}

std::optional<std::string> RefusalsInText::in(std::string_view body, std::string_view sent,
                                              const std::optional<JsonPath>& records) const {
    const bool may_be_query = !sent.empty() && body.find("\"errors\"") != std::string_view::npos;
    if (!may_be_query && (body.size() > empty_page_max || has_rows_for_certain(body, records) || !may_refuse(body)))
        return std::nullopt;
    try {
        if (may_be_query && is_query(sent))
            if (const auto text = text_of(JsonPage::parse(body), JsonPath().child("errors")))
                return format("the query failed, in part or in whole: $.errors has {}", shown(*text));
        const JsonPage page = JsonPage::parse(body);
        for (const Refusal& refusal : refusals(page, body)) {
            if (usual_.contains(refusal.path) || has_rows(page, records)) continue;
            return format(
                "the page has no rows, and says in {}: \"{}\"; if that means that there are none, name it in a "
                "response action (content, and the action \"end\")",
                refusal.path, shown(refusal.text));
        }
    } catch (const PageError&) {  // ignored: the same
    }
    return std::nullopt;
}

}  // namespace trawl::fetch
