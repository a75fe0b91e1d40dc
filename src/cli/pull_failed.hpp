/// A pull of which not all was committed.
#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/pull/pull.hpp"

namespace trawl::cli {

class PullFailed : public Error {
public:
    /// `causes` are what made it fail, one at least; `after` is what became of the rest: "nothing was committed".
    PullFailed(std::vector<ResourceFailure> causes, std::string after)
        : Error("a pull failed"), causes_(std::move(causes)), after_(std::move(after)) {}
    [[nodiscard]] const std::vector<ResourceFailure>& causes() const noexcept { return causes_; }
    [[nodiscard]] const std::string& after() const noexcept { return after_; }

private:
    std::vector<ResourceFailure> causes_;
    std::string after_;
};

}  // namespace trawl::cli
