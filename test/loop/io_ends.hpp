/// Two descriptors that are connected, as each kind that a backend has ways of its own for.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/loop/io.hpp"

namespace trawl {

using Ends = std::pair<IoHandle, IoHandle>;

inline Ends socket_pair_of(IoKind kind) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw OsError(errno, "socketpair");
    return {IoHandle(ends[0], kind), IoHandle(ends[1], kind)};
}

class IoEnds : public testing::TestWithParam<IoKind> {
protected:
    static Ends socket_pair() { return socket_pair_of(GetParam()); }
};

inline std::string name_of_kind(const testing::TestParamInfo<IoKind>& kind) {
    return kind.param == IoKind::kStream ? "Stream" : "Other";
}

}  // namespace trawl
