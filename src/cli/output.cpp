#include "output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "trawl/base/error.hpp"

namespace trawl::cli {
namespace {

constexpr std::size_t kLineMax = 2000;  // a URL of the usual limit, and what is wrong with it

// C0, DEL, and C1 as UTF-8 (C2 80 to C2 9F): a terminal would obey them.
bool is_control(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7f) return true;
    return byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0;
}

// "a" as a password would blacken every text; four letters are no secret either.
constexpr std::size_t kSecretMin = 5;

std::vector<std::string>& secrets() {
    static std::vector<std::string> hidden;
    return hidden;
}

std::string without_secrets(std::string_view text) {
    std::string shown(text);
    for (const std::string& secret : secrets()) {
        for (auto at = shown.find(secret); at != std::string::npos; at = shown.find(secret, at))
            shown.replace(at, secret.size(), "***");
    }
    return shown;
}

}  // namespace

void hide(const std::vector<std::string>& values) {
    for (const std::string& value : values) {
        if (value.size() >= kSecretMin) secrets().push_back(value);
    }
    // A secret may be part of another one.
    std::sort(secrets().begin(), secrets().end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

void prepare_standard_streams() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
            [[maybe_unused]] const int opened = ::open("/dev/null", O_RDWR);  // takes the lowest number: this one
        }
    }
    std::signal(SIGPIPE, SIG_IGN);
}

void print_answer(std::string_view given) {
    const std::string text = without_secrets(given);
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (!written || std::fflush(stdout) != 0) throw OsError(errno, "write to standard output; check where it leads");
}

void print_status(std::string_view given) noexcept {
    const std::string text = without_secrets(given);
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

std::string as_one_line(std::string_view text) {
    while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    std::string line;
    for (std::size_t at = 0; at < text.size() && line.size() < kLineMax; ++at) {
        const bool control = is_control(text, at);
        line += control ? ' ' : text[at];
        if (control && static_cast<unsigned char>(text[at]) == 0xc2) ++at;
    }
    if (line.size() >= kLineMax) line += "...";
    return line;
}

}  // namespace trawl::cli
