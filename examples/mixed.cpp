/// HTTP, a database and a disk at the same time, on one thread: none of them holds up the others.
///
///     example_mixed URL CONNINFO      URL of bench/origin, which answers after its --latency of 300 ms; CONNINFO as
///                                     libpq takes it, such as "host=/run/postgresql dbname=postgres"
///
/// The database answers through libpq's asynchronous interface, which knows nothing of the loop: it gives a descriptor
/// and says what it waits for (PostgreSQL's manual, "Asynchronous Command Processing").
#include <libpq-fe.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "trawl/trawl.hpp"

using namespace std::chrono_literals;
using trawl::Task;

namespace {

// ---- PostgreSQL ----

class DatabaseError : public trawl::Error {
public:
    using Error::Error;
};

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// A connection. One query at a time.
class Database {
public:
    static Task<Database> connect(std::string conninfo) {
        Database database(PQconnectStart(conninfo.c_str()));
        // libpq may open another socket at every step, for the next address or without encryption.
        for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK; state = PQconnectPoll(database.raw())) {
            database.require(state != PGRES_POLLING_FAILED && PQstatus(database.raw()) != CONNECTION_BAD);
            trawl::DescriptorWatch watch(PQsocket(database.raw()));
            if (state == PGRES_POLLING_READING) co_await watch.readable();
            if (state == PGRES_POLLING_WRITING) co_await watch.writable();
        }
        database.require(PQsetnonblocking(database.raw(), 1) == 0);
        co_return std::move(database);
    }

    /// The first column of every row. Throws DatabaseError.
    Task<std::vector<std::string>> query(std::string sql) {
        require(PQsendQuery(raw(), sql.c_str()) == 1);
        trawl::DescriptorWatch watch(PQsocket(raw()));
        for (int left = PQflush(raw()); left != 0; left = PQflush(raw())) {
            require(left == 1);
            co_await watch.writable();
        }
        std::vector<std::string> values;
        for (;;) {
            while (PQisBusy(raw()) == 1) {
                co_await watch.readable();
                require(PQconsumeInput(raw()) == 1);
            }
            const Result result(PQgetResult(raw()), PQclear);
            if (result == nullptr) break;
            require(PQresultStatus(result.get()) == PGRES_TUPLES_OK ||
                    PQresultStatus(result.get()) == PGRES_COMMAND_OK);
            for (int row = 0; row < PQntuples(result.get()); ++row)
                values.emplace_back(PQgetvalue(result.get(), row, 0));
        }
        co_return values;
    }

private:
    explicit Database(PGconn* connection) : connection_(connection, PQfinish) {}
    [[nodiscard]] PGconn* raw() const noexcept { return connection_.get(); }
    void require(bool holds) const {
        if (!holds) throw DatabaseError(std::string("database: ") + PQerrorMessage(raw()));
    }

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

// ---- what is done at the same time ----

double seconds_since(trawl::TimePoint begin) {
    return std::chrono::duration<double>(trawl::Clock::now() - begin).count();
}

/// Three queries in three connections, each of which keeps the server busy for 0.3 s and then has rows.
Task<std::string> ask_database(std::string conninfo) {
    const auto one = [](std::string where) -> Task<std::size_t> {
        Database database = co_await Database::connect(std::move(where));
        std::vector<std::string> rows =
            co_await database.query("SELECT n FROM generate_series(1, 20000) AS n, (SELECT pg_sleep(0.3)) AS nap");
        co_return rows.size();
    };
    auto counts = co_await trawl::gather(one(conninfo), one(conninfo), one(conninfo));
    co_return trawl::format("{} rows", std::get<0>(counts) + std::get<1>(counts) + std::get<2>(counts));
}

Task<std::string> ask_http(std::string url) {
    trawl::Client client(url);
    const auto page = [](trawl::Client& from, std::string path) -> Task<std::size_t> {
        trawl::Response response = co_await from.get(path);
        response.raise_for_status();
        co_return response.bytes().size();
    };
    auto sizes =
        co_await trawl::gather(page(client, "/page/subdivisions?page=1"), page(client, "/page/subdivisions?page=2"),
                               page(client, "/page/languages?page=1"));
    const bool all = std::get<0>(sizes) > 0 && std::get<1>(sizes) > 0 && std::get<2>(sizes) > 0;
    co_return trawl::format("{} pages", all ? 3 : 0);
}

Task<std::string> use_disk(std::string path) {
    const std::string data(16'000'000, 'x');
    co_await trawl::write_file_atomically(path, data);
    const std::string back = co_await trawl::read_file(path);
    co_await trawl::remove_file(path);
    co_return trawl::format("{} MB written and read", back == data ? back.size() / 1'000'000 : 0);
}

Task<std::string> timed(std::string name, Task<std::string> work, double& total) {
    const auto begin = trawl::Clock::now();
    const std::string what = co_await std::move(work);
    const double took = seconds_since(begin);
    total += took;
    co_return trawl::format("{}: {} in {:.2f} s", name, what, took);
}

/// Beats every 5 ms for as long as it lives: how often the loop had time for it.
Task<> beat(int& beats) {
    for (;; ++beats) co_await trawl::sleep(5ms);
}

Task<> example(std::string url, std::string conninfo) {
    const auto path = std::filesystem::temp_directory_path() / trawl::format("trawl-mixed-{}", ::getpid());
    double one_by_one = 0;
    int beats = 0;
    trawl::TaskGroup background;
    background.spawn(beat(beats));
    const auto begin = trawl::Clock::now();
    auto lines =
        co_await trawl::gather(timed("database", ask_database(conninfo), one_by_one),
                               timed("http", ask_http(url), one_by_one), timed("disk", use_disk(path), one_by_one));
    const double together = seconds_since(begin);
    trawl::print("{}\n{}\n{}\n", std::get<0>(lines), std::get<1>(lines), std::get<2>(lines));
    trawl::print("all in {:.2f} s, one after the other {:.2f} s\n", together, one_by_one);
    trawl::print("meanwhile, {} beats of a clock\n", beats);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        trawl::print(stderr, "usage: example_mixed URL CONNINFO\n");
        return 2;
    }
    trawl::run(example(argv[1], argv[2]));
}
