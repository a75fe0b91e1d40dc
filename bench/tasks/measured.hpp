/// What the programs of bench/tasks in C++ have in common: their clocks, their memory, and the line they print.
#pragma once

#include <sys/resource.h>
#include <time.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace bench {

/// `<program> <case> <n> <size>`: what size means is the case's matter (bench/README.md).
struct Work {
    std::string_view name;
    std::uint64_t n = 0;
    std::uint64_t size = 0;
};

/// The arguments as work; ends the program when there are not three.
inline Work work_of(int argc, char** argv) {
    if (argc == 4) return Work{argv[1], std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10)};
    std::fprintf(stderr, "usage: %s switch|spawn|gather|asleep <n> <capacity, tasks at once, or milliseconds>\n",
                 argv[0]);
    std::exit(2);
}

/// A line of /proc/self/status in bytes: "VmRSS:" is what the program has in memory now, "VmHWM:" the most it ever had.
inline std::uint64_t memory_bytes(const char* line) {
    std::FILE* status = std::fopen("/proc/self/status", "r");
    char text[256];
    std::uint64_t kilobytes = 0;
    while (status != nullptr && std::fgets(text, sizeof(text), status) != nullptr) {
        if (std::strncmp(text, line, std::strlen(line)) == 0) {
            kilobytes = std::strtoull(text + std::strlen(line), nullptr, 10);
        }
    }
    if (status != nullptr) std::fclose(status);
    return kilobytes * 1024;
}

inline double seconds_of(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Measures from its construction until print().
class Measured {
public:
    /// Prints the JSON line. `sum` proves that the work was done: the runner knows what it has to be.
    void print(const Work& work, std::uint64_t sum) const {
        const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_;
        const double wall = seconds_of(CLOCK_MONOTONIC) - wall_;
        const auto n = static_cast<double>(work.n);
        const std::uint64_t peak = memory_bytes("VmHWM:");
        const auto grown = static_cast<double>(peak > memory_ ? peak - memory_ : 0);
        std::printf(
            "{\"case\": \"%s\", \"n\": %llu, \"ns_per_op\": %.3f, \"seconds\": %.6f, \"cpu_seconds\": %.6f, "
            "\"bytes_per_task\": %.1f, \"sum\": %llu}\n",
            work.name.data(), static_cast<unsigned long long>(work.n), cpu / n * 1e9, wall, cpu, grown / n,
            static_cast<unsigned long long>(sum));
    }

private:
    // Memory first: reading it takes time of its own.
    std::uint64_t memory_ = memory_bytes("VmRSS:");
    double wall_ = seconds_of(CLOCK_MONOTONIC);
    double cpu_ = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
};

}  // namespace bench
