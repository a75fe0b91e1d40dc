#include "source.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

#include "login.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/hidden_secrets.hpp"
#include "trawl/fetch/incremental.hpp"

namespace trawl::pulling {
namespace {

using namespace std::chrono_literals;

/// Of a URL that begins a path's template; nothing where it is no URL, or a placeholder has a say in its host.
std::optional<std::string> written_origin(const Template& path) {
    const std::string text = path.str();
    const std::string fixed = text.substr(0, text.find('{'));
    const auto host = fixed.find("://");
    if (host == std::string::npos) return std::nullopt;
    const bool is_whole = path.is_plain() || fixed.find_first_of("/?#", host + 3) != std::string::npos;
    return is_whole ? std::optional(Url::parse(fixed).origin()) : std::nullopt;
}

// One page is always let in, and this large it may be however little memory is allowed: sources that cannot be asked
// for smaller ones have dumps of tens of megabytes.
constexpr std::size_t kPageMax = std::size_t{64} << 20;

ClientOptions client_options(const Connector& connector, std::size_t memory_max) {
    ClientOptions client;
    client.body_max = std::max(memory_max, kPageMax);
    client.connections = LimiterOptions().max_concurrency;  // the gates decide how many are used
    client.cookies = std::make_shared<CookieJar>();         // a session, or a server of many, for as long as the pull
    if (!connector.client.ca_file.empty()) client.tls.ca_file(connector.client.ca_file);
    if (connector.client.http2) client.http2 = *connector.client.http2 ? Http2::kByTls : Http2::kNever;
    return client;
}

/// What a parameter's or a header's template gives; nothing on the first run, where it needs a start.
template <class Add>
void bind_all(const std::vector<std::pair<std::string, Template>>& templates, const TemplateValues& values, Add add) {
    for (const auto& [name, text] : templates) {
        if (auto bound = text.bind(values)) add(name, std::move(*bound));
    }
}

[[noreturn]] void refuse_to_tell(const Resource& resource, const char* what, const Url& url) {
    throw FetchError(
        format("resource {}: a row leads it to {}, which the connector does not name, and its {} holds a secret",
               resource.name, url.origin(), what));
}

}  // namespace

OriginLimits origin_limits(const RequestLimits& limits) {
    OriginLimits result;
    if (limits.max_concurrency) result.limiter.max_concurrency = *limits.max_concurrency;
    const auto window = [&](const std::optional<double>& requests, Duration per) {
        if (requests) result.windows.push_back({*requests, per});
    };
    window(limits.requests_per_second, 1s);
    window(limits.requests_per_minute, 1min);
    window(limits.requests_per_hour, 1h);
    return result;
}

std::string place_of(const Connector& connector, const Resource& resource) {
    const std::string& base = connector.client.base_url;
    const Url url = Url::parse(base.empty() ? resource.path.str() : join_url(base, resource.path.str()));
    return HiddenSecrets(connector.secrets).hide(url.redacted());
}

void narrow(FetchOptions& options, const std::vector<std::pair<std::string, std::string>>& params) {
    Url url = Url::parse(options.url);
    for (const auto& [name, value] : params) url = url.with_query(name, value);
    options.url = url.str();
}

Source::Source(const Connector& connector, std::size_t memory_max, Log log)
    : connector_(connector),
      client_({}, client_options(connector, memory_max)),
      gates_(origin_limits(connector.client.limits)),
      memory_(memory_max),
      log_(std::move(log)) {
    if (connector.client.login) login_ = make_login(*connector.client.login, client_, connector.on_secret);
}

FetchShared Source::shared(const Resource& resource, FetchStats& stats, StreamOrder* order) noexcept {
    const auto kind = static_cast<std::size_t>(&resource - connector_.resources.data());
    return {&gates_, &memory_, order, &stats, &log_, kind};
}

std::string Source::url_of(const Resource& resource, const TemplateValues& values) const {
    const auto path = resource.path.bind(values);
    if (!path)
        throw FetchError(
            format("resource {}: its path needs the value where the last run ended, and there is none: "
                   "give incremental.initial_value",
                   resource.name));
    Url url = Url::parse(join_url(connector_.client.base_url, *path));
    const bool may_have_secrets = told(resource, url.str()).resources;
    if (resource.path.is_secret() && !may_have_secrets) refuse_to_tell(resource, "path", url);
    std::vector<std::pair<std::string, std::string>> params;
    for (const auto& [name, text] : resource.params) {
        if (text.is_secret() && !may_have_secrets) continue;
        if (auto bound = text.bind(values)) params.emplace_back(name, std::move(*bound));
    }
    url = url.with_query(params);
    if (const auto& incremental = resource.incremental) {
        const auto set = [&](const std::string& param, const std::optional<JsonScalar>& value) {
            if (!param.empty() && value) url = url.with_query(param, value->text);
        };
        set(incremental->start_param, values.start_value);
        set(incremental->end_param, values.end_value);
    }
    return url.str();
}

// A row of the source may name any host: only who wrote the connector says who is told what.
Source::Told Source::told(const Resource& resource, const std::string& url) const {
    const std::string origin = Url::parse(url).origin();
    const std::string& base = connector_.client.base_url;
    const auto written = written_origin(resource.path);
    Told told;
    told.clients = origin == (base.empty() ? written : Url::parse(base).origin());
    told.resources = told.clients || origin == written;
    return told;
}

void Source::bind_headers(FetchOptions& options, const Resource& resource, const TemplateValues& values) const {
    const Told told = this->told(resource, options.url);
    if (told.clients) options.headers = connector_.client.headers;
    if (told.clients) options.auth = login_;
    if (!told.resources) return;
    bind_all(resource.headers, values, [&](const std::string& name, std::string value) {
        std::erase_if(options.headers, [&](const auto& header) { return equal_ignoring_case(header.first, name); });
        options.headers.emplace_back(name, std::move(value));
    });
}

FetchOptions Source::bind(const Resource& resource, const TemplateValues& values) const {
    FetchOptions options(url_of(resource, values));
    options.method = resource.method;
    const bool tells = resource.json && resource.json->is_secret();
    if (tells && !told(resource, options.url).resources) refuse_to_tell(resource, "json", Url::parse(options.url));
    if (resource.json) options.body = resource.json->bind(values);
    if (resource.data_selector) options.records = resource.data_selector->str();
    const auto& paginator = resource.paginator ? resource.paginator : connector_.client.paginator;
    if (paginator) options.paginator = paginator->str();
    bind_headers(options, resource, values);
    options.timeout = connector_.client.timeout;
    if (connector_.client.retry) options.retry = *connector_.client.retry;
    options.actions = resource.response_actions;
    options.primary_key = resource.primary_key;
    options.weight = resource.weight;
    return options;
}

}  // namespace trawl::pulling
