#include "run.hpp"

#include <cstdio>

#include "room.hpp"
#include "trawl/coro/schedule.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::schedules {

void Run::note(const char* what, std::uint64_t a, std::uint64_t b) {
    const auto time = static_cast<std::uint64_t>(now().time_since_epoch().count());
    for (const char* c = what; *c != '\0'; ++c) mix(static_cast<unsigned char>(*c));
    mix(a);
    mix(b);
    mix(time);
    if (prints_) print(stderr, "{:>9} ns  {} {} {}\n", time % 1'000'000'000, what, a, b);
}

void Run::fail(std::string what) {
    if (prints_) print(stderr, "BROKEN: {}\n", what);
    if (failure_.empty()) failure_ = std::move(what);
}

void Run::throw_owed_error(std::uint64_t* id, std::set<std::uint64_t>* among) {
    const std::uint64_t own = new_id();
    if (id != nullptr) *id = own;
    if (among != nullptr) among->insert(own);
    owed_.insert(own);
    note("throws", own);
    throw PlannedError(own);
}

void Run::received(std::uint64_t error) {
    note("received error", error);
    if (owed_.erase(error) + excused_.erase(error) == 0) fail(format("error {} was received twice", error));
}

void Run::check_standing() {
    require(Schedule::current().idle(), "nothing is ready between two beats");
    for (const Room* room : rooms) room->check_standing();
    for (const Crew* crew : crews) crew->check_standing();
}

void Run::rescue() {
    for (Room* room : rooms) room->rescue();
}

}  // namespace trawl::schedules
