/// Errors of system calls on files: which operation failed, on what, and what to do about it.
#pragma once

#include <cstdint>
#include <string>

namespace trawl::net {

/// Throws the FileError of `error`, an errno. `advice` is what is usually to be done about it, unless given.
[[noreturn]] void throw_file_error(int error, std::string operation, std::string path, std::string advice = {},
                                   std::string target = {});

/// The result of a system call; throws its FileError when it is below 0, an errno with a minus. `target` is the second
/// path of what has two.
inline std::int64_t checked(std::int64_t result, const char* operation, const std::string& path,
                            const std::string& target = {}) {
    if (result < 0) throw_file_error(static_cast<int>(-result), operation, path, {}, target);
    return result;
}

/// Throws UsageError when a path has a NUL in it: the kernel would see another path.
void require_path(const std::string& path);

}  // namespace trawl::net
