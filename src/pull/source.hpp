/// Source: what all resources of a connector share: the client with its login, the gates of its origins, its memory.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/log.hpp"
#include "trawl/fetch/byte_budget.hpp"
#include "trawl/fetch/connector.hpp"
#include "trawl/fetch/origin_gate.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/fetch/template.hpp"
#include "trawl/http/client.hpp"

namespace trawl::pulling {

/// Where the resource is, without secrets.
[[nodiscard]] std::string place_of(const Connector& connector, const Resource& resource);

class Source {
public:
    /// `connector` must outlive it. Throws InvalidUrl, UsageError, FileError.
    Source(const Connector& connector, std::size_t memory_max, Log log = {});
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    /// The retrieval of `resource` with its placeholders filled in. Throws FetchError for a row that lacks one,
    /// InvalidUrl, UsageError.
    [[nodiscard]] FetchOptions bind(const Resource& resource, const TemplateValues& values) const;

    /// Where the resource is, for the table's log: without secrets.
    [[nodiscard]] std::string place(const Resource& resource) const { return place_of(connector_, resource); }

    [[nodiscard]] Client& client() noexcept { return client_; }
    /// For a stream of `resource`, one of the connector's.
    [[nodiscard]] FetchShared shared(const Resource& resource, FetchStats& stats,
                                     StreamOrder* order = nullptr) noexcept;
    [[nodiscard]] OriginGates& gates() noexcept { return gates_; }
    /// May be empty.
    [[nodiscard]] const Log& log() const noexcept { return log_; }

private:
    /// Whether what a request carries is for the URL's origin: the login and headers of the client, the resource's own.
    struct Told {
        bool clients = false;
        bool resources = false;
    };

    [[nodiscard]] Told told(const Resource& resource, const std::string& url) const;
    void bind_headers(FetchOptions& options, const Resource& resource, const TemplateValues& values) const;
    [[nodiscard]] std::string url_of(const Resource& resource, const TemplateValues& values) const;

    const Connector& connector_;
    Client client_;
    std::shared_ptr<Auth> login_;
    OriginGates gates_;
    ByteBudget memory_;
    Log log_;
};

/// Asks for a part alone: the query parameters that say which.
void narrow(FetchOptions& options, const std::vector<std::pair<std::string, std::string>>& params);

/// What the connector's limits mean to a gate.
[[nodiscard]] OriginLimits origin_limits(const RequestLimits& limits);

}  // namespace trawl::pulling
