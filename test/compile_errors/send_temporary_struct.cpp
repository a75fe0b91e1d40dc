// g++ 12 would destroy the struct twice (test/canary), so that it does not compile there.
#include <string>

#include "trawl/coro/task.hpp"
#include "trawl/loop/channel.hpp"

struct Job {
    int id;
    std::string text;
};

trawl::Task<> send(trawl::Channel<Job>& jobs) {
    co_await jobs.send(Job{1, "a text that is too long to be kept inside"});
}
