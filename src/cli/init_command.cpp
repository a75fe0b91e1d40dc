// `trawl init`: a URL as a connector's file.
#include <cerrno>
#include <cstdio>
#include <memory>

#include "commands.hpp"
#include "init_text.hpp"
#include "log_lines.hpp"
#include "output.hpp"
#include "source_argument.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl::cli {
namespace {

/// A file that is there is somebody's work: it is never written over.
void write_new(const std::string& path, const std::string& text) {
    const auto close = [](std::FILE* file) { std::fclose(file); };
    const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "wxe"), close);
    if (!file) throw FileError(errno, "create", path, "name a file that is not there yet");
    const bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
    if (!written || std::fflush(file.get()) != 0) throw FileError(errno, "write", path, "make room on the disk");
}

}  // namespace

void run_init(const InitCommand& command) {
    if (is_connector(command.source.source)) throw UsageError("init makes a connector of a URL: name the URL");
    if (!command.output.empty() && !is_connector(command.output))
        throw UsageError(format("-o {}: a connector's file ends in .toml", command.output));
    LookOptions options(run(connector_of(command.source)));
    hide_secrets_of(options.connector);
    options.ca_file = command.source.ca_file;
    options.log = log_at(command.source.log_level);
    const ResourceLook one = run(look(std::move(options))).front();
    if (one.error) std::rethrow_exception(one.error);
    const std::string text = init_text(command.source, one);
    if (command.output.empty()) return print_answer(text);
    write_new(command.output, text);
    print_answer(format("wrote {}; try it with: trawl check {}\n", command.output, command.output));
}

}  // namespace trawl::cli
