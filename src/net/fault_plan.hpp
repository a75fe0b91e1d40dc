/// FaultPlan: what is to become of each system call on a file, and what was called. Behind FileFaults.
///
/// Met by the threads of the loop, set by the loop: everything is under its lock, but hooks are called outside of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace trawl::net {

class FaultPlan {
public:
    static constexpr std::size_t kAlways = std::numeric_limits<std::size_t>::max();

    struct Rule {
        std::string call;
        std::size_t times = kAlways;
        int error = 0;          // 0: the call is made
        std::size_t size = 0;   // 0: as it is
        std::size_t after = 0;  // calls that go well before it
        std::string path_part;  // of the paths that it is for
        std::function<void()> hook;
    };

    /// Adds a rule and gives its index. Throws UsageError for a call that there is not.
    std::size_t add(Rule rule);
    /// Changes a rule.
    void adjust(std::size_t index, const std::function<void(Rule&)>& change);
    void disturb(std::uint64_t seed);
    void hide_types();

    /// `call` is about to be made: 0, or the errno with which it fails. `size` (of a transfer; else null) may shrink.
    int meet(std::string_view call, const std::string& object, std::size_t* size);
    [[nodiscard]] bool hides_types() const;
    [[nodiscard]] std::vector<std::string> calls() const;

private:
    int disturbance(std::size_t& size);

    mutable std::mutex mutex_;
    std::vector<Rule> rules_;
    std::vector<std::string> calls_;
    std::mt19937_64 random_;
    bool disturbs_ = false;
    bool hides_types_ = false;
};

}  // namespace trawl::net
