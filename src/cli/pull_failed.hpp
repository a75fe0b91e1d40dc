/// A pull of which not all was committed.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "trawl/base/error.hpp"

namespace trawl::cli {

class PullFailed : public Error {
public:
    /// `cause` is what made it fail, `after` what became of the rest: "; nothing was committed".
    PullFailed(std::exception_ptr cause, std::string after)
        : Error("a pull failed"), cause_(std::move(cause)), after_(std::move(after)) {}
    [[nodiscard]] const std::exception_ptr& cause() const noexcept { return cause_; }
    [[nodiscard]] const std::string& after() const noexcept { return after_; }

private:
    std::exception_ptr cause_;
    std::string after_;
};

}  // namespace trawl::cli
