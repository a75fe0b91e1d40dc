#include "trawl/http/response.hpp"

#include "status_text.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {

const Response& Response::raise_for_status() const {
    if (is_success()) return *this;
    throw StatusError(status_,
                      format("{} {} answered {}{}", method_, url_.redacted(), status_, http::status_text(status_)));
}

}  // namespace trawl
