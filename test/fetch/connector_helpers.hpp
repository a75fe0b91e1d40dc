/// Connector files in tests: with two secrets, and their problems as lines.
#pragma once

#include <map>
#include <string>

#include "trawl/base/error.hpp"
#include "trawl/fetch/connector.hpp"

namespace trawl {

inline Secrets secrets_of_tests() {
    Secrets secrets([](const std::string& name) -> std::optional<std::string> {
        static const std::map<std::string, std::string> values = {
            {"TOKEN", "s3cr{et}"}, {"HOST", "shop.example.com"}, {"EMPTY", ""}};
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    });
    secrets.looked_for("secrets.toml");
    return secrets;
}

inline Connector read(const std::string& text) { return parse_connector(text, "c.toml", secrets_of_tests()); }

/// The message of the ConnectorError; "accepted" when there is none.
inline std::string problems_of(const std::string& text) {
    try {
        (void)read(text);
        return "accepted";
    } catch (const ConnectorError& error) {
        return error.what();
    }
}

}  // namespace trawl
