/// A test of a retry policy, in no real time: on a VirtualLoop the back-off of an hour takes microseconds, and the time
/// that has passed is exact.
#include <chrono>
#include <string>

#include "trawl/testing.hpp"
#include "trawl/trawl.hpp"

using namespace std::chrono_literals;
using trawl::Task;

namespace {

/// The code under test: up to `attempts` requests, 1 s of patience each, and twice the pause after each failure.
template <class Request>
Task<std::string> with_retries(Request request, int attempts) {
    trawl::Duration pause = 1s;
    for (int attempt = 1;; ++attempt) {
        std::string why;
        try {
            co_return co_await trawl::timeout(1s, request(attempt));
        } catch (const trawl::Error& error) {
            why = error.what();
        }
        trawl::print("  attempt {}: {}\n", attempt, why);
        if (attempt == attempts) throw trawl::FetchError("gave up: " + why);
        co_await trawl::sleep(pause);
        pause *= 2;
    }
}

/// A source that is down for `failures` requests: it refuses the odd ones and never answers the even ones.
class Source {
public:
    explicit Source(int failures) : failures_(failures) {}
    Task<std::string> answer(int attempt) {
        if (attempt > failures_) co_return "42 rows";
        if (attempt % 2 == 1) throw trawl::FetchError("503 from the source");
        co_await trawl::sleep(24h);
        co_return "too late";
    }

private:
    int failures_;
};

void test(const char* name, int failures, trawl::Duration expected) {
    trawl::print("{}\n", name);
    trawl::VirtualLoop loop;
    Source source(failures);
    std::string result;
    try {
        result = loop.run(with_retries([&](int attempt) { return source.answer(attempt); }, 5));
    } catch (const trawl::FetchError& error) {
        result = error.what();
    }
    const double seconds = std::chrono::duration<double>(loop.elapsed()).count();
    trawl::print("  {}, after {} s: {}\n", result, seconds, loop.elapsed() == expected ? "ok" : "FAILED");
}

}  // namespace

int main() {
    test("a source that is up", 0, 0s);
    test("a source that comes back", 3, 1s + (1s + 2s) + 4s);
    test("a source that stays down", 5, 1s + (1s + 2s) + 4s + (1s + 8s));
}
