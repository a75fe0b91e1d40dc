/// Starting a program: posix_spawn(3), which is vfork-safe and reports what fails in the child, up to exec, as its
/// result.
#pragma once

#include <sys/types.h>

#include <array>

#include "trawl/net/command.hpp"

namespace trawl::net {

/// The descriptors that become a child's 0, 1 and 2; -1 for one that is inherited. All at least 3, so that none is
/// overwritten while they are put into place.
using ChildStdio = std::array<int, 3>;

/// Starts the program and gives its process id. Throws OsError, which names what is missing.
pid_t spawn(const Command& command, const ChildStdio& stdio);

}  // namespace trawl::net
