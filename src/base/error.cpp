#include "trawl/base/error.hpp"

#include <system_error>

namespace trawl {

OsError::OsError(int code, const std::string& what_failed)
    : Error(what_failed + ": " + std::system_category().message(code)), code_(code) {}

}  // namespace trawl
