#include "service.hpp"

#include <gtest/gtest.h>

#include <string>

#include "gate.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::origin {
namespace {

using namespace std::chrono_literals;

Task<> pass_through(Gate& gate, Gate& held, std::string name, std::string& log) {
    Gate::Pass pass = co_await gate.enter();
    log += name;
    Gate::Pass until_released = co_await held.enter();
}

Task<> settle() {
    for (int i = 0; i < 5; ++i) co_await sleep(0s);
}

TEST(Gate, LetsInInOrderAndAsManyAsFit) {
    auto work = []() -> Task<std::string> {
        std::string log;
        Gate gate(2);
        Gate held(0);
        TaskGroup group;
        for (const char* name : {"a", "b", "c", "d"}) group.spawn(pass_through(gate, held, name, log));
        co_await settle();
        log += std::to_string(gate.inside()) + std::to_string(gate.waiting());
        held.set_capacity(1);
        co_await group.join();
        log += std::to_string(gate.inside()) + std::to_string(gate.waiting());
        co_return log;
    };
    EXPECT_EQ(run(work()), "ab22cd00");
}

TEST(Gate, LessCapacitySendsNobodyOutAndMoreLetsInAtOnce) {
    auto work = []() -> Task<std::string> {
        std::string log;
        Gate gate(2);
        Gate held(0);
        TaskGroup group;
        for (const char* name : {"a", "b", "c", "d"}) group.spawn(pass_through(gate, held, name, log));
        co_await settle();
        gate.set_capacity(0);
        log += std::to_string(gate.inside());
        gate.set_capacity(3);
        co_await settle();
        log += std::to_string(gate.inside()) + std::to_string(gate.waiting());
        co_return log;
    };
    EXPECT_EQ(run(work()), "ab2c31");
}

TEST(Gate, WhoeverIsDestroyedWhileWaitingOrAdmittedLeavesItsPlace) {
    auto work = []() -> Task<std::string> {
        std::string log;
        Gate gate(0);
        Gate held(0);
        TaskGroup stays;
        {
            TaskGroup goes;
            goes.spawn(pass_through(gate, held, "x", log));
            goes.spawn(pass_through(gate, held, "y", log));
            co_await settle();
            stays.spawn(pass_through(gate, held, "z", log));
            co_await settle();
            gate.set_capacity(1);  // x is admitted, and destroyed before it runs
        }
        co_await settle();
        log += std::to_string(gate.inside()) + std::to_string(gate.waiting());
        co_return log;
    };
    EXPECT_EQ(run(work()), "z10");
}

TEST(Service, RefusesByRateAndByQueueAndCountsThem) {
    auto work = []() -> Task<std::string> {
        ServiceSettings settings;
        settings.capacity = 1;
        settings.queue_max = 1;
        settings.latency = 1h;
        settings.rate = 0.001;
        settings.burst = 3;
        Counters counters;
        Service service(settings, 1, counters);
        TaskGroup group;
        std::string log;
        for (int i = 0; i < 4; ++i) {
            const Admission admission = service.admit();
            log += admission.verdict == Verdict::admitted ? 'a' : admission.verdict == Verdict::over_rate ? 'r' : 'q';
            if (admission.verdict == Verdict::admitted) group.spawn(service.serve(0));
            co_await settle();
        }
        service.count();
        log += std::to_string(counters.in_service) + std::to_string(counters.queued) +
               std::to_string(counters.peak_queued) + std::to_string(counters.refused_by_rate) +
               std::to_string(counters.refused_by_queue);
        co_return log;
    };
    EXPECT_EQ(run(work()), "aaqr11111");
}

TEST(Service, CapacityChangesCountFromTheFirstRequest) {
    auto work = []() -> Task<std::string> {
        ServiceSettings settings;
        settings.capacity = 3;
        settings.latency = 1h;
        settings.vary = {{0s, 1}};
        Counters counters;
        Service service(settings, 1, counters);
        TaskGroup group;
        group.spawn(service.follow_changes());
        co_await settle();
        const std::size_t before = group.size();
        const Admission first = service.admit();
        while (group.size() > 0) co_await sleep(0s);
        for (int i = 0; i < 3; ++i) group.spawn(service.serve(0));
        co_await settle();
        service.count();
        co_return std::to_string(before) + (first.verdict == Verdict::admitted ? "a" : "r") +
            std::to_string(counters.in_service) + std::to_string(counters.queued);
    };
    EXPECT_EQ(run(work()), "1a12");
}

}  // namespace
}  // namespace trawl::origin
