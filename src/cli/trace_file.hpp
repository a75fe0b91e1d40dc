/// TraceFile: what `trawl pull --trace FILE` writes: how the limit of each origin went, a JSON object a line.
///
///     {"origin":"https://api.example.com","t":0.412,"limit":8,"in_flight":7,"throughput":161.9,"latency":0.0492}
///
/// `t` are seconds since the pull began, `throughput` pages a second since the point before, `latency` their mean in
/// seconds (0: none came).
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "trawl/pull/pull.hpp"

namespace trawl::cli {

/// Those lines: the points of each origin, oldest first.
[[nodiscard]] std::string trace_lines(const PullSummary& summary);

class TraceFile {
public:
    /// Opens it, so that a path that cannot be written is told before the pull. Throws FileError.
    explicit TraceFile(std::string path);

    /// Once. Throws FileError when the disk is full.
    void write(const PullSummary& summary);

private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    [[noreturn]] void fail(const char* operation) const;

    std::string path_;
    std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace trawl::cli
