/// The same retrieval, limited by a semaphore so that the source is not overloaded.
///
///     example_limited URL      URL of a source such as bench/origin
#include <algorithm>
#include <string>
#include <vector>

#include "trawl/trawl.hpp"

using trawl::Task;

namespace {

constexpr int kPages = 60;
constexpr std::size_t kAtOnce = 5;

struct Counts {
    int inside = 0;
    int most = 0;
};

Task<std::size_t> get_page(trawl::Client& client, trawl::Semaphore& semaphore, Counts& counts, int page) {
    trawl::Semaphore::Permit permit = co_await semaphore.acquire();
    counts.most = std::max(counts.most, ++counts.inside);
    trawl::Response response = co_await client.get("/page/subdivisions").param("page", page);
    --counts.inside;
    response.raise_for_status();
    co_return response.bytes().size();
}

Task<> example(std::string url) {
    trawl::Client client(url);
    trawl::Semaphore semaphore(kAtOnce);
    Counts counts;
    std::vector<Task<std::size_t>> pages;
    for (int page = 1; page <= kPages; ++page) pages.push_back(get_page(client, semaphore, counts, page));
    auto sizes = co_await trawl::gather(std::move(pages));
    trawl::print("{} pages, never more than {} at once\n", sizes.size(), counts.most);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        trawl::print(stderr, "usage: example_limited URL\n");
        return 2;
    }
    trawl::run(example(argv[1]));
}
