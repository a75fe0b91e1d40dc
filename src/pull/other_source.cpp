#include "other_source.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_tape.hpp"
#include "trawl/http/url.hpp"
#include "trawl/lake/table.hpp"

namespace trawl::pulling {
namespace {

bool is_this_machine(std::string_view host) {
    return host == "localhost" || host == "[::1]" || host == "::1" ||
           (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

/// "api.example.com:8443".
std::string address_of(const Url& url) {
    constexpr std::uint16_t kHttp = 80, kHttps = 443;
    if (is_this_machine(url.host())) return "this machine";
    const bool is_usual = url.port() == (url.is_https() ? kHttps : kHttp);
    return is_usual ? std::string(url.host()) : format("{}:{}", url.host(), url.port());
}

/// "api.example.com/v1/items": what two places have in common when they are one source.
std::string essence(const std::string& place) {
    const Url url = Url::parse(place);
    std::string_view path = url.target_view();
    path = path.substr(0, path.find('?'));
    while (path.ends_with('/')) path.remove_suffix(1);
    return format("{}{}", address_of(url), path);
}

/// Of a checkpoint; empty where it names none.
std::string source_in(const std::string& checkpoint) {
    try {
        JsonReader reader;
        return reader.parse(checkpoint).text("source");
    } catch (const JsonError&) {  // ignored: somebody else's
        return {};
    }
}

/// Parts of a plan say what they are in the table's log, and not whose.
bool has_parts(const TableSnapshot& table) {
    return std::ranges::any_of(table.transactions, [](const auto& done) { return done.first.starts_with("trawl:"); });
}

}  // namespace

bool are_one_source(const std::string& place, const std::string& other) {
    try {
        return essence(place) == essence(other);
    } catch (const InvalidUrl&) {  // ignored: a secret may have stood amid it
        return true;
    }
}

void refuse_other_source(const PullOptions& options, const Resource& resource, const std::string& place) {
    const auto table = read_table(options.lake, resource.table);
    if (!table || table->files.empty()) return;
    std::string other;
    for (const auto& [key, checkpoint] : table->configuration) {
        if (!key.starts_with("trawl.checkpoint.")) continue;
        const std::string source = source_in(checkpoint);
        if (source.empty()) continue;
        if (are_one_source(source, place)) return;
        other = source;
    }
    if (other.empty() && has_parts(*table)) return;
    const std::string whose = other.empty() ? "that no pull brought" : "of another source, " + other;
    throw UsageError(
        format("the table {} has rows {}: name a table for these (--name), or say "
               "--name {} if they are to go there all the same",
               (options.lake / resource.table).string(), whose, resource.table));
}

}  // namespace trawl::pulling
