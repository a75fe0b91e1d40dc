// A fixed number of requests at once against a source of pages: what trawl's limiter is measured beside.
//
// Usage: bench_sources <requests at once> <seconds> <URL>...; page N is asked for at URL?page=N, several URLs in turn.
// Prints one JSON line: pages, those refused (429, 503: asked for again at once, whatever Retry-After says), other
// failures, mean latency, CPU seconds, and the pages that came in each tenth of a second.
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr double step = 0.1;  // seconds, as the limiter's trace has it

struct Work {
    std::vector<std::string> urls;
    double seconds = 0;
    Clock::time_point begin;
    std::uint64_t asked = 0, pages = 0, refused = 0, failed = 0, bytes = 0;
    double latency = 0;
    std::vector<std::uint64_t> steps;
};

double passed(Clock::time_point since) { return Seconds(Clock::now() - since).count(); }

void count(Work& work, double latency) {
    const auto index = static_cast<std::size_t>(passed(work.begin) / step);
    if (index >= work.steps.size()) return;
    ++work.steps[index];
    ++work.pages;
    work.latency += latency;
}

trawl::Task<int> ask(trawl::Client& client, Work& work, const std::string& url) {
    const auto sent = Clock::now();
    trawl::Response response = co_await client.get(url);
    if (response.status() == 200) {
        work.bytes += response.bytes().size();
        count(work, passed(sent));
    }
    co_return response.status();
}

trawl::Task<> worker(trawl::Client& client, Work& work) {
    while (passed(work.begin) < work.seconds) {
        const std::uint64_t page = work.asked++;
        const std::string url =
            trawl::format("{}?page={}", work.urls[page % work.urls.size()], page / work.urls.size() + 1);
        int status = 0;
        while (status != 200 && passed(work.begin) < work.seconds) {
            status = co_await ask(client, work, url);
            if (status == 429 || status == 503)
                ++work.refused;
            else if (status != 200)
                ++work.failed;
        }
    }
}

trawl::Task<> fetch(Work& work, std::size_t workers) {
    trawl::ClientOptions options;
    options.connections = workers;
    trawl::Client client("", options);
    work.begin = Clock::now();
    trawl::TaskGroup group;
    for (std::size_t i = 0; i < workers; ++i) group.spawn(worker(client, work));
    co_await group.join();
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void print(const Work& work) {
    std::string steps;
    for (const std::uint64_t pages : work.steps) steps += trawl::format("{}{}", steps.empty() ? "" : ",", pages);
    const double latency = work.pages > 0 ? work.latency / static_cast<double>(work.pages) : 0;
    trawl::print(R"({{"pages":{},"refused":{},"failed":{},"latency_s":{:.6f},"cpu_s":{:.3f},"steps":[{}]}})"
                 "\n",
                 work.pages, work.refused, work.failed, latency, cpu_seconds(), steps);
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 4) {
        std::fputs("usage: bench_sources <requests at once> <seconds> <URL>...\n", stderr);
        return 2;
    }
    Work work;
    work.seconds = std::strtod(arguments[2], nullptr);
    work.steps.resize(static_cast<std::size_t>(work.seconds / step));
    work.urls.assign(arguments + 3, arguments + count);
    trawl::run(fetch(work, std::strtoull(arguments[1], nullptr, 10)));
    print(work);
}
