/// Command: a program to be started, its arguments, its surroundings, and where its standard streams lead.
///
///     Command("git", "log", "-1").directory("/srv/data").env("LC_ALL", "C").stderr_to(Stdio::null())
///
/// Rules: no shell reads it, arguments arrive as they are; what is not said is inherited: environment, directory,
/// standard streams. No other descriptor is, and no blocked or ignored signal.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trawl {

/// Where a standard stream of a child comes from or leads to.
class Stdio {
public:
    /// What this process has.
    static Stdio inherit() { return Stdio(Kind::kInherit); }
    /// Nothing: an end at once for a reader, and a writer's bytes are dropped (/dev/null).
    static Stdio null() { return Stdio(Kind::kNull); }
    /// A pipe whose other end the Process has.
    static Stdio pipe() { return Stdio(Kind::kPipe); }
    /// A file, opened when the child is started: to be read, or to be written from its (then emptied) beginning.
    static Stdio file(std::string path) { return {Kind::kFile, -1, std::move(path)}; }
    /// A file that is written at its end.
    static Stdio append(std::string path) { return {Kind::kAppend, -1, std::move(path)}; }
    /// A copy of `fd`, which stays the caller's and must be open when the child is started.
    static Stdio descriptor(int fd) { return {Kind::kDescriptor, fd, {}}; }
    /// For standard error: where standard output leads.
    static Stdio to_stdout() { return Stdio(Kind::kToStdout); }

    enum class Kind { kInherit, kNull, kPipe, kFile, kAppend, kDescriptor, kToStdout };
    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    [[nodiscard]] int fd() const noexcept { return fd_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    explicit Stdio(Kind kind) : kind_(kind) {}
    Stdio(Kind kind, int fd, std::string path) : kind_(kind), fd_(fd), path_(std::move(path)) {}

    Kind kind_;
    int fd_ = -1;
    std::string path_;
};

class Command {
public:
    /// `program` is a path when it has a slash (seen from the child's directory), else it is looked for in the
    /// directories of the child's PATH.
    template <class... Args>
    explicit Command(std::string program, Args... args) : program_(std::move(program)) {
        (arguments_.emplace_back(std::move(args)), ...);
    }

    Command& arg(std::string value) {
        arguments_.push_back(std::move(value));
        return *this;
    }
    Command& args(const std::vector<std::string>& values) {
        arguments_.insert(arguments_.end(), values.begin(), values.end());
        return *this;
    }
    /// Sets a variable of the environment. Throws UsageError for a name that is empty or has a '='.
    Command& env(std::string name, std::string value);
    Command& without_env(std::string name) {
        environment_.emplace_back(std::move(name), std::nullopt);
        return *this;
    }
    /// The child has the variables that env() sets and no others.
    Command& empty_env() noexcept {
        inherits_environment_ = false;
        return *this;
    }
    Command& directory(std::string path) {
        directory_ = std::move(path);
        return *this;
    }
    Command& stdin_from(Stdio source) {
        stdin_ = std::move(source);
        return *this;
    }
    Command& stdout_to(Stdio sink) {
        stdout_ = std::move(sink);
        return *this;
    }
    Command& stderr_to(Stdio sink) {
        stderr_ = std::move(sink);
        return *this;
    }
    /// The child and what it starts are a process group of their own. Signals go to all of it, a terminal's Ctrl-C to
    /// none of it, and what is left of it when the child has ended is killed.
    Command& own_group() noexcept {
        own_group_ = true;
        return *this;
    }

    [[nodiscard]] const std::string& program() const noexcept { return program_; }
    [[nodiscard]] const std::vector<std::string>& arguments() const noexcept { return arguments_; }
    /// The whole environment of the child, "NAME=value" each.
    [[nodiscard]] std::vector<std::string> environment() const;
    /// Empty for this process's own.
    [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
    /// Nothing where nothing was said.
    [[nodiscard]] const std::optional<Stdio>& stdin_source() const noexcept { return stdin_; }
    [[nodiscard]] const std::optional<Stdio>& stdout_sink() const noexcept { return stdout_; }
    [[nodiscard]] const std::optional<Stdio>& stderr_sink() const noexcept { return stderr_; }
    [[nodiscard]] bool has_own_group() const noexcept { return own_group_; }

private:
    std::string program_;
    std::vector<std::string> arguments_;
    std::vector<std::pair<std::string, std::optional<std::string>>> environment_;
    bool inherits_environment_ = true;
    bool own_group_ = false;
    std::string directory_;
    std::optional<Stdio> stdin_;
    std::optional<Stdio> stdout_;
    std::optional<Stdio> stderr_;
};

}  // namespace trawl
