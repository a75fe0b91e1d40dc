/// The list is a vector, and each read is one moment of it.
#include "moving_source.hpp"

#include <algorithm>

#include "trawl/base/error.hpp"

namespace trawl::fetch {
namespace {

// A reading that takes longer has no end: the largest ones here take less than a thousand.
constexpr std::uint64_t reads_max = 20'000;

/// The page of the smallest size that has all of those positions: of at most the usual size, if that can be.
Slice page_with(const SliceRequest& range, std::uint64_t size_max) {
    for (std::uint64_t count = range.count; count >= 2; --count) {
        const std::uint64_t bound = std::max<std::uint64_t>(count > 2 ? 0 : 11, size_max);
        for (std::uint64_t size = count; size <= bound; ++size)
            if (range.begin / size == (range.begin + count - 1) / size) return {range.begin / size * size, size, {}};
    }
    return {range.begin, range.count, {}};
}

SeamsOptions options_of(const Reading& reading) {
    SeamsOptions options;
    options.kind = reading.kind;
    options.slice_size = reading.page_size;
    return options;
}

struct Engine {
    MovingSource& source;
    Reading reading;
    Seams seams{options_of(reading)};
    Outcome outcome{};
    std::vector<Slice> plan{};               // what was asked for and what is to be
    std::map<std::size_t, Slice> arrived{};  // not taken yet
    std::map<KeyHash, std::uint64_t, decltype([](const KeyHash& a, const KeyHash& b) {
                 return a.high != b.high ? a.high < b.high : a.low < b.low;
             })>
        ids{};

    Slice read(Slice slice) {
        if (++outcome.reads > reads_max) throw PaginationError("the test's engine sees no end");
        const bool by_page = reading.kind == SliceKind::page;
        const std::vector<std::uint64_t> rows =
            by_page ? source.read_page(slice.begin / slice.asked, slice.asked) : source.read(slice.begin, slice.asked);
        outcome.rows_read += rows.size();
        for (const std::uint64_t id : rows) {
            slice.keys.push_back(key_of(id));
            ids[slice.keys.back()] = id;
        }
        return slice;
    }

    Slice read(const SliceRequest& range) {
        if (reading.kind == SliceKind::page) return read(page_with(range, reading.page_size));
        return read(Slice{range.begin, range.count, {}});
    }

    void take(const Slice& slice) {
        for (const std::size_t row : seams.take(slice)) outcome.rows.insert(ids.at(slice.keys[row]));
    }

    void make_plan() {
        const std::uint64_t total = reading.total.value_or(0), size = reading.page_size;
        const std::uint64_t step = reading.kind == SliceKind::offset && reading.overlaps ? size - 1 : size;
        for (std::uint64_t begin = 0; begin == 0 || begin < total; begin += step) {
            if (begin > 0 && reading.bridges_planned) plan.push_back(page_with({begin - 1, 2}, size));
            plan.push_back({begin, size, {}});
        }
    }

    /// One of the slices of the window arrives: any of them.
    void some_arrives(std::size_t next) {
        std::vector<std::size_t> open;
        for (std::size_t i = next; i < std::min(plan.size(), next + reading.window); ++i)
            if (!arrived.contains(i)) open.push_back(i);
        if (open.empty()) return;
        const std::size_t chosen = open[source.draw(open.size())];
        arrived.emplace(chosen, read(plan[chosen]));
    }

    /// A page of fewer rows than were asked for is the size of all pages, as far as one can know.
    void learn_page_size() {
        Slice first = read(Slice{0, reading.page_size, {}});
        if (reading.kind == SliceKind::page && first.is_short() && first.keys.size() >= 2) {
            reading.page_size = first.asked = first.keys.size();
            seams = Seams(options_of(reading));
        }
        arrived.emplace(0, std::move(first));
    }

