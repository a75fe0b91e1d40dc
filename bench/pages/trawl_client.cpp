// trawl's line in bench/pages: fetches pages through the public client, each body delivered to the caller.
//
// Usage: bench_pages <base URL> <pages> <workers> [--count-allocations] [--http1 | --http2] [--ca FILE]; prints its
// counts as one JSON line. With the first flag it also prints calls of operator new per page, counted after a warm-up
// that fills pools and free lists. --http2 is for servers without TLS; over TLS it is spoken where it is offered.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "count_allocations.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"

namespace {

constexpr std::size_t page_count = 100;

struct Work {
    std::vector<std::string> paths;
    std::uint64_t total = 0;
    std::uint64_t next = 0;
    std::uint64_t pages = 0;
    std::uint64_t bytes = 0;
    // Allocations are counted from this page on: a tenth of the pages is warm-up.
    std::uint64_t count_from = UINT64_MAX;
};

trawl::Task<> worker(trawl::Client& client, Work& work) {
    while (work.next < work.total) {
        if (work.next == work.count_from) bench::start_counting_allocations();
        const std::string& path = work.paths[work.next++ % page_count];
        trawl::Response response = co_await client.get(path);
        response.raise_for_status();
        work.bytes += response.bytes().size();
        ++work.pages;
    }
}

trawl::Task<> fetch_all(std::string base_url, std::size_t workers, const trawl::ClientOptions& options, Work& work) {
    trawl::Client client(base_url, options);
    trawl::TaskGroup group;
    for (std::size_t i = 0; i < workers; ++i) group.spawn(worker(client, work));
    co_await group.join();
}

void print(const Work& work, double seconds) {
    std::string line =
        trawl::format("{{\"pages\": {}, \"bytes\": {}, \"seconds\": {:.6f}", work.pages, work.bytes, seconds);
    if (work.count_from < work.total) {
        const auto counted_pages = static_cast<double>(work.total - work.count_from);
        const double per_page = static_cast<double>(bench::allocations_counted()) / counted_pages;
        line += trawl::format(", \"allocations_per_page\": {:.3f}", per_page);
    }
    std::puts((line + "}").c_str());
}

struct Arguments {
    trawl::ClientOptions options;
    bool count_allocations = false;
    bool are_good = true;
};

Arguments parse(int argc, char** argv) {
    Arguments arguments;
    arguments.are_good = argc >= 4;
    for (int i = 4; i < argc; ++i) {
        const std::string_view flag = argv[i];
        if (flag == "--count-allocations") {
            arguments.count_allocations = true;
        } else if (flag == "--http1") {
            arguments.options.http2 = trawl::Http2::kNever;
        } else if (flag == "--http2") {
            arguments.options.http2 = trawl::Http2::kPriorKnowledge;
        } else if (flag == "--ca" && i + 1 < argc) {
            arguments.options.tls.ca_file(argv[++i]).without_system_cas();
        } else {
            arguments.are_good = false;
        }
    }
    return arguments;
}

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments = parse(argc, argv);
    if (!arguments.are_good) {
        std::fputs(
            "usage: bench_pages <base URL> <pages> <workers> [--count-allocations] [--http1 | --http2] "
            "[--ca FILE]\n",
            stderr);
        return 2;
    }
    Work work;
    work.total = std::strtoull(argv[2], nullptr, 10);
    if (arguments.count_allocations) work.count_from = work.total / 10;
    for (std::size_t number = 1; number <= page_count; ++number) {
        work.paths.push_back(trawl::format("/page-{}.json", number));
    }
    const auto start = std::chrono::steady_clock::now();
    trawl::run(fetch_all(argv[1], std::strtoull(argv[3], nullptr, 10), arguments.options, work));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    print(work, seconds.count());
}
