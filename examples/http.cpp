/// The HTTP client: JSON, a body read while it arrives, a form, errors, several requests at once, retries, conditions,
/// a download, records, a HAR file, and where the time of a request went.
///
///     example_http URL      URL of a source such as bench/origin
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

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

Task<> together(trawl::Client& client) {
    auto both = co_await trawl::gather(client.get("/page/languages"), client.get("/page/subdivisions"));
    trawl::print("two at once: {} and {}\n", std::get<0>(both).status(), std::get<1>(both).status());
    std::vector<trawl::Request> requests;
    for (int page = 1; page <= 3; ++page) requests.push_back(client.get("/page/languages").param("page", page));
    auto pages = co_await trawl::gather_outcomes(std::move(requests));  // the error of one is its outcome
    for (trawl::Outcome<trawl::Response>& page : pages) {
        if (!page.has_value()) continue;
        trawl::print("page {}\n", page.take().json()["page"].integer());
    }
}

Task<> retried(trawl::Client& client) {
    trawl::Response response = co_await client.get("/page/languages").retry(trawl::RetryPolicy(3)).timeout(30s);
    response.raise_for_status();
    trawl::print("status {} with attempt {} of 3\n", response.status(), response.attempts());
}

Task<> conditional(trawl::Client& client) {
    trawl::Response known = co_await client.get("/page/languages");
    trawl::Response now = co_await client.get("/page/languages").if_changed(known);
    trawl::print("{}\n", now.status() == 304 ? "what is known still holds" : "the whole answer anew");
}

Task<> downloaded(trawl::Client& client) {
    trawl::Request request = client.get("/page/languages").param("page_size", 1000).timeout(1h);
    trawl::Download done = co_await trawl::download(std::move(request), "languages.json");
    trawl::print("{} bytes in languages.json, cut {} times\n", done.bytes, done.resumed + done.restarts);
    co_await trawl::remove_file("languages.json");
}

Task<> records(trawl::Client& client) {
    auto languages = trawl::JsonRecords::items(co_await client.get("/link/languages").param("per_page", 1000).stream());
    while (true) {
        std::optional<trawl::Json> language = co_await languages.next();  // one is held, however many there are
        if (!language) break;
        if (languages.count() == 1) trawl::print("the first of them: {}\n", (*language)["name"].string());
    }
    trawl::print("{} records\n", languages.count());
}

Task<> recorded(std::string url) {
    trawl::ClientOptions options;
    options.har = std::make_shared<trawl::HarRecorder>("requests.har");
    trawl::Client client(url, options);
    co_await client.get("/page/languages").bearer_auth("a secret");
    co_await options.har->flush();
    std::string text = co_await trawl::read_file("requests.har");
    const trawl::Json log = trawl::Json::parse(text)["log"];
    trawl::print("HAR {}: {} entries\n", log["version"].string(), log["entries"].size());
    co_await trawl::remove_file("requests.har");
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
    co_await together(client);
    co_await retried(client);
    co_await conditional(client);
    co_await downloaded(client);
    co_await records(client);
    co_await recorded(url);
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
