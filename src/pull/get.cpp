#include "trawl/pull/get.hpp"

#include <algorithm>
#include <system_error>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/download.hpp"
#include "trawl/loop/thread.hpp"
#include "url_work.hpp"

namespace trawl {
namespace {

// File systems take 255 bytes; the rest is for "-12345" and for the name that a file has while it is written.
constexpr std::size_t kNameMax = 200;

void make_directory(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (!error) return;
    throw FileError(error.value(), "create", directory.string(), "name another directory");
}

bool exists(const std::filesystem::path& path) {
    std::error_code error;
    return std::filesystem::exists(path, error);
}

class FileWork final : public pulling::UrlWork {
public:
    using UrlWork::UrlWork;

private:
    std::string name_of(const Url& url) override { return names_.unique(file_name_for(url.str())); }

    Task<bool> is_there(std::string name) override {
        if (!options().skip_existing) co_return false;
        co_return co_await to_thread(exists, options().to / name);
    }

    Task<> take(Request request, std::string name) override {
        const std::string path = (options().to / name).string();
        const Download done = co_await download(std::move(request), path);
        progress().bytes += static_cast<std::uint64_t>(done.bytes);
    }

    FileNames names_;
};

bool is_kept(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || c == '.' || c == '_' || c == '-';
}

}  // namespace

Task<> get_files(GetOptions options, GetProgress& progress) {
    co_await to_thread(make_directory, options.to);
    FileWork files(std::move(options), progress);
    co_await files.run();
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
