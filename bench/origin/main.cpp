/// origin: a demo source. It serves a data set in pages over HTTP/1.1, as slow, as narrow and as faulty as it is told
/// to be.
#include <sys/resource.h>

#include <cstdio>

#include "options.hpp"
#include "server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"

namespace {

// A connection is a descriptor; the usual soft limit of 1,024 is far below what a benchmark opens.
void allow_many_connections() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
    trawl::origin::Settings settings;
    if (const auto exit_code = trawl::origin::parse_options(argc, argv, settings)) return *exit_code;
    allow_many_connections();
    try {
        trawl::run(trawl::origin::serve(settings));
        return 0;
    } catch (const std::exception& error) {
        trawl::print(stderr, "origin: {}\n", error.what());
        return 1;
    }
}
