/// Everything that the connections of a server share.
#pragma once

#include <vector>

#include "counters.hpp"
#include "faults.hpp"
#include "service.hpp"
#include "settings.hpp"
#include "site.hpp"

namespace trawl::origin {

struct Source {
    Source(const Settings& all, std::vector<DataSet> sets)
        : settings(all),
          site(std::move(sets), all.site, counters),
          service(all.service, all.seed, counters),
          faults(all.faults, all.seed) {}

    const Settings& settings;
    Counters counters;
    Site site;
    Service service;
    Faults faults;
};

}  // namespace trawl::origin
