/// Every page of a source, found and fetched concurrently by the library: fetch_pages. By hand it is pages.cpp.
///
///     example_fetch_pages URL      URL of a source such as bench/origin
#include <string>

#include "trawl/trawl.hpp"

using trawl::Task;

namespace {

Task<> all_pages(trawl::Client& client) {
    trawl::PageStream pages = trawl::fetch_pages(client, "/page/subdivisions").max_concurrency(20).stream();
    std::size_t rows = 0;
    while (auto page = co_await pages.next()) rows += page->count;
    trawl::print("{} rows\n", rows);
    for (const std::string& note : pages.notes()) trawl::print("{}\n", note);
}

Task<> each_record(trawl::Client& client) {
    trawl::PageStream pages = trawl::fetch_pages(client, "/offset/languages?limit=500")
                                  .paginate("offset:total_path=$.total")
                                  .records("$.results")
                                  .stream();
    std::size_t living = 0;
    while (auto page = co_await pages.next()) {
        for (const trawl::Json& language : page->json().items()) living += language["type"].string() == "L";
    }
    trawl::print("{} living languages\n", living);
}

Task<> failing(trawl::Client& client) {
    trawl::PageStream pages = trawl::fetch_pages(client, "/page/nothing").stream();
    try {
        co_await pages.next();
    } catch (const trawl::StatusError& error) {
        trawl::print("refused, status {}\n", error.status());
    } catch (const trawl::FetchError& error) {
        trawl::print("not what a retrieval needs: {}\n", error.what());
    }
}

Task<> example(std::string url) {
    trawl::Client client(url);
    co_await all_pages(client);
    co_await each_record(client);
    co_await failing(client);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        trawl::print(stderr, "usage: example_fetch_pages URL\n");
        return 2;
    }
    trawl::run(example(argv[1]));
}
