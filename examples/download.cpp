/// A file from a server into a file here, in spite of cuts, and a record of what it took.
///
///     example_download URL PATH HAR      HAR: the record, an HTTP Archive; test/e2e/test_download.py runs it
#include <exception>
#include <memory>
#include <string>

#include "trawl/trawl.hpp"

using namespace std::chrono_literals;
using trawl::Task;

namespace {

Task<> fetch(std::string url, std::string path, std::shared_ptr<trawl::HarRecorder> har) {
    trawl::ClientOptions options;
    options.har = std::move(har);
    trawl::Client client({}, options);
    trawl::Download done = co_await trawl::download(client.get(url).follow_redirects().timeout(1h), path);
    trawl::print("{} bytes, resumed {} times, begun anew {} times\n", done.bytes, done.resumed, done.restarts);
}

Task<> example(std::string url, std::string path, std::string record) {
    auto har = std::make_shared<trawl::HarRecorder>(record);
    std::exception_ptr error;
    try {
        co_await fetch(url, path, har);
    } catch (const trawl::Error&) {
        error = std::current_exception();
    }
    co_await har->flush();  // what failed is in it, too
    if (error) std::rethrow_exception(error);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        trawl::print(stderr, "usage: example_download URL PATH HAR\n");
        return 2;
    }
    try {
        trawl::run(example(argv[1], argv[2], argv[3]));
    } catch (const trawl::Error& error) {
        trawl::print(stderr, "{}\n", error.what());
        return 1;
    }
}
