#include "trawl/pull/get.hpp"

#include <algorithm>
#include <system_error>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/client.hpp"
#include "trawl/http/download.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/thread.hpp"
#include "trawl/sync/semaphore.hpp"

namespace trawl {
namespace {

// Files under way or waiting for their origin: enough for several origins at once, and a bound on memory.
constexpr std::size_t kWaitingMax = 4096;

// File systems take 255 bytes; the rest is for "-12345" and for the name that a file has while it is written.
constexpr std::size_t kNameMax = 200;

class Getting {
public:
    Getting(GetOptions options, GetProgress& progress)
        : options_(std::move(options)),
          progress_(progress),
          client_({}, client_options(options_)),
          gates_(options_.limits) {}

    Task<> run() {
        co_await to_thread(make_directory, options_.to);
        std::optional<std::string> text = options_.next_url();
        if (!text) throw UsageError("the list has no URL");
        for (std::uint64_t number = 1; text; text = options_.next_url(), ++number) {
            Url url = parse(*text, number);
            Semaphore::Permit place = co_await waiting_.acquire();
            std::string name = names_.unique(file_name_for(url.str()));
            group_.spawn(get_one(std::move(url), options_.to / name, std::move(place)));
        }
        co_await group_.join();
    }

private:
    static ClientOptions client_options(const GetOptions& options) {
        ClientOptions client;
        client.connections = kWaitingMax;  // the gates decide
        client.redirects_max = 10;
        client.retry.emplace();
        if (!options.ca_file.empty()) client.tls.ca_file(options.ca_file);
        return client;
    }

    static void make_directory(const std::filesystem::path& directory) {
        std::error_code error;
        std::filesystem::create_directories(directory, error);
        if (!error) return;
        throw FileError(error.value(), "create", directory.string(), "name another directory");
    }

    static Url parse(const std::string& text, std::uint64_t number) {
        try {
            return Url::parse(text);
        } catch (const InvalidUrl& error) {
            throw InvalidUrl(format("URL {} of the list: {}", number, error.what()));
        }
    }

    Task<> get_one(Url url, std::filesystem::path path, Semaphore::Permit place) {
        const Semaphore::Permit held = std::move(place);
        if (options_.skip_existing) {
            const bool is_there = co_await to_thread(exists, path);
            if (is_there) {
                ++progress_.skipped;
                co_return;
            }
        }
        OriginGate& gate = gates_.at(url.origin());
        OriginGate::Pass pass = co_await gate.enter();
        progress_.in_flight_peak = std::max(progress_.in_flight_peak, ++progress_.in_flight);
        try {
            Request request = client_.request("GET", url);
            for (const auto& [name, value] : options_.headers) request = std::move(request).secret_header(name, value);
            const Download done = co_await download(std::move(request), path.string());
            pass.succeeded();
            ++progress_.files;
            progress_.bytes += static_cast<std::uint64_t>(done.bytes);
        } catch (const Error& error) {
            settle(pass, error);
            fail(error.what());
        }
        --progress_.in_flight;
    }

    static bool exists(const std::filesystem::path& path) {
        std::error_code error;
        return std::filesystem::exists(path, error);
    }

    static void settle(OriginGate::Pass& pass, const Error& error) {
        Refusal refusal;
        const auto* status = dynamic_cast<const StatusError*>(&error);
        const bool timed_out = dynamic_cast<const TimeoutError*>(&error) != nullptr;
        if (timed_out) refusal.kind = RefusalKind::timeout;
        const bool is_refusal =
            timed_out || (status != nullptr && (status->status() == 429 || status->status() == 503));
        if (is_refusal) return pass.refused(refusal);
        pass.failed();
    }

    void fail(const std::string& message) {
        ++progress_.failed;
        if (progress_.errors.size() < GetProgress::kErrorsMax) progress_.errors.push_back(message);
    }

    GetOptions options_;
    GetProgress& progress_;
    Client client_;
    OriginGates gates_;
    FileNames names_;
    Semaphore waiting_{kWaitingMax};
    TaskGroup group_;  // last: the tasks use everything above
};

bool is_kept(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || c == '.' || c == '_' || c == '-';
}

}  // namespace

Task<> get_files(GetOptions options, GetProgress& progress) {
    Getting getting(std::move(options), progress);
    co_await getting.run();
}

std::string file_name_for(const std::string& url) {
    const Url parsed = Url::parse(url);
    std::string_view path = parsed.target_view();
    path = path.substr(0, path.find('?'));
    std::string name;
    for (const char c : path.substr(path.rfind('/') + 1)) name += is_kept(c) ? c : '_';
    name.erase(0, std::min(name.find_first_not_of("._-"), name.size()));  // no hidden file, no option
    if (name.size() > kNameMax) name.erase(0, name.size() - kNameMax);    // keeps the extension
    return name.empty() ? "index" : name;
}

std::string FileNames::unique(const std::string& name) {
    std::size_t& asked = given_[name];
    if (++asked == 1) return name;
    const auto dot = name.find('.');
    const std::string stem = name.substr(0, dot);
    const std::string extension = dot == std::string::npos ? "" : name.substr(dot);
    while (true) {
        std::string other = format("{}-{}{}", stem, asked, extension);
        if (given_.try_emplace(other, 1).second) return other;
        ++asked;
    }
}

}  // namespace trawl
