#include "connector_problems.hpp"

#include <algorithm>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {

void ConnectorProblems::add(FilePlace at, std::string message) {
    Problem problem{at, std::move(message)};
    if (std::ranges::find(found_, problem) != found_.end()) return;
    const auto behind = std::ranges::upper_bound(found_, at, {}, &Problem::at);
    found_.insert(behind, std::move(problem));
}

void ConnectorProblems::throw_if_any() const {
    if (found_.empty()) return;
    std::vector<std::string> lines;
    for (const Problem& problem : found_)
        lines.push_back(format("{}:{}:{}: {}", file_, problem.at.line, problem.at.column, problem.message));
    throw ConnectorError(std::move(lines));
}

}  // namespace trawl::fetch
