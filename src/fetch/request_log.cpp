#include "trawl/fetch/request_log.hpp"

#include "trawl/base/format.hpp"

namespace trawl {
void RequestLog::ended(const PageRequest& request, const End& end) const {
    if (!is_asked_for()) return;
    LogLine line("request");
    line.add("method", request.method).add("url", request.url.redacted());
    if (end.response != nullptr) line.add("status", end.response->status()).add("bytes", end.response->bytes().size());
    if (end.error) line.add("error", message_of(end.error));
    (*log_)(line.add("ms", end.took).add("attempt", end.attempt).text());
}

void RequestLog::retried(const PageRequest& request, int attempt, const std::string& reason, const Retry& retry) const {
    if (!is_asked_for()) return;
    LogLine line("retry");
    line.add("url", request.url.redacted()).add("attempt", attempt).add("reason", reason);
    if (retry.asked_by_source) line.add("wait", "as the source asks");
    if (!retry.asked_by_source) line.add("wait_ms", retry.delay);
    (*log_)(line.text());
}

void RequestLog::no_room(const PageRequest& request, int attempt, std::size_t bytes) const {
    if (!is_asked_for()) return;
    LogLine line("retry");
    line.add("url", request.url.redacted()).add("attempt", attempt);
    line.add("reason", format("no room in memory for its {} bytes", bytes)).add("wait", "until there is room");
    (*log_)(line.text());
}

void RequestLog::limited(const std::string& origin, std::size_t before, std::size_t now) const {
    if (!is_asked_for() || before == now) return;
    (*log_)(LogLine("limit").add("origin", origin).add("from", before).add("to", now).text());
}

}  // namespace trawl
