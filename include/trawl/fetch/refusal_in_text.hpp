/// Answers that call themselves a success and say in their text that they are none: an error beside an empty list.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "trawl/fetch/json_page.hpp"

namespace trawl::fetch {

/// Rules: a page without rows is refused by a field such as `error` that has something to say, or by `success: false`;
/// a page with rows is not, but for an answer to a GraphQL query with `errors` (GraphQL specification, October 2021,
/// section 7.1.2: what they are about is missing). A field that the first page has beside its rows is no refusal.
class RefusalsInText {
public:
    /// The first page, which has rows: what it says counts as usual from now on.
    void learn(const JsonPage& first, std::string_view body);

    /// "the page has no rows, and says in $.error: \"no luck\""; none for an answer that is as it should be. `sent`:
    /// the request's body. `records`: where the records are; unset: they are looked for.
    [[nodiscard]] std::optional<std::string> in(std::string_view body, std::string_view sent,
                                                const std::optional<JsonPath>& records) const;
    /// The same, of an answer of that status: without rows, 202 (Accepted) says that they are not made yet.
    [[nodiscard]] std::optional<std::string> in(int status, std::string_view body, std::string_view sent,
                                                const std::optional<JsonPath>& records) const;

private:
    std::set<std::string> usual_;  // paths
};

}  // namespace trawl::fetch
