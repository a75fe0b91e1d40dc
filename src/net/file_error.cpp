#include "file_error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

struct Advice {
    int error;
    std::string_view text;
};

constexpr std::array<Advice, 23> kAdvice{{
    {ENOSPC, "the disk is full: free some space, or write to another disk"},
    {EDQUOT, "your share of the disk is used up: free some space, or write to another disk"},
    {EIO, "the disk failed: look at the system's log (dmesg), and do not trust what was written last"},
    {EACCES, "check the permissions of the file and of the directories above it"},
    {EPERM, "check the permissions of the file and of the directories above it"},
    {EROFS, "the file system is mounted read-only: choose another one"},
    {ENOENT, "check the path; make_directories() makes directories that are missing"},
    {EEXIST, "remove it first, or do not ask for a new one"},
    {EISDIR, "it is a directory: name a file in it; list_directory() and walk() read directories"},
    {ENOTDIR, "a file is where the path needs a directory"},
    {ENOTEMPTY, "remove what is in it first"},
    {EMFILE, "this process has too many files open: close some, or raise its limit (ulimit -n)"},
    {ENFILE, "the system has too many files open: close some"},
    {ENAMETOOLONG, "shorten the name: most file systems take 255 bytes for each, and 4095 for a path"},
    {ELOOP, "its symlinks lead in a circle"},
    {EXDEV, "a name moves within one file system only: copy the file, then remove the first"},
    {EFBIG, "the file system takes no files that long, or a limit is set (ulimit -f)"},
    {EBADF, "the file was opened for the other direction: see FileMode"},
    {EAGAIN, "it is a device that has to be waited for: files of the disk are meant here"},
    {ENXIO, "it is a FIFO or a socket without a peer, or a device that is missing: files of the disk are meant here"},
    {EBUSY, "something else uses it: a mount point, or a running program"},
    {ETXTBSY, "it is a program that runs: write a new file and rename it over this one"},
    {EOPNOTSUPP, "this file system or kind of file cannot do that"},
}};

}  // namespace

void throw_file_error(int error, std::string operation, std::string path, std::string advice, std::string target) {
    const auto* usual =
        std::find_if(kAdvice.begin(), kAdvice.end(), [=](const Advice& it) { return it.error == error; });
    if (advice.empty() && usual != kAdvice.end()) advice = usual->text;
    throw FileError(error, std::move(operation), std::move(path), advice, target);
}

void require_path(const std::string& path) {
    const auto nul = path.find('\0');
    if (nul == std::string::npos) return;
    throw UsageError(format("the path '{}' has a NUL behind it and {} bytes more: the kernel would see another path",
                            path.substr(0, nul), path.size() - nul - 1));
}

}  // namespace trawl::net
