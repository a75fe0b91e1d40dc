#include "trawl/base/nearest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace trawl {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before, above, row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before = std::exchange(above, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
            const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (is_swap) row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row.back();
}

std::string did_you_mean(std::string_view name, std::span<const std::string_view> known) {
    std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;  // farther away is another word
    std::string_view nearest;
    for (const std::string_view candidate : known) {
        const std::size_t distance = edit_distance(name, candidate);
        const bool is_another =
            distance > 1 && 2 * distance >= std::max(name.size(), candidate.size());  // PUT is no GET
        if (distance >= least || is_another) continue;
        least = distance;
        nearest = candidate;
    }
    return nearest.empty() ? std::string() : "; did you mean '" + std::string(nearest) + "'?";
}

}  // namespace trawl
