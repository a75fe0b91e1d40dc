/// PagePlaces: where each page of a retrieval was seen first, by the fingerprint of its rows, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace trawl::fetch {

/// Of all pages up to 65,536 of them, then of every other, every fourth and so on, by the low bits of their
/// fingerprints: what is found is certain, also then. 1.3 MB at most.
class PagePlaces {
public:
    static constexpr std::size_t places_max = 65'536;

    struct Place {
        std::uint64_t index;
        bool is_new;
    };

    /// Where that page is known to be: at `index`, if it was not known. Requires: is_kept(fingerprint).
    Place add(std::uint64_t fingerprint, std::uint64_t index);
    /// The page is known, and `index` is before where it is.
    void move_forward(std::uint64_t fingerprint, std::uint64_t index);

    [[nodiscard]] bool is_kept(std::uint64_t fingerprint) const noexcept { return (fingerprint & left_out_) == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return slots_.capacity() * sizeof(Slot); }

private:
    struct Slot {
        std::uint64_t fingerprint = 0;
        std::uint64_t index = nowhere;
        [[nodiscard]] bool is_taken() const noexcept { return index != nowhere; }
    };
    static constexpr std::uint64_t nowhere = ~std::uint64_t{0};

    [[nodiscard]] Slot& slot_of(std::uint64_t fingerprint);
    void make_room();
    void move_to(std::size_t slots);

    std::vector<Slot> slots_;
    std::size_t size_ = 0;
    std::uint64_t left_out_ = 0;  // the bits of which a page that is kept has none
};

}  // namespace trawl::fetch
