#include "server.hpp"

#include <csignal>
#include <cstdio>
#include <vector>

#include "session.hpp"
#include "source.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/signal.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::origin {
namespace {

std::vector<DataSet> load(const DataSettings& settings) {
    std::vector<DataSet> sets;
    if (settings.file.empty()) {
        sets.push_back(DataSet::load("subdivisions", settings.iso_codes + "/iso_3166-2.json", "3166-2"));
        sets.push_back(DataSet::load("languages", settings.iso_codes + "/iso_639-3.json", "639-3"));
    } else {
        sets.push_back(DataSet::load(settings.name, settings.file, settings.array));
    }
    if (settings.records > 0) {
        for (DataSet& set : sets) set.number(settings.records);
    }
    return sets;
}

Task<> attend(TcpStream stream, Source& source) {
    Session session(std::move(stream), source);
    co_await session.run();
}

// Without a free descriptor (EMFILE) the connection waits in the kernel's queue until another one has ended.
Task<> accept_all(TcpListener& listener, Source& source, TaskGroup& connections) {
    while (true) {
        bool short_of_descriptors = false;
        try {
            TcpStream stream = co_await listener.accept();
            connections.spawn(attend(std::move(stream), source));
        } catch (const OsError&) {
            short_of_descriptors = true;
        }
        if (short_of_descriptors) co_await sleep(std::chrono::milliseconds(10));
    }
}

Task<> wait_for_end(SignalWatcher& signals, Duration lifetime) {
    if (lifetime == Duration(0)) {
        co_await signals.next();
        co_return;
    }
    try {
        co_await timeout(lifetime, signals.next());
    } catch (const TimeoutError&) {
    }
}

std::string url(const std::string& host, std::uint16_t port) {
    const bool is_v6 = host.find(':') != std::string::npos;
    return format("http://{}{}{}:{}/", is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
}

}  // namespace

Task<> serve(const Settings& settings) {
    SignalWatcher signals{SIGINT, SIGTERM};
    Source source(settings, load(settings.data));
    TcpListener listener = TcpListener::bind(settings.host, settings.port);
    print(stdout, "origin: {} ({})\n", url(settings.host, listener.port()), source.site.summary());
    std::fflush(stdout);
    {
        TaskGroup connections;
        connections.spawn(accept_all(listener, source, connections));
        if (!settings.service.vary.empty()) connections.spawn(source.service.follow_changes());
        co_await wait_for_end(signals, settings.lifetime);
    }
    if (!settings.quiet) print(stderr, "origin: {}\n", to_line(source.counters));
}

}  // namespace trawl::origin
