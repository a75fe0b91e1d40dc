/// The site: which path is what, and the answers. Pure: no connection, no time, no faults.
///
///     /                        what there is
///     /health, /stats          for scripts; never slowed, refused or failed
///     /subdivisions            in the default style
///     /page/subdivisions ...   in each style
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "answer.hpp"
#include "counters.hpp"
#include "dataset.hpp"
#include "settings.hpp"
#include "slice.hpp"

namespace trawl::origin {

/// A request, as far as the site is concerned.
struct SiteRequest {
    std::string_view method;
    std::string_view target;
    std::string_view host;  // of the Host field; URLs of further pages name it
};

/// Either an answer, or (data is set) a page: which, so that the time that it takes can pass before it is made.
struct Route {
    Answer answer;
    const DataSet* data = nullptr;
    Style style = Style::page;
    Slice slice;
    std::string path;  // what URLs of further pages begin with
};

class Site {
public:
    Site(std::vector<DataSet> sets, SiteSettings settings, const Counters& counters)
        : sets_(std::move(sets)), settings_(settings), counters_(counters) {}

    [[nodiscard]] Route route(const SiteRequest& request) const;
    /// Requires: route.data.
    [[nodiscard]] Answer page(const Route& route) const;
    /// "5,127 subdivisions, 7,910 languages".
    [[nodiscard]] std::string summary() const;

private:
    [[nodiscard]] Answer index() const;
    [[nodiscard]] const DataSet* find(std::string_view name) const noexcept;
    [[nodiscard]] Route route_page(const Target& target, const SiteRequest& request) const;

    std::vector<DataSet> sets_;
    SiteSettings settings_;
    const Counters& counters_;
};

}  // namespace trawl::origin
