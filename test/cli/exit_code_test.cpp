#include "exit_code.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <stdexcept>

#include "interrupted.hpp"
#include "output.hpp"
#include "trawl/base/error.hpp"

namespace trawl::cli {
namespace {

template <class T>
class Raised {
public:
    template <class... Args>
    static ExitCode code(Args&&... args) {
        return exit_code(T(std::forward<Args>(args)...));
    }
};

TEST(ExitCode, EachKindOfErrorHasItsOwn) {
    EXPECT_EQ(Raised<UsageError>::code("x"), ExitCode::usage);
    EXPECT_EQ(Raised<InvalidUrl>::code("x"), ExitCode::usage);
    EXPECT_EQ(Raised<ResolveError>::code("x"), ExitCode::unreachable);
    EXPECT_EQ(Raised<ConnectError>::code(ECONNREFUSED, "x"), ExitCode::unreachable);
    EXPECT_EQ(Raised<TimeoutError>::code("x"), ExitCode::unreachable);
    EXPECT_EQ(Raised<ProtocolError>::code("x"), ExitCode::unreachable);
    EXPECT_EQ(Raised<StatusError>::code(404, "x"), ExitCode::status);
    EXPECT_EQ(Raised<PageError>::code("x"), ExitCode::data);
    EXPECT_EQ(Raised<NoRecordsError>::code("x"), ExitCode::data);
    EXPECT_EQ(Raised<PaginationError>::code("x"), ExitCode::data);
    EXPECT_EQ(Raised<StoreError>::code("x"), ExitCode::lake);
    EXPECT_EQ(Raised<CommitConflict>::code("x"), ExitCode::lake);
    EXPECT_EQ(Raised<QueryError>::code("x"), ExitCode::query);
    EXPECT_EQ(Raised<OutputError>::code(ENOSPC, "x"), ExitCode::output);
    EXPECT_EQ(Raised<Interrupted>::code("x"), ExitCode::interrupted);
    EXPECT_EQ(Raised<std::runtime_error>::code("x"), ExitCode::unexpected);
}

TEST(ExitCode, TheHelpNamesEveryCode) {
    const std::string help = exit_codes_help();
    for (const char* code : {" 0 ", " 1 ", " 2 ", " 3 ", " 4 ", " 5 ", " 6 ", " 7 ", " 8 ", "130"}) {
        EXPECT_NE(help.find(code), std::string::npos) << code;
    }
}

}  // namespace
}  // namespace trawl::cli
