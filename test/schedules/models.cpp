#include "models.hpp"

namespace trawl::schedules {

// ---- Rounds ----

void Rounds::Arrival::become(State state, std::size_t index) noexcept {
    state_ = state;
    index_ = index;
    ++rounds_.late_;
}

Rounds::Arrival::Arrival(Rounds& rounds) : rounds_(rounds) {
    if (rounds_.broken_) {
        become(State::kBroken, 0);
    } else if (rounds_.arrived_.size() + 1 < rounds_.parties_) {
        rounds_.arrived_.push_back(this);
    } else {
        for (std::size_t i = 0; i < rounds_.arrived_.size(); ++i) rounds_.arrived_[i]->become(State::kComplete, i);
        rounds_.arrived_.clear();
        become(State::kComplete, rounds_.parties_ - 1);
    }
}

Rounds::Arrival::~Arrival() {
    if (state_ == State::kWaits) {
        std::erase(rounds_.arrived_, this);
    } else {
        --rounds_.late_;
    }
}

void Rounds::turn_away(bool broken) noexcept {
    broken_ = broken;
    for (Arrival* arrival : arrived_) arrival->become(Arrival::State::kBroken, 0);
    arrived_.clear();
}

// ---- Items ----

void Items::put(std::uint64_t id, std::size_t priority) {
    items_.push_back({id, priority});
    kept_.insert(id);
}

std::vector<Items::Item>::iterator Items::next() {
    if (order_ == Order::kFifo) return items_.begin();
    if (order_ == Order::kLifo) return items_.end() - 1;
    return std::min_element(items_.begin(), items_.end(),
                            [](const Item& a, const Item& b) { return a.priority < b.priority; });
}

void Items::got(std::uint64_t id) {
    if (!kept_.contains(id)) {
        run_.fail(format("item {} was got, but is not in the queue", id));
        return;
    }
    const auto turn = next();
    if (turn->id != id) run_.fail(format("item {} was got before its turn: it was that of {}", id, turn->id));
    std::erase_if(items_, [id](const Item& item) { return item.id == id; });
    kept_.erase(id);
}

std::size_t Items::drop_all() noexcept {
    const std::size_t size = items_.size();
    items_.clear();
    kept_.clear();
    return size;
}

}  // namespace trawl::schedules
