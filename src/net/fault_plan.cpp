#include "fault_plan.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

constexpr std::array<std::string_view, 18> kCalls{"open",   "close",  "fstat",  "stat",  "lstat",     "read",
                                                  "pread",  "write",  "pwrite", "fsync", "fdatasync", "ftruncate",
                                                  "fchmod", "rename", "unlink", "rmdir", "mkdir",     "getdents"};

bool is_met_by(FaultPlan::Rule& rule, std::string_view call, const std::string& object) {
    if (rule.call != call || object.find(rule.path_part) == std::string::npos) return false;
    if (rule.after > 0) {
        --rule.after;
        return false;
    }
    if (rule.times == 0) return false;
    if (rule.times != FaultPlan::kAlways) --rule.times;
    return true;
}

}  // namespace

std::size_t FaultPlan::add(Rule rule) {
    if (std::find(kCalls.begin(), kCalls.end(), rule.call) == kCalls.end())
        throw UsageError(format("no system call on files is named '{}': see FileFaults::fail()", rule.call));
    std::scoped_lock lock(mutex_);
    rules_.push_back(std::move(rule));
    return rules_.size() - 1;
}

void FaultPlan::adjust(std::size_t index, const std::function<void(Rule&)>& change) {
    std::scoped_lock lock(mutex_);
    change(rules_[index]);
}

void FaultPlan::disturb(std::uint64_t seed) {
    std::scoped_lock lock(mutex_);
    random_.seed(seed);
    disturbs_ = true;
}

void FaultPlan::hide_types() {
    std::scoped_lock lock(mutex_);
    hides_types_ = true;
}

bool FaultPlan::hides_types() const {
    std::scoped_lock lock(mutex_);
    return hides_types_;
}

std::vector<std::string> FaultPlan::calls() const {
    std::scoped_lock lock(mutex_);
    return calls_;
}

// One in four is interrupted; of the others, half are cut to anything between one byte and all.
int FaultPlan::disturbance(std::size_t& size) {
    const auto drawn = random_();
    if (drawn % 4 == 0) return EINTR;
    if (drawn % 2 == 0 && size > 1) size = 1 + static_cast<std::size_t>((drawn >> 8) % size);
    return 0;
}

int FaultPlan::meet(std::string_view call, const std::string& object, std::size_t* size) {
    int error = 0;
    std::vector<std::function<void()>> hooks;
    {
        std::scoped_lock lock(mutex_);
        calls_.push_back(format("{} {}", call, object));
        for (Rule& rule : rules_) {
            if (!is_met_by(rule, call, object)) continue;
            if (rule.hook) hooks.push_back(rule.hook);
            if (rule.size > 0 && size != nullptr) *size = std::min(*size, rule.size);
            if (error == 0) error = rule.error;
        }
        if (disturbs_ && size != nullptr && error == 0) error = disturbance(*size);
    }
    for (auto& hook : hooks) hook();
    return error;
}

}  // namespace trawl::net
