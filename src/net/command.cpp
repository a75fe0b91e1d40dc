#include "trawl/net/command.hpp"

#include <unistd.h>

#include <map>

#include "trawl/base/error.hpp"

namespace trawl {

Command& Command::env(std::string name, std::string value) {
    if (name.empty() || name.find('=') != std::string::npos)
        throw UsageError("'" + name + "' is no name of an environment variable: it is empty or has a '='");
    environment_.emplace_back(std::move(name), std::move(value));
    return *this;
}

std::vector<std::string> Command::environment() const {
    std::map<std::string, std::string> variables;
    for (char** entry = inherits_environment_ ? ::environ : nullptr; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string variable = *entry;
        const std::size_t equals = variable.find('=');
        if (equals != std::string::npos) variables.emplace(variable.substr(0, equals), variable.substr(equals + 1));
    }
    for (const auto& [name, value] : environment_) {
        if (value) {
            variables.insert_or_assign(name, *value);
        } else {
            variables.erase(name);
        }
    }
    std::vector<std::string> all;
    all.reserve(variables.size());
    for (const auto& [name, value] : variables) all.push_back(name + "=" + value);
    return all;
}

}  // namespace trawl
