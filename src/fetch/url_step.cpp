/// Queries are compared as bags of parameters: sources reorder them.
#include "url_step.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "page_facts.hpp"

namespace trawl::fetch {
namespace {

using Params = std::vector<std::pair<std::string, std::string>>;

std::string without_query(const Url& url) {
    const std::string target = url.target();
    return url.origin() + target.substr(0, target.find('?'));
}

/// The parameters that only `a` has, as it has them.
Params difference(Params a, Params b) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    Params only;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only));
    return only;
}

std::optional<std::uint64_t> count_of(const std::string& text) {
    return JsonScalar{JsonScalar::Kind::string, text}.count();
}

/// The one parameter in which `next` differs, and its value before; none if they differ in more, or in nothing.
struct Change {
    std::string param;
    std::optional<std::uint64_t> before;
    std::uint64_t after;
};

std::optional<Change> only_change(const Url& url, const Url& next, std::optional<std::uint64_t> rows) {
    if (without_query(url) != without_query(next)) return std::nullopt;
    const Params gone = difference(url.query_params(), next.query_params());
    Params come = difference(next.query_params(), url.query_params());
    std::erase_if(come, [&](const auto& added) {
        const bool is_size = is_limit_param(added.first) && !url.query(added.first);
        return is_size && (!rows || count_of(added.second) == rows);
    });
    if (come.size() != 1 || gone.size() > 1 || (gone.size() == 1 && gone[0].first != come[0].first))
        return std::nullopt;
    const auto after = count_of(come[0].second);
    const auto before = gone.empty() ? std::nullopt : count_of(gone[0].second);
    if (!after || (!gone.empty() && !before)) return std::nullopt;
    return Change{come[0].first, before, *after};
}

}  // namespace

std::optional<UrlStep> step_between(const Url& url, const Url& next, std::uint64_t rows) {
    const auto change = only_change(url, next, rows);
    if (!change || rows == 0) return std::nullopt;
    UrlStep step{is_offset_param(change->param), change->param, change->before.value_or(0), change->after};
    if (!step.is_offset && !is_page_param(change->param)) return std::nullopt;
    // Without a page number in the first URL, a next page 2 follows page 1 and a next page 1 follows page 0.
    if (!step.is_offset && !change->before) step.from = step.to == 1 ? 0 : 1;
    const std::uint64_t grows_by = step.is_offset ? rows : 1;
    if (step.to < step.from || step.to - step.from != grows_by) return std::nullopt;
    return step;
}

std::optional<std::uint64_t> value_in(const Url& other, const Url& url, const std::string& param) {
    const auto change = only_change(url, other, std::nullopt);
    return change && change->param == param ? std::optional(change->after) : std::nullopt;
}

}  // namespace trawl::fetch
