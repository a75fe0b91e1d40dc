/// A whole program: one request, and what its JSON says.
///
///     example_first_request URL      URL of a source such as bench/origin
#include <string>

#include "trawl/trawl.hpp"

trawl::Task<> show_names(std::string url) {
    trawl::Client client(url);
    trawl::Response response = co_await client.get("/page/languages").param("page_size", 3);
    response.raise_for_status();
    for (const trawl::Json& item : response.json()["items"].items()) trawl::print("{}\n", item["name"].string());
}

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    trawl::run(show_names(argv[1]));
}
