/// The parts of a connector's file, each read from its table. They add problems and go on; what they return is of use
/// only if there are none at the end.
#pragma once

#include <vector>

#include "table_reader.hpp"
#include "trawl/fetch/connector.hpp"

namespace trawl::fetch {

/// [client]. Appends what its login sends to `secrets`.
[[nodiscard]] ConnectorClient read_client(const TomlValue& table, std::vector<std::string>& secrets,
                                          ConnectorProblems& problems);

/// `auth`.
[[nodiscard]] std::optional<Login> read_login(const TomlMember& auth, std::vector<std::string>& secrets,
                                              ConnectorProblems& problems);

/// `paginator`, a type or a table. Nothing for "auto". What is in it is checked by parse_paginator().
[[nodiscard]] std::optional<PaginatorSpec> read_paginator(const TomlMember& paginator, ConnectorProblems& problems);

/// A placeholder of a resource, and where it stands.
struct PlaceholderUse {
    Placeholder placeholder;
    FilePlace at;
    bool may_be_left_out = false;  // a query parameter, which is not sent when there is no value
};

/// A resource, and what is to be checked when all of them are known.
struct ReadResource {
    Resource resource;
    std::vector<PlaceholderUse> uses;
};

/// The resource's table with those of `defaults` put under it: `params`, `json` and `headers` one level deep, all else
/// as a whole. What stands in an `endpoint` is taken out of it before. Adds a problem for each unknown key of the
/// resource.
[[nodiscard]] TomlValue merged_resource(const TomlValue& resource, const TomlValue& defaults,
                                        ConnectorProblems& problems);

/// [resource_defaults] as merged_resource() takes it, its keys checked.
[[nodiscard]] TomlValue resource_defaults(const TomlValue& table, ConnectorProblems& problems);

/// A table that merged_resource() made.
[[nodiscard]] ReadResource read_resource(const TomlValue& merged, ConnectorProblems& problems);

[[nodiscard]] std::optional<IncrementalSpec> read_incremental(const TomlMember& incremental,
                                                              ConnectorProblems& problems);
[[nodiscard]] std::optional<Partitioning> read_partitions(const TomlMember& partitions, ConnectorProblems& problems);
[[nodiscard]] std::vector<ResponseAction> read_response_actions(const TomlMember& actions, ConnectorProblems& problems);
[[nodiscard]] std::vector<RowFilter> read_filters(const TomlMember& filters, ConnectorProblems& problems);
[[nodiscard]] std::vector<ColumnHint> read_columns(const TomlMember& columns, ConnectorProblems& problems);

/// Parents are known, there is one at most and no circle; what a resource has fits together. Puts parents first.
/// `has_base` says that there is a base_url, good or bad.
[[nodiscard]] std::vector<Resource> settle_resources(std::vector<ReadResource> read, bool has_base,
                                                     ConnectorProblems& problems);

}  // namespace trawl::fetch
