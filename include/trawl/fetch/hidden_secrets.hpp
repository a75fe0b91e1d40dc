/// HiddenSecrets: text in which secrets are "***", however a URL, a form or a JSON text spells them.
///
///     const HiddenSecrets hidden(connector.secrets);
///     print(hidden.hide(error.what()));   // "https://h/items?key=***": it was AbC+dEf/GhI==, and
///     AbC%2BdEf%2FGhI%3D%3D
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trawl {

class HiddenSecrets {
public:
    HiddenSecrets() = default;
    explicit HiddenSecrets(const std::vector<std::string>& secrets) { add(secrets); }

    /// Those too short to be told from other words are left alone.
    void add(const std::vector<std::string>& secrets);

    /// `text` with "***" for each. An excerpt may end within one: what stands of it in front of "..." is hidden, too.
    [[nodiscard]] std::string hide(std::string_view text) const;

private:
    /// Each character of a secret, in all its spellings.
    using Spellings = std::vector<std::string>;
    using Secret = std::vector<Spellings>;

    [[nodiscard]] static std::size_t size_in(std::string_view text, const Secret& secret);
    [[nodiscard]] static std::size_t size_in_cut(std::string_view text, const Spellings& next,
                                                 const std::vector<std::size_t>& ends);

    std::vector<Secret> secrets_;
};

}  // namespace trawl
