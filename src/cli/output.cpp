#include "output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "trawl/base/error.hpp"
#include "trawl/fetch/hidden_secrets.hpp"

namespace trawl::cli {
namespace {

constexpr std::size_t kLineMax = 2000;  // a URL of the usual limit, and what is wrong with it

// C0, DEL, and C1 as UTF-8 (C2 80 to C2 9F): a terminal would obey them.
bool is_control(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7f) return true;
    return byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0;
}

HiddenSecrets& secrets() {
    static HiddenSecrets hidden;
    return hidden;
}

}  // namespace

void hide(const std::vector<std::string>& values) { secrets().add(values); }

void prepare_standard_streams() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
            [[maybe_unused]] const int opened = ::open("/dev/null", O_RDWR);  // takes the lowest number: this one
        }
    }
    std::signal(SIGPIPE, SIG_IGN);
}

void print_answer(std::string_view given) {
    const std::string text = secrets().hide(given);
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (!written || std::fflush(stdout) != 0)
        throw OutputError(errno, "write the answer to standard output; check where it leads");
}

void print_status(std::string_view given) noexcept {
    const std::string text = secrets().hide(given);
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
