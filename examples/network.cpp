/// Four things to wait for besides TCP: a Unix socket, datagrams, a child process, another library's descriptor.
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

#include "trawl/trawl.hpp"

using namespace std::chrono_literals;
using trawl::Task;

namespace {

// ---- a service on a Unix socket, for this user alone ----

Task<> answer_one(trawl::UnixListener& listener) {
    trawl::UnixStream caller = co_await listener.accept();
    const bool known = caller.peer_credentials().user == ::getuid();
    trawl::Buffer question = co_await caller.receive();
    const std::string answer = std::string(known ? "dear user, " : "stranger, ") + std::string(question.view());
    co_await caller.send(answer);
}

Task<std::string> ask(std::string path, std::string question) {
    trawl::UnixStream service = co_await trawl::UnixStream::connect(std::move(path));
    co_await service.send(question);
    trawl::Buffer answer = co_await service.receive();
    co_return std::string(answer.view());
}

Task<> unix_socket(const std::filesystem::path& folder) {
    const std::string path = folder / "service.sock";
    auto listener = trawl::UnixListener::bind(path, trawl::UnixListenOptions().permissions(0600));
    auto both = co_await trawl::gather(ask(path, "hello"), answer_one(listener));
    trawl::print("unix: {}\n", std::get<0>(both));
}

// ---- datagrams ----

Task<> datagrams() {
    auto clock = trawl::UdpSocket::bind("127.0.0.1", 0);
    auto client = co_await trawl::UdpSocket::connect("127.0.0.1", clock.local_address().port());
    co_await client.send("what time is it?");
    trawl::Datagram question = co_await trawl::timeout(1s, clock.receive_from());
    co_await clock.send_to("noon", question.from);
    trawl::Datagram answer = co_await trawl::timeout(1s, client.receive_from());
    trawl::print("udp: {}\n", answer.bytes.view());
}

// ---- child processes ----

Task<> children() {
    trawl::Command sort("sort", "--reverse");
    sort.env("LC_ALL", "C");
    trawl::ProcessOutput sorted = co_await trawl::run_command(sort, "ada\ngrace\nbarbara\n");
    sorted.check();
    trawl::print("sort: {}", sorted.output);
    try {
        co_await trawl::timeout(20ms, trawl::run_command(trawl::Command("sleep", "1000")));
    } catch (const trawl::TimeoutError&) {
        trawl::print("sleep: killed when its time was over\n");
    }
    trawl::ProcessOutput failed = co_await trawl::run_command(trawl::Command("sh", "-c", "echo oh >&2; exit 3"));
    trawl::print("sh: {}, and said {}", failed.status.str(), failed.errors);
}

// ---- a descriptor that the loop does not own: the kernel's notes about a folder ----

Task<> file_appears(const std::filesystem::path& folder) {
    const int notes = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    ::inotify_add_watch(notes, folder.c_str(), IN_CREATE);
    trawl::DescriptorWatch watch(notes);
    co_await trawl::run_command(trawl::Command("touch", (folder / "new.txt").string()));
    co_await watch.readable();
    std::array<char, 4096> note{};
    const bool noted = ::read(notes, note.data(), note.size()) > 0;
    trawl::print("inotify: {}\n", noted ? "a file has appeared" : "nothing");
    watch.close();
    ::close(notes);
}

Task<> example(std::filesystem::path folder) {
    co_await unix_socket(folder);
    co_await datagrams();
    co_await children();
    co_await file_appears(folder);
}

}  // namespace

int main() {
    const auto folder = std::filesystem::temp_directory_path() / trawl::format("trawl-network-{}", ::getpid());
    std::filesystem::create_directory(folder);
    trawl::run(example(folder));
    std::filesystem::remove_all(folder);
}
