/// The HTTP client: JSON, a body read while it arrives, a form, errors, and where the time of a request went.
///
///     example_http URL      URL of a source such as bench/origin
#include <optional>
#include <string>

#include "trawl/trawl.hpp"

using namespace std::chrono_literals;
using trawl::Task;

namespace {

Task<> json(trawl::Client& client) {
    trawl::Response response =
        co_await client.get("/page/subdivisions").param("page", 1).param("page_size", 3).timeout(10s);
    response.raise_for_status();
    const trawl::Json page = response.json();
    for (const trawl::Json& item : page["items"].items()) {
        trawl::print("{}: {}\n", item["code"].string(), item["name"].string());
    }
    trawl::print("{} of {}\n", page["items"].size(), page["total"].integer());
    const std::optional<trawl::Json> next = page.find("next");  // for what may be missing
    trawl::print("a next page is {}\n", next ? "named" : "not named");
}

Task<> streamed(trawl::Client& client) {
    trawl::ResponseStream response = co_await client.get("/page/languages").param("page_size", 1000).stream();
    response.raise_for_status();
    std::size_t bytes = 0;
    while (true) {
        std::optional<std::string> piece = co_await response.next();  // never more than a few ahead of this loop
        if (!piece) break;
        bytes += piece->size();
    }
    trawl::print("{} bytes in pieces\n", bytes);
}

Task<> errors(trawl::Client& client) {
    try {
        trawl::Response response = co_await client.get("/page/nothing").bearer_auth("a secret");
        response.raise_for_status();
    } catch (const trawl::StatusError& error) {
        trawl::print("status {}\n", error.status());
    }
    trawl::Response response = co_await client.post("/page/languages").form("name", "Ada & co");
    trawl::print("a form: status {}\n", response.status());
}

Task<> timings(trawl::Client& client) {
    trawl::Response response = co_await client.get("/page/languages");
    const trawl::Timings& times = response.timings();
    const bool is_reused = times.connect == trawl::Duration::zero();
    trawl::print("{}, first byte after {:.1f} ms\n", is_reused ? "a connection that was open" : "a new connection",
                 std::chrono::duration<double, std::milli>(times.first_byte).count());
}

Task<> example(std::string url) {
    trawl::Client client(url);
    co_await json(client);
    co_await streamed(client);
    co_await errors(client);
    co_await timings(client);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        trawl::print(stderr, "usage: example_http URL\n");
        return 2;
    }
    trawl::run(example(argv[1]));
}
