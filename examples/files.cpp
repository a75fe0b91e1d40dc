/// Files without blocking the loop: pages saved all at once, a directory walked, lines appended; and what the same code
/// does on a disk that is full.
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "trawl/testing.hpp"
#include "trawl/trawl.hpp"

using trawl::File;
using trawl::FileMode;
using trawl::Task;

namespace {

/// Whoever reads `directory` sees whole pages only, and they are there after a crash.
Task<> save_pages(std::string directory, int count) {
    co_await trawl::make_directories(directory);
    std::vector<Task<>> pages;
    for (int page = 1; page <= count; ++page) {
        const std::string path = trawl::format("{}/{:03}.json", directory, page);
        pages.push_back(trawl::write_file_atomically(path, trawl::format("{{\"page\": {}}}\n", page)));
    }
    co_await trawl::gather(std::move(pages));
}

Task<std::int64_t> bytes_below(std::string directory) {
    std::int64_t total = 0;
    auto entries = trawl::walk(std::move(directory));
    while (auto entry = co_await entries.next()) {
        if (!entry->is_file()) continue;
        const auto info = co_await trawl::file_info(entry->path());
        if (info) total += info->size;
    }
    co_return total;
}

Task<> keep_log(std::string path) {
    File log = co_await File::open(path, FileMode::append());
    co_await log.write("saved 100 pages\n");
    co_await log.write("walked them\n");
    co_await log.sync();
    co_await log.close();
}

Task<> example(std::string directory) {
    co_await save_pages(directory + "/pages", 100);
    trawl::print("100 pages, {} bytes\n", co_await bytes_below(directory));
    co_await keep_log(directory + "/log");
    trawl::print("{}", co_await trawl::read_file(directory + "/log"));
}

/// The same code on a disk that takes two bytes at a time and is full after three of them.
void test_full_disk(const std::string& directory) {
    trawl::FileFaults faults;
    faults.shorten("pwrite", 2);
    faults.fail("pwrite", ENOSPC).after(3);
    std::string message = "no error";
    try {
        trawl::VirtualLoop().run(trawl::write_file_atomically(directory + "/pages/001.json", "{\"page\": 0}\n"));
    } catch (const trawl::FileError& error) {
        message = error.what();
    }
    trawl::print("full: {}\n", message.substr(message.find(": ") + 2));
    trawl::print("the old page is still there: {}", trawl::run(trawl::read_file(directory + "/pages/001.json")));
}

}  // namespace

int main() {
    std::string directory = std::filesystem::temp_directory_path() / "trawl-example-XXXXXX";
    if (::mkdtemp(directory.data()) == nullptr) return 1;
    trawl::run(example(directory));
    test_full_disk(directory);
    std::filesystem::remove_all(directory);
}
