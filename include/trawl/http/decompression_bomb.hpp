/// The error of a compressed body that grows to a thousand times its size: a ProtocolError that will not pass, since
/// the next answer would be the same.
#pragma once

#include "trawl/base/error.hpp"

namespace trawl {

class DecompressionBomb final : public ProtocolError {
public:
    using ProtocolError::ProtocolError;
};

}  // namespace trawl
