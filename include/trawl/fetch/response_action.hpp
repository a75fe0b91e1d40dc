/// ResponseAction: what an answer means that is not simply a page: by its status, by what it says, or by both.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace trawl {

/// The first whose conditions all hold decides.
struct ResponseAction {
    enum class Action : std::uint8_t {
        ignore,  // there is nothing to be had, and that is no failure; it never ends a stream of pages as a success
        fail,    // an error, also with a status of success
        retry,   // as if it were a 503
        end      // the pages before it were all
    };
    std::optional<int> status_code;
    std::optional<std::string> content;  // the body contains it
    Action action = Action::fail;

    [[nodiscard]] bool matches(int status, std::string_view body) const {
        if (status_code && *status_code != status) return false;
        return !content || body.find(*content) != std::string_view::npos;
    }
};

/// The first that matches; null when none does.
[[nodiscard]] inline const ResponseAction* find_action(std::span<const ResponseAction> actions, int status,
                                                       std::string_view body) {
    for (const ResponseAction& action : actions) {
        if (action.matches(status, body)) return &action;
    }
    return nullptr;
}

}  // namespace trawl
