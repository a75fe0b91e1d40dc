/// What tests of child processes share: looking at who is left.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include "loop/descriptors.hpp"
#include "trawl/net/command.hpp"

namespace trawl {

/// A child is left, running or as a zombie.
inline bool has_children() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

inline bool is_alive(pid_t pid) { return ::kill(pid, 0) == 0; }

inline Command shell(std::string script) { return Command("sh", "-c", std::move(script)); }

/// Every test ends with no child and no descriptor that was not there before.
class NoChildIsLeft : public testing::Test {
protected:
    void TearDown() override {
        EXPECT_FALSE(has_children());
        EXPECT_EQ(open_descriptors(), descriptors_);
    }

private:
    std::size_t descriptors_ = open_descriptors();
};

}  // namespace trawl
