#include "url_work.hpp"

#include <algorithm>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::pulling {
namespace {

Url parse(const std::string& text, std::uint64_t number) {
    try {
        return Url::parse(text);
    } catch (const InvalidUrl& error) {
        throw InvalidUrl(format("URL {} of the list: {}", number, error.what()));
    }
}

void refuse(OriginGate::Pass& pass, const Error& error) {
    Refusal refusal;
    const auto* status = dynamic_cast<const StatusError*>(&error);
    const bool timed_out = dynamic_cast<const TimeoutError*>(&error) != nullptr;
    if (timed_out) refusal.kind = RefusalKind::timeout;
    const bool is_refusal = timed_out || (status != nullptr && (status->status() == 429 || status->status() == 503));
    if (is_refusal) return pass.refused(refusal);
    pass.failed();
}

}  // namespace

UrlWork::UrlWork(GetOptions options, GetProgress& progress)
    : options_(std::move(options)),
      progress_(progress),
      client_({}, client_options(options_)),
      gates_(options_.limits),
      log_(&options_.log) {}

ClientOptions UrlWork::client_options(const GetOptions& options) {
    ClientOptions client;
    client.connections = kWaitingMax;  // the gates decide
    client.redirects_max = 10;
    client.retry.emplace();
    if (!options.ca_file.empty()) client.tls.ca_file(options.ca_file);
    return client;
}

Task<> UrlWork::run() {
    TaskGroup group;
    std::optional<std::string> text = options_.next_url();
    if (!text) throw UsageError("the list has no URL");
    for (std::uint64_t number = 1; text; text = options_.next_url(), ++number) {
        Url url = parse(*text, number);
        Semaphore::Permit place = co_await waiting_.acquire();
        std::string name = name_of(url);
        group.spawn(work_on(std::move(url), std::move(name), std::move(place)));
    }
    co_await group.join();
}

Task<> UrlWork::work_on(Url url, std::string name, Semaphore::Permit place) {
    const Semaphore::Permit held = std::move(place);
    const bool was_there = co_await is_there(name);
    if (was_there) {
        ++progress_.skipped;
        co_return;
    }
    OriginGate::Pass pass = co_await gates_.at(url.origin()).enter();
    const TimePoint begin = now();
    std::string problem;
    progress_.in_flight_peak = std::max(progress_.in_flight_peak, ++progress_.in_flight);
    try {
        Request request = client_.request("GET", url);
        for (const auto& [field, value] : options_.headers) request = std::move(request).secret_header(field, value);
        co_await take(std::move(request), std::move(name));
        settle(url, pass, nullptr);
        ++progress_.files;
    } catch (const Error& error) {
        settle(url, pass, &error);
        problem = error.what();
        fail(problem);
    }
    --progress_.in_flight;
    tell(url, now() - begin, problem);
}

void UrlWork::settle(const Url& url, OriginGate::Pass& pass, const Error* error) {
    const OriginGate& gate = gates_.at(url.origin());
    const std::size_t limit = gate.limiter().limit();
    if (error == nullptr) pass.succeeded();
    if (error != nullptr) refuse(pass, *error);
    log_.limited(url.origin(), limit, gate.limiter().limit());
}

void UrlWork::tell(const Url& url, Duration took, const std::string& problem) const {
    if (!options_.log) return;
    LogLine line("url");
    line.add("url", url.redacted()).add("ms", took);
    if (!problem.empty()) line.add("error", problem);
    options_.log(line.text());
}

void UrlWork::fail(const std::string& message) {
    ++progress_.failed;
    if (progress_.errors.size() < GetProgress::kErrorsMax) progress_.errors.push_back(message);
}

}  // namespace trawl::pulling
