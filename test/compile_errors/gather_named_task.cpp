// What somebody sees who gathers a task by its name.
#include "trawl/coro/gather.hpp"

trawl::Task<int> seven() { co_return 7; }

trawl::Task<> together() {
    trawl::Task<int> task = seven();
    co_await trawl::gather(seven(), task);
}
