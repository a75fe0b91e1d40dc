/// A source whose rows come and go while it is read, drawn from a seed, and what an engine does to read it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "seams.hpp"

namespace trawl::fetch {

/// What happens to the list between two reads.
enum class Weather {
    calm,           // nothing
    rain,           // single rows come and go anywhere
    storm,          // up to two pages at once come and go, anywhere
    shared_row,     // the row that the next read begins with is deleted
    whole_page,     // the front moves by exactly one page, to and fro
    aba,            // a row is deleted, and put back in its place before the next read
    emptied,        // all rows that may go are deleted at once, then new ones come
    doubled,        // as many rows as there are come at once, at one place or everywhere
    growing_end,    // rows are added at the end at each read
    shrinking_end,  // and deleted there
};

struct MovingRow {
    std::uint64_t id = 0;
    bool stable = false;
};

class MovingSource {
public:
    MovingSource(std::uint64_t seed, Weather weather);

    /// The rows at those positions now; the weather changes the list before.
    std::vector<std::uint64_t> read(std::uint64_t begin, std::uint64_t count);
    /// The same for a page of that size, or of the largest that the source knows.
    std::vector<std::uint64_t> read_page(std::uint64_t index, std::uint64_t size);

    [[nodiscard]] std::uint64_t draw(std::uint64_t below) { return below == 0 ? 0 : random_() % below; }
    [[nodiscard]] const std::set<std::uint64_t>& stable() const noexcept { return stable_; }
    [[nodiscard]] std::uint64_t size_at_first() const noexcept { return size_at_first_; }

    std::uint64_t page_size = 10;
    std::uint64_t cap = UINT64_MAX;  // rows that it gives at most
    std::uint64_t cut_percent = 0;   // of answers that are cut, to two rows at least

private:
    void change(std::uint64_t begin);
    void insert(std::uint64_t at, std::uint64_t count);
    void remove(std::uint64_t at, std::uint64_t count);
    void rain(std::uint64_t burst_max);
    void move_front();
    void put_back(std::uint64_t begin);
    void empty();
    void twice();

    std::mt19937_64 random_;
    Weather weather_;
    std::vector<MovingRow> list_;
    std::set<std::uint64_t> stable_;
    std::uint64_t next_id_ = 1, reads_ = 0, size_at_first_ = 0, events_percent_ = 50;
    std::uint64_t disaster_at_ = 0;                            // the read before which it happens
    std::optional<std::pair<std::uint64_t, MovingRow>> gone_;  // of aba
};

/// How the engine of a test reads: everything that a real one may do differently.
struct Reading {
    SliceKind kind = SliceKind::offset;
    std::uint64_t page_size = 10, window = 4;
    std::optional<std::uint64_t> total;  // rows, as the source says, which may be wrong
    bool bridges_planned = false;        // page: between any two pages
    bool overlaps = true;                // offset: neighbours share a row
};

struct Outcome {
    std::multiset<std::uint64_t> rows;  // handed on
    std::uint64_t reads = 0, rows_read = 0;
    std::string error, state;
    SeamsStats stats;
};

/// Reads planned slices in any order, up to `window` ahead, takes them in order, and reads at once what is wanted.
[[nodiscard]] Outcome read_whole(MovingSource& source, const Reading& reading);

/// The same without Seams: page after page until one is short; what most programs do.
[[nodiscard]] Outcome read_naively(MovingSource& source, const Reading& reading);

/// Stable rows of the source that did not come.
[[nodiscard]] std::uint64_t lost(const MovingSource& source, const Outcome& outcome);

[[nodiscard]] KeyHash key_of(std::uint64_t id);

}  // namespace trawl::fetch
