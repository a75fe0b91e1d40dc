/// Three URLs that take 0.3 s each, in 0.3 s.
///
///     example_urls URL      URL of a source such as bench/origin, which answers after its --latency
#include <chrono>
#include <string>
#include <vector>

#include "trawl/trawl.hpp"

using trawl::Task;

namespace {

Task<std::size_t> size_of(trawl::Client& client, std::string path) {
    trawl::Response response = co_await client.get(path);
    response.raise_for_status();
    co_return response.bytes().size();
}

Task<> example(std::string url) {
    trawl::Client client(url);
    const auto begin = trawl::Clock::now();
    auto sizes =
        co_await trawl::gather(size_of(client, "/page/subdivisions?page=1"),
                               size_of(client, "/page/subdivisions?page=2"), size_of(client, "/page/languages?page=1"));
    const double seconds = std::chrono::duration<double>(trawl::Clock::now() - begin).count();
    trawl::print("{}, {} and {} bytes in {:.1f} s\n", std::get<0>(sizes), std::get<1>(sizes), std::get<2>(sizes),
                 seconds);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        trawl::print(stderr, "usage: example_urls URL\n");
        return 2;
    }
    trawl::run(example(argv[1]));
}
