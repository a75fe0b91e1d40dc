#include "system_files.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "host_name.hpp"
#include "trawl/base/ascii.hpp"

namespace trawl::net {
namespace {

// resolv.conf(5) caps what it is given at these.
constexpr int kTimeoutMax = 30;
constexpr int kAttemptsMax = 5;

std::string_view take_line(std::string_view& text) noexcept {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t begin = line.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos) return words;
        line.remove_prefix(begin);
        const std::size_t end = std::min(line.find_first_of(" \t\r"), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

// "[NOTFOUND=return]" says what to do next, and is no source.
std::string without_actions(std::string_view line) {
    std::string sources;
    bool is_action = false;
    for (const char byte : line) {
        if (byte == '[') is_action = true;
        if (!is_action) sources += byte;
        if (byte == ']') is_action = false;
    }
    return sources;
}

void note_source(std::string_view source, HostSources& sources) {
    if (source == "files") {
        sources.lookups += 'f';
    } else if (source == "dns" || source == "resolve") {  // systemd-resolved answers DNS too, and is in resolv.conf
        if (!sources.lookups.contains('b')) sources.lookups += 'b';
    } else if (source == "myhostname" || source == "mymachines") {
        sources.single_by_system = true;
    } else if (source.starts_with("mdns")) {
        sources.local_by_system = true;
    } else {
        sources.only_system = true;
    }
}

HostSources read_sources(std::string_view line) {
    HostSources sources;
    sources.lookups.clear();
    const std::string named = without_actions(line);
    for (const std::string_view source : words_of(named)) note_source(source, sources);
    if (!sources.lookups.contains('b')) sources.only_system = true;
    return sources;
}

std::optional<int> number_behind(std::string_view word, std::string_view name) noexcept {
    if (!word.starts_with(name)) return std::nullopt;
    word.remove_prefix(name.size());
    int number = 0;
    const auto parsed = std::from_chars(word.data(), word.data() + word.size(), number);
    if (parsed.ec != std::errc() || number < 1) return std::nullopt;
    return number;
}

void note_option(std::string_view word, ResolvConf& conf) noexcept {
    if (const auto seconds = number_behind(word, "timeout:"))
        conf.timeout = std::chrono::seconds(std::min(*seconds, kTimeoutMax));
    if (const auto attempts = number_behind(word, "attempts:")) conf.attempts = std::min(*attempts, kAttemptsMax);
}

std::optional<Address> read_address(const std::string& digits) noexcept {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    if (::inet_pton(AF_INET, digits.c_str(), &v4.sin_addr) == 1)
        return Address(reinterpret_cast<sockaddr*>(&v4), sizeof v4);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    if (::inet_pton(AF_INET6, digits.c_str(), &v6.sin6_addr) == 1)
        return Address(reinterpret_cast<sockaddr*>(&v6), sizeof v6);
    return std::nullopt;
}

std::string lower(std::string_view word) {
    std::string text(word);
    std::ranges::transform(text, text.begin(), [](char byte) { return to_lower(byte); });
    return text;
}

}  // namespace

HostsFile::HostsFile(std::string_view text) {
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        const std::vector<std::string_view> words = words_of(line.substr(0, line.find('#')));
        if (words.empty()) continue;
        const auto address = read_address(std::string(words[0]));
        if (!address) continue;
        for (std::size_t i = 1; i < words.size(); ++i) names_[lower(without_root(words[i]))].push_back(*address);
    }
}

std::vector<Address> HostsFile::find(std::string_view name) const {
    const auto found = names_.find(std::string(without_root(name)));
    return found == names_.end() ? std::vector<Address>() : found->second;
}

bool HostSources::ask_system_for(std::string_view name) const noexcept {
    if (only_system) return true;
    if (local_by_system && is_under(name, "local")) return true;
    return single_by_system && !without_root(name).contains('.');
}

HostSources read_nsswitch(std::string_view text) {
    while (!text.empty()) {
        std::string_view line = take_line(text);
        line = trim(line.substr(0, line.find('#')));
        if (line.starts_with("hosts:")) return read_sources(line.substr(6));
    }
    return {};
}

ResolvConf read_resolv_conf(std::string_view text) {
    ResolvConf conf;
    while (!text.empty()) {
        const std::vector<std::string_view> words = words_of(take_line(text));
        if (words.size() < 2) continue;
        if (words[0] == "nameserver") conf.has_server = true;
        if (words[0] != "options") continue;
        for (const std::string_view word : words) note_option(word, conf);
    }
    return conf;
}

}  // namespace trawl::net
