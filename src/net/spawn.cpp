#include "spawn.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

// What execvp(3) takes where no PATH is set.
constexpr std::string_view kDefaultPath = "/bin:/usr/bin";

class FileActions {
public:
    explicit FileActions(const ChildStdio& stdio, const std::string& directory) {
        posix_spawn_file_actions_init(&actions_);
        for (int target = 0; target < 3; ++target) {
            const int fd = stdio[static_cast<std::size_t>(target)];
            if (fd >= 0) posix_spawn_file_actions_adddup2(&actions_, fd, target);
        }
        if (!directory.empty()) posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
        // Ours are closed by exec anyway; those of other libraries may not be.
        posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

// exec(2) keeps blocked and ignored signals as they are; a program expects neither.
class Attributes {
public:
    explicit Attributes(bool own_group) {
        posix_spawnattr_init(&attributes_);
        sigset_t signals;
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&attributes_, &signals);
        sigfillset(&signals);
        posix_spawnattr_setsigdefault(&attributes_, &signals);
        posix_spawnattr_setpgroup(&attributes_, 0);
        const int group = own_group ? POSIX_SPAWN_SETPGROUP : 0;
        posix_spawnattr_setflags(&attributes_,
                                 static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group));
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { posix_spawnattr_destroy(&attributes_); }
    [[nodiscard]] const posix_spawnattr_t* get() const noexcept { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

bool is_program(const std::string& path) noexcept {
    struct stat file{};
    return ::stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string path_of(const std::vector<std::string>& environment) {
    constexpr std::string_view kName = "PATH=";
    for (const std::string& variable : environment) {
        if (variable.starts_with(kName)) return variable.substr(kName.size());
    }
    return std::string(kDefaultPath);
}

/// Where the program is; throws OsError when it is in no directory of `path`. Relative directories of it count from the
/// child's directory, as they would for a shell there.
std::string find_program(const Command& command, const std::string& path) {
    const std::string& program = command.program();
    if (program.find('/') != std::string::npos) return program;
    std::string_view rest = path;
    while (!program.empty()) {
        const std::size_t colon = rest.find(':');
        std::string candidate(rest.substr(0, colon));
        if (!candidate.empty()) candidate += '/';
        candidate += program;
        if (candidate.find('/') == std::string::npos) candidate.insert(0, "./");
        const bool relative = candidate[0] != '/' && !command.directory().empty();
        if (is_program(relative ? command.directory() + "/" + candidate : candidate)) return candidate;
        if (colon == std::string_view::npos) break;
        rest.remove_prefix(colon + 1);
    }
    throw OsError(ENOENT, format("start '{}': no such program in PATH ({})", program, path));
}

/// Which of the things that exec needs is the one that failed: the errno does not say.
[[noreturn]] void throw_not_started(const Command& command, const std::string& file, int error) {
    const std::string& directory = command.directory();
    struct stat found{};
    if (!directory.empty() && (::stat(directory.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)))
        throw OsError(error,
                      format("start '{}' in directory {}: there is no such directory", command.program(), directory));
    const bool relative = file[0] != '/' && !directory.empty();
    if (error == ENOENT && ::stat((relative ? directory + "/" + file : file).c_str(), &found) == 0)
        throw OsError(error, format("start '{}': the interpreter that {} names is missing", command.program(), file));
    throw OsError(error, format("start '{}'", command.program()));
}

void require_no_zero_byte(const std::string& text, const char* what) {
    if (text.find('\0') != std::string::npos)
        throw UsageError(format("{} of a command has a zero byte, where C takes it to end: {}", what, text.c_str()));
}

void require_sound(const Command& command, const std::vector<std::string>& environment) {
    require_no_zero_byte(command.program(), "the program");
    require_no_zero_byte(command.directory(), "the directory");
    for (const std::string& argument : command.arguments()) require_no_zero_byte(argument, "an argument");
    for (const std::string& variable : environment) require_no_zero_byte(variable, "a variable");
}

}  // namespace

pid_t spawn(const Command& command, const ChildStdio& stdio) {
    std::vector<std::string> environment = command.environment();
    require_sound(command, environment);
    const std::string file = find_program(command, path_of(environment));
    std::vector<std::string> arguments = command.arguments();
    arguments.insert(arguments.begin(), command.program());
    const FileActions actions(stdio, command.directory());
    const Attributes attributes(command.has_own_group());
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, file.c_str(), actions.get(), attributes.get(), pointers_to(arguments).data(),
                                    pointers_to(environment).data());
    if (error != 0) throw_not_started(command, file, error);
    return pid;
}

}  // namespace trawl::net