    void go() {
        learn_page_size();
        make_plan();
        for (std::size_t next = 0; !seams.ended(); ++next) {
            while (next < plan.size() && !arrived.contains(next)) some_arrives(next);
            take(next < plan.size() ? arrived.extract(next).mapped() : read(seams.onward()));
            while (seams.wanted()) {
                if (source.draw(3) == 0) some_arrives(next + 1);
                take(read(*seams.wanted()));
            }
        }
    }
};

}  // namespace

KeyHash key_of(std::uint64_t id) { return {id * 0x9E3779B97F4A7C15ULL, id}; }

MovingSource::MovingSource(std::uint64_t seed, Weather weather) : random_(seed), weather_(weather) {
    page_size = 2 + draw(draw(2) == 0 ? 6 : 40);
    // Some pages in front that may go, so that the list can move to the left as well as to the right.
    insert(0, draw(4) * page_size);
    const std::uint64_t stable_percent = draw(4) * 33;
    const std::uint64_t rows = draw(25) * page_size + draw(3) - (draw(2) == 0 ? 0 : draw(page_size));
    for (std::uint64_t i = 0; i < rows % 2000; ++i) {
        insert(list_.size(), 1);
        list_.back().stable = draw(100) < stable_percent;
        if (list_.back().stable) stable_.insert(list_.back().id);
    }
    size_at_first_ = list_.size();
    events_percent_ = 10 + draw(4) * 30;
    disaster_at_ = 1 + draw(2 + list_.size() / page_size);
}

std::vector<std::uint64_t> MovingSource::read(std::uint64_t begin, std::uint64_t count) {
    change(begin);
    std::uint64_t given = std::min(count, cap);
    if (draw(100) < cut_percent && given > 2) given = 2 + draw(given - 2);
    std::vector<std::uint64_t> rows;
    for (std::uint64_t at = begin; at < list_.size() && rows.size() < given; ++at) rows.push_back(list_[at].id);
    return rows;
}

std::vector<std::uint64_t> MovingSource::read_page(std::uint64_t index, std::uint64_t size) {
    return read(index * std::min(size, cap), size);
}

void MovingSource::insert(std::uint64_t at, std::uint64_t count) {
    std::vector<MovingRow> rows(count);
    for (MovingRow& row : rows) row.id = next_id_++;
    list_.insert(list_.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(at, list_.size())), rows.begin(),
                 rows.end());
}

/// Of `count` rows from `at` those that may go.
void MovingSource::remove(std::uint64_t at, std::uint64_t count) {
    std::vector<MovingRow> left;
    for (std::uint64_t i = 0; i < list_.size(); ++i)
        if (list_[i].stable || i < at || i >= at + count) left.push_back(list_[i]);
    list_ = std::move(left);
}

void MovingSource::rain(std::uint64_t burst_max) {
    while (draw(100) < events_percent_) {
        const std::uint64_t at = draw(3) == 0 ? 0 : draw(list_.size() + 1), count = 1 + draw(burst_max);
        draw(2) == 0 ? insert(at, count) : remove(at, count);
        if (events_percent_ >= 100 || burst_max > 1) break;
    }
}

void MovingSource::move_front() {
    if (reads_ % 2 == 0)
        insert(0, page_size);
    else
        remove(0, page_size);
}

void MovingSource::put_back(std::uint64_t begin) {
    if (gone_) {
        list_.insert(list_.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(gone_->first, list_.size())),
                     gone_->second);
        gone_.reset();
        return;
    }
    const std::uint64_t at = draw(2) == 0 ? begin : draw(list_.size());
    if (at >= list_.size() || list_[at].stable) return insert(at, draw(2));
    gone_ = {at, list_[at]};
    list_.erase(list_.begin() + static_cast<std::ptrdiff_t>(at));
}

void MovingSource::empty() {
    if (reads_ == disaster_at_) remove(0, list_.size());
    if (reads_ == disaster_at_ + 2) insert(draw(list_.size() + 1), draw(5 * page_size));
}

void MovingSource::twice() {
    if (reads_ != disaster_at_) return;
    if (draw(2) == 0) return insert(draw(3) == 0 ? 0 : draw(list_.size() + 1), list_.size());
    for (std::uint64_t i = list_.size(); i > 0; --i) insert(draw(list_.size() + 1), 1);
}

void MovingSource::change(std::uint64_t begin) {
    ++reads_;
    switch (weather_) {
        case Weather::calm:
            return;
        case Weather::rain:
            return rain(1);
        case Weather::storm:
            return rain(2 * page_size);
        case Weather::shared_row:
            return remove(begin, 1);
        case Weather::whole_page:
            return move_front();
        case Weather::aba:
            return put_back(begin);
        case Weather::emptied:
            return empty();
        case Weather::doubled:
            return twice();
        case Weather::growing_end:
            return insert(list_.size(), draw(3) == 0 ? 1 + draw(page_size / 3) : 0);
        case Weather::shrinking_end:
            return remove(list_.size() - std::min<std::uint64_t>(list_.size(), draw(4)), 3);
    }
}

Outcome read_whole(MovingSource& source, const Reading& reading) {
    Engine engine{source, reading};
    try {
        engine.go();
    } catch (const PaginationError& error) {
        engine.outcome.error = error.what();
    }
    engine.outcome.stats = engine.seams.stats();
    engine.outcome.state = engine.seams.describe();
    return std::move(engine.outcome);
}

Outcome read_naively(MovingSource& source, const Reading& reading) {
    Outcome outcome;
    for (std::uint64_t begin = 0; outcome.reads < reads_max; begin += reading.page_size) {
        const std::vector<std::uint64_t> rows = source.read(begin, reading.page_size);
        ++outcome.reads;
        outcome.rows.insert(rows.begin(), rows.end());
        if (rows.size() < reading.page_size) break;
    }
    return outcome;
}

std::uint64_t lost(const MovingSource& source, const Outcome& outcome) {
    return static_cast<std::uint64_t>(std::count_if(source.stable().begin(), source.stable().end(),
                                                    [&](std::uint64_t id) { return !outcome.rows.contains(id); }));
}

}  // namespace trawl::fetch
