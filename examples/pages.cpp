/// Every page of a source, one task per page: first when the number of pages is known, then when only the first
/// response tells it. The pages end in any order and are put together in theirs.
///
///     example_pages URL      URL of a source such as bench/origin
#include <string>
#include <vector>

#include "trawl/trawl.hpp"

using trawl::Task;

namespace {

constexpr int kPageSize = 50;

std::vector<std::string> codes_in(const trawl::Json& page) {
    std::vector<std::string> codes;
    for (const trawl::Json& item : page["items"].items()) codes.push_back(item["code"].string());
    return codes;
}

Task<std::vector<std::string>> get_items(trawl::Client& client, int page, int page_size) {
    trawl::Response response =
        co_await client.get("/page/subdivisions").param("page", page).param("page_size", page_size);
    response.raise_for_status();
    co_return codes_in(response.json());
}

Task<std::vector<std::string>> fetch_all_items(trawl::Client& client, int total_pages) {
    std::vector<Task<std::vector<std::string>>> pages;
    for (int page = 1; page <= total_pages; ++page) pages.push_back(get_items(client, page, kPageSize));
    auto answers = co_await trawl::gather(std::move(pages));
    std::vector<std::string> items;
    for (auto& answer : answers) items.insert(items.end(), answer.begin(), answer.end());
    co_return items;
}

Task<int> count_pages(trawl::Client& client) {
    trawl::Response first = co_await client.get("/page/subdivisions").param("page_size", kPageSize);
    first.raise_for_status();
    co_return static_cast<int>(first.json()["total_pages"].integer());
}

Task<> example(std::string url) {
    trawl::Client client(url);
    auto some = co_await fetch_all_items(client, 10);
    trawl::print("10 pages: {} items, from {} to {}\n", some.size(), some.front(), some.back());

    const int total_pages = co_await count_pages(client);
    auto all = co_await fetch_all_items(client, total_pages);
    trawl::print("all pages, as the first one says: {} pages, {} items, from {} to {}\n", total_pages, all.size(),
                 all.front(), all.back());
    try {
        trawl::Response wrong = co_await client.get("/page/nothing");
        wrong.raise_for_status();
    } catch (const trawl::StatusError& error) {
        trawl::print("an error reaches the caller: status {}\n", error.status());
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        trawl::print(stderr, "usage: example_pages URL\n");
        return 2;
    }
    trawl::run(example(argv[1]));
}
