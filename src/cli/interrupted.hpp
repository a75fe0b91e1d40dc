/// The user (or the system) asked the tool to stop.
#pragma once

#include "trawl/base/error.hpp"

namespace trawl::cli {

class Interrupted : public Error {
public:
    using Error::Error;
};

}  // namespace trawl::cli
