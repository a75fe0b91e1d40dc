#include "trace_file.hpp"

#include <cerrno>
#include <chrono>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::cli {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string trace_line(const std::string& origin, const TracePoint& point, TimePoint begin) {
    return format(R"({{"origin":{},"t":{:.3f},"limit":{},"in_flight":{},"throughput":{:.3f},"latency":{:.6f}}})"
                  "\n",
                  quote_json(origin), seconds(point.at - begin), point.limit, point.in_flight, point.throughput,
                  seconds(point.latency));
}

}  // namespace

std::string trace_lines(const PullSummary& summary) {
    std::string text;
    for (const OriginTrace& trace : summary.traces) {
        for (const TracePoint& point : trace.points) text += trace_line(trace.origin, point, summary.begin);
    }
    return text;
}

TraceFile::TraceFile(std::string path) : path_(std::move(path)), file_(std::fopen(path_.c_str(), "we")) {
    if (!file_) fail("open");
}

void TraceFile::write(const PullSummary& summary) {
    const std::string text = trace_lines(summary);
    const bool written = std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size();
    if (!written || std::fflush(file_.get()) != 0) fail("write");
}

void TraceFile::fail(const char* operation) const {
    throw FileError(errno, operation, path_, "give --trace a file that can be written");
}

}  // namespace trawl::cli
