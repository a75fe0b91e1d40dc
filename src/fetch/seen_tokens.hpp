/// SeenTokens: whether a walk has come back to where it was, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "page_places.hpp"

namespace trawl::fetch {

/// Hashes of cursors and URLs. Up to 65,536 of them all are known, and the last 64 always. Of a longer walk it is a
/// sample, and one that is kept until there are twice as many (Brent, "An improved Monte Carlo factorization
/// algorithm", 1980), so that no circle is gone round for long, however small or large.
class SeenTokens {
public:
    /// False: it was there before, for certain.
    bool add(std::uint64_t token);

    [[nodiscard]] std::size_t bytes() const noexcept {
        return sample_.bytes() + recent_.capacity() * sizeof(std::uint64_t);
    }

private:
    static constexpr std::size_t recent_max = 64;

    PagePlaces sample_;
    std::vector<std::uint64_t> recent_;
    std::uint64_t kept_ = 0;
    std::uint64_t count_ = 0;
};

}  // namespace trawl::fetch
