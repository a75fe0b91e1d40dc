// What somebody sees who forgets std::move.
#include "trawl/coro/task.hpp"

trawl::Task<int> seven() { co_return 7; }

trawl::Task<int> again() {
    trawl::Task<int> task = seven();
    co_return co_await task;
}
