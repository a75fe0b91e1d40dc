/// The first program: two greetings that take 100 ms each, in 100 ms.
#include <trawl/trawl.hpp>

using namespace std::chrono_literals;
using trawl::Task;

Task<std::string> greet(std::string name) {
    co_await trawl::sleep(100ms);
    co_return "hello, " + name;
}

Task<> hello() {
    auto both = co_await trawl::gather(greet("Ada"), greet("Grace"));  // 100 ms in all
    trawl::print("{}\n{}\n", std::get<0>(both), std::get<1>(both));
}

int main() { trawl::run(hello()); }
