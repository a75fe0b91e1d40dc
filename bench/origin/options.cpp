// The only file that knows CLI11.
#include "options.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

#include "trawl/base/error.hpp"
#include "units.hpp"

namespace trawl::origin {
namespace {

constexpr const char* kAbout =
    "origin serves a real data set (Debian's iso-codes) in pages over HTTP/1.1: a source to try retrievals on,\n"
    "as slow, as narrow and as faulty as you like. The first line it prints says where it listens.\n";

constexpr const char* kExamples = R"(
Examples:
  origin                                     /subdivisions and /languages, 50 a page, as fast as it can
  origin --latency 50ms --capacity 40        forty pages at once, 50 ms each; the rest wait in line
  origin --style link --page-size 100        /subdivisions with a Link header; the other styles stay at
                                             /page/..., /offset/..., /link/..., /cursor/..., /next/...
  origin --fault-reset 1% --fault-500 1% --fault-truncate 1%
                                             three pages in a hundred go wrong; --seed says which
  origin --rate 100 --burst 20               429 with Retry-After above 100 pages a second
  origin --capacity 30 --latency 50ms --jitter exp --cliff 1.5
                                             more than 30 in the house make all of them slower
  origin --capacity 40 --latency 50ms --vary 15s:20,25s:40
                                             half of it fails 15 s after the first page, for 10 s
  origin --records 50000000                  a million pages of numbered records
  origin --data cars.json --array results --name cars
                                             the array "results" of a file of yours, at /cars

Paths:
  /                 what there is            curl http://127.0.0.1:8080/
  /stats, /health   counters; alive. Never slowed, refused or failed
  /page/NAME        ?page=1&page_size=50     {"page","page_size","total_pages","total","items"}
  /offset/NAME      ?offset=0&limit=50       {"offset","limit","total","results"}
  /link/NAME        ?page=1&per_page=50      an array; Link and X-Total-Count header
  /cursor/NAME      ?cursor=...&limit=50     {"data","next_cursor"}
  /next/NAME        ?cursor=...&limit=50     {"results","next"}
)";

/// Adds an option whose text `parse` turns into `target`; what it throws becomes CLI11's error.
template <class Target, class Parse>
void add(CLI::App& app, const char* name, Target& target, Parse parse, const char* type, const char* help) {
    const auto take = [&target, parse, name](const std::string& text) {
        try {
            target = static_cast<Target>(parse(text));
        } catch (const UsageError& error) {
            throw CLI::ValidationError(name, error.what());
        }
    };
    app.add_option_function<std::string>(name, take, help)->type_name(type);
}

/// The same for one of a few words.
template <class Enum>
void add_choice(CLI::App& app, const char* name, Enum& target, std::map<std::string, Enum> choices, const char* type,
                const char* help) {
    const auto choose = [choices](const std::string& text) {
        const auto found = choices.find(text);
        if (found != choices.end()) return found->second;
        std::string words;
        for (const auto& choice : choices) words += (words.empty() ? "" : ", ") + choice.first;
        throw UsageError("'" + text + "' is none of " + words);
    };
    add(app, name, target, choose, type, help);
}

/// A flag that clears `target`.
void add_negative(CLI::App& app, const char* name, bool& target, const char* help) {
    app.add_flag_callback(name, [&target] { target = false; }, help);
}

std::size_t positive(const std::string& text) {
    const std::size_t count = parse_count(text);
    if (count == 0) throw UsageError("it must be at least 1");
    return count;
}

void add_server(CLI::App& app, Settings& settings) {
    add(
        app, "--port", settings.port, [](const std::string& text) { return parse_count(text, 65535); }, "N",
        "TCP port; 0, the default, takes any that is free");
    app.add_option("--host", settings.host, "address to listen on, in digits [127.0.0.1]")->type_name("ADDRESS");
    add(
        app, "--seed", settings.seed, [](const std::string& text) { return parse_count(text); }, "N",
        "decides which pages fail and how long random ones take [1]");
    add(app, "--lifetime", settings.lifetime, parse_duration, "TIME", "ends by itself after this time");
    app.add_flag("--quiet", settings.quiet, "no counters on stderr at the end");
}

void add_data(CLI::App& app, DataSettings& data) {
    app.add_option("--data", data.file, "a JSON file to serve instead of iso-codes")->type_name("FILE");
    app.add_option("--array", data.array, "its member that holds the records; without it the file is an array")
        ->type_name("NAME");
    app.add_option("--name", data.name, "the path at which it is served [items]")
        ->type_name("NAME")
        ->check([](const std::string& name) {
            const bool plain = !name.empty() && name.find_first_not_of(
                                                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                    "0123456789-_.") == std::string::npos;
            return plain ? std::string() : std::string("letters, digits, '-', '_' and '.' only");
        });
    app.add_option("--iso-codes", data.iso_codes, "where iso_3166-2.json and iso_639-3.json are")->type_name("FOLDER");
    add(app, "--records", data.records, positive, "N",
        "serve exactly N records: the file's, over and over, with \"id\": 1, 2, ... in front");
}

void add_pages(CLI::App& app, SiteSettings& site) {
    std::map<std::string, Style> styles;
    for (std::size_t i = 0; i < kStyleNames.size(); ++i) styles[kStyleNames[i]] = static_cast<Style>(i);
    add_choice(app, "--style", site.style, styles, "STYLE",
               "of /NAME: page (the default), offset, link, cursor or next");
    add(app, "--page-size", site.page_size, positive, "N", "unless the request says otherwise [50]");
    add(app, "--page-size-max", site.page_size_max, positive, "N", "larger ones are served as this one [1000]");
    add(
        app, "--first-page", site.first_page, [](const std::string& text) { return parse_count(text, 1'000'000); }, "N",
        "the number of the first page [1]");
    std::map<std::string, Beyond> beyonds{
        {"empty", Beyond::empty}, {"404", Beyond::not_found}, {"clamp", Beyond::clamp}};
    add_choice(app, "--beyond", site.beyond, beyonds, "WHAT",
               "behind the last page: empty (the default), 404, or clamp: the last page again");
    app.add_flag("--relative-urls", site.relative_urls, "in Link and \"next\": no scheme and host");
    add_negative(app, "--no-totals", site.totals, "no total, no total_pages, no rel=\"last\"");
}

void add_load(CLI::App& app, ServiceSettings& service) {
    add(app, "--latency", service.latency, parse_duration, "TIME", "how long serving a page takes, such as 50ms [0]");
    const auto latency_of = [](const std::string& text) {
        return std::map<std::string, Duration>{parse_latency_of(text)};
    };
    add(app, "--latency-of", service.latency_of, latency_of, "NAME:TIME", "of the pages of /NAME, instead");
    std::map<std::string, Jitter> jitters{{"none", Jitter::none}, {"even", Jitter::even}, {"exp", Jitter::exp}};
    add_choice(app, "--jitter", service.jitter, jitters, "KIND",
               "of the latency: none (the default), even (90 to 110%) or exp (exponential with that mean)");
    add(app, "--rtt", service.rtt, parse_duration, "TIME", "distance: half before, half after; holds no capacity [0]");
    add(app, "--capacity", service.capacity, positive, "N",
        "pages served at once; the rest queue, first come first served");
    add(
        app, "--queue-max", service.queue_max, [](const std::string& text) { return parse_count(text); }, "N",
        "503 for those who would queue behind N others");
    add(app, "--vary", service.vary, parse_vary, "TIME:N,...", "capacity over time, counted from the first page");
    add(app, "--deep", service.deep, parse_number, "F", "10,000 pages in, latency has grown by F times itself");
    add(app, "--cliff", service.cliff, parse_number, "P",
        "with n > K in the house (served or queued), latency grows by (n/K)^P; K is the capacity");
    add(app, "--rate", service.rate, parse_number, "R", "pages a second (a token bucket); 429 for the rest");
    add(app, "--burst", service.burst, positive, "B", "the bucket's size [1]");
}

void add_faults(CLI::App& app, Settings& settings) {
    FaultSettings& faults = settings.faults;
    const auto share = [&](const char* name, Fault fault, const char* help) {
        add(app, name, faults.shares[static_cast<std::size_t>(fault)], parse_share, "P%", help);
    };
    share("--fault-429", Fault::too_many, "at once, with Retry-After");
    share("--fault-500", Fault::error, "after the latency");
    share("--fault-503", Fault::unavailable, "at once, with Retry-After");
    share("--fault-reset", Fault::reset, "RST, before the head or amid the body");
    share("--fault-truncate", Fault::truncate, "closed before the body's end; chunked: without the last chunk");
    share("--fault-slow", Fault::slow, "in fifty drops, over the time that --drip says");
    share("--fault-garbage", Fault::garbage, "200 with HTML");
    share("--fault-stall", Fault::stall, "no answer until the client closes");
    add(app, "--drip", faults.drip, parse_duration, "TIME", "how long a slow page takes [1s]");
    app.add_option_function<std::vector<std::string>>(
           "--fail-page",
           [&faults](const std::vector<std::string>& texts) {
               try {
                   for (const std::string& text : texts) faults.fail_pages.insert(parse_fail_page(text));
               } catch (const UsageError& error) {
                   throw CLI::ValidationError("--fail-page", error.what());
               }
           },
           "page N (from 1, in any style) always fails with this status; may be given again")
        ->type_name("N:STATUS")
        ->allow_extra_args(false);
    const auto retry_after = [&settings](const std::string& text) {
        settings.wire.retry_after = text == "none" ? RetryAfter::none : RetryAfter::seconds;
        return text == "none" ? std::uint64_t{0} : parse_count(text, 1'000'000);
    };
    add(app, "--retry-after", settings.wire.retry_after_seconds, retry_after, "SECONDS",
        "of each 429 and 503, or none [1; with --rate: when there is room again]");
    app.add_flag("--retry-after-date", settings.wire.retry_after_date, "as a date instead");
}

void add_wire(CLI::App& app, WireSettings& wire) {
    app.add_flag("--chunked", wire.chunked, "chunks instead of Content-Length");
    app.add_flag("--http10", wire.http10, "HTTP/1.0: bodies end with the connection");
    add_negative(app, "--no-keep-alive", wire.keep_alive, "one request per connection");
    add(app, "--keep-alive-max", wire.keep_alive_max, positive, "N", "N requests per connection");
    add(app, "--idle", wire.idle, parse_duration, "TIME", "closes idle connections without a word after this time");
}

template <class Part, class Add>
void add_group(CLI::App& app, const char* title, Part& part, Add add_options) {
    add_options(app, part);
    for (CLI::Option* option : app.get_options()) {
        if (option->get_group() == "Options" && option != app.get_help_ptr()) option->group(title);
    }
}

void check(const Settings& settings) {
    double sum = 0;
    for (double share : settings.faults.shares) sum += share;
    if (sum > 1 + 1e-9) throw CLI::ValidationError("--fault-...", "the shares are more than 100% together");
    if (settings.service.cliff > 0 && settings.service.capacity == kUnlimited) {
        throw CLI::ValidationError("--cliff", "needs --capacity: that is where the cliff is");
    }
}

}  // namespace

std::optional<int> parse_options(int argc, const char* const* argv, Settings& settings) {
    CLI::App app(kAbout, "origin");
    app.set_help_flag("-h,--help", "this text");
    app.footer(kExamples);
    app.get_formatter()->column_width(28);
    add_group(app, "Server", settings, add_server);
    add_group(app, "Data", settings.data, add_data);
    add_group(app, "Pages", settings.site, add_pages);
    add_group(app, "Latency and capacity", settings.service, add_load);
    add_group(app, "Faults, as shares of the requests for pages", settings, add_faults);
    add_group(app, "HTTP", settings.wire, add_wire);
    try {
        app.parse(argc, argv);
        check(settings);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    // A default page that is larger than the largest would contradict itself.
    settings.site.page_size_max = std::max(settings.site.page_size_max, settings.site.page_size);
    return std::nullopt;
}

}  // namespace trawl::origin
