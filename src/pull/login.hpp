/// A connector's login as what signs requests.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "trawl/fetch/connector.hpp"
#include "trawl/http/auth.hpp"
#include "trawl/http/client.hpp"

namespace trawl::pulling {

/// `client` makes requests for tokens, and outlives the result. `on_secret`, unless it is empty, is told the tokens
/// that it fetches. Throws InvalidUrl, UsageError.
[[nodiscard]] std::shared_ptr<Auth> make_login(const Login& login, Client& client,
                                               const std::function<void(const std::string&)>& on_secret);

}  // namespace trawl::pulling
