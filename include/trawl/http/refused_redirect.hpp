/// The error of a redirect that must not be followed: for callers a ProtocolError, and one that will not pass.
#pragma once

#include "trawl/base/error.hpp"

namespace trawl {

class RefusedRedirect final : public ProtocolError {
public:
    using ProtocolError::ProtocolError;
};

}  // namespace trawl
