/// A connector's login as what signs requests.
#pragma once

#include <memory>

#include "trawl/fetch/connector.hpp"
#include "trawl/http/auth.hpp"
#include "trawl/http/client.hpp"

namespace trawl::pulling {

/// `client` makes requests for tokens, and outlives the result. Throws InvalidUrl, UsageError.
[[nodiscard]] std::shared_ptr<Auth> make_login(const Login& login, Client& client);

}  // namespace trawl::pulling
