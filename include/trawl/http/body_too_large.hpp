/// The error of an answer that is larger than ClientOptions::body_max: a ProtocolError that will not pass, since the
/// next answer would be as large.
#pragma once

#include "trawl/base/error.hpp"

namespace trawl {

class BodyTooLarge final : public ProtocolError {
public:
    using ProtocolError::ProtocolError;
};

}  // namespace trawl
