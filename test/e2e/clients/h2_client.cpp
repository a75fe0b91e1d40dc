/// The HTTP client as it is, without a pull's retries, for servers that misbehave: asks for /pages?page=1 and so on,
/// all at once, over HTTP/2 without TLS, and prints what became of each as one line: "3: 200 <body>" or "3: error
/// <why>".
///
///     e2e_h2_client <base URL> <pages> [seconds without an answer, 2 unless said otherwise]
#include <cstdlib>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"

namespace {

trawl::Task<> fetch(trawl::Client& client, int number) {
    try {
        trawl::Response response = co_await client.get(trawl::format("/pages?page={}", number));
        trawl::print("{}: {} {}\n", number, response.status(), response.text());
    } catch (const trawl::Error& error) {
        trawl::print("{}: error {}\n", number, error.what());
    }
}

trawl::Task<> fetch_all(std::string base_url, int pages, const trawl::ClientOptions& options) {
    trawl::Client client(base_url, options);
    trawl::TaskGroup group;
    for (int number = 1; number <= pages; ++number) group.spawn(fetch(client, number));
    co_await group.join();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    trawl::ClientOptions options;
    options.http2 = trawl::Http2::kPriorKnowledge;
    options.first_byte_timeout = options.read_timeout = std::chrono::seconds(argc > 3 ? std::atoi(argv[3]) : 2);
    options.body_max = 1 << 22;
    trawl::run(fetch_all(argv[1], std::atoi(argv[2]), options));
}
