#include "trawl/coro/dump.hpp"

#include <algorithm>
#include <source_location>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "trawl/base/format.hpp"
#include "trawl/coro/promise.hpp"

namespace trawl {
namespace {

// Enough to see where a wait comes from; the rest of a deep recursion says nothing new.
constexpr std::size_t kFramesShown = 8;

std::string_view file_name(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

// What compilers write for a namespace without a name, in the middle of the names that matter.
constexpr std::string_view kNameless[] = {"{anonymous}::", "(anonymous namespace)::"};

std::string without_nameless(std::string_view signature) {
    std::string text(signature);
    for (const std::string_view nameless : kNameless) {
        for (auto at = text.find(nameless); at != std::string::npos; at = text.find(nameless)) {
            text.erase(at, nameless.size());
        }
    }
    return text;
}

// The name out of "trawl::Task<int> trawl::nap(int, std::string)": up to the parameters, behind the return type.
std::string function_name(std::string_view signature) {
    const std::string text = without_nameless(signature);
    std::size_t begin = 0;
    int nesting = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '<') ++nesting;
        if (c == '>') --nesting;
        if (nesting == 0 && c == '(') return text.substr(begin, i - begin);
        if (nesting == 0 && c == ' ') begin = i + 1;
    }
    return text.substr(begin);
}

// Where the task is suspended, innermost first. Frames that have not waited yet have no place.
std::vector<std::source_location> places(const TaskNode& task) {
    std::vector<std::source_location> places;
    std::coroutine_handle<> frame = task.innermost();
    while (frame) {
        const coro::PromiseBase& promise = coro::PromiseBase::of(frame);
        if (promise.where().line() != 0) places.push_back(promise.where());
        const coro::Awaiting* awaiting = promise.awaiting();
        frame = awaiting == nullptr ? nullptr : awaiting->parent;
    }
    return places;
}

std::string label(const TaskNode& task, const std::vector<std::source_location>& places) {
    if (!task.name().empty()) return std::string(task.name());
    if (!places.empty()) return function_name(places.back().function_name());
    return task.parent() == nullptr ? "main" : "task";
}

std::string way_out(const std::vector<std::source_location>& places) {
    std::string text;
    for (std::size_t i = 0; i < std::min(places.size(), kFramesShown); ++i) {
        text += format("{}{}:{}", i == 0 ? ", at " : " < ", file_name(places[i].file_name()), places[i].line());
    }
    if (places.size() > kFramesShown) text += format(" < {} more", places.size() - kFramesShown);
    return text;
}

struct Line {
    const TaskNode* task;
    std::string indent;
};

class Tree {
public:
    explicit Tree(const std::vector<TaskNode*>& tasks) : count_(tasks.size()) {
        for (const TaskNode* task : tasks) children_[task->parent()].push_back(task);
    }

    std::string print(std::size_t most) {
        push_children(nullptr, "");
        std::string text;
        std::size_t printed = 0;
        for (; !pending_.empty() && printed < most; ++printed) {
            const Line line = std::move(pending_.back());
            pending_.pop_back();
            text += line.indent + describe_task(*line.task) + "\n";
            push_children(line.task, line.indent + "  ");
        }
        if (printed < count_) text += format("... and {} more tasks\n", count_ - printed);
        return text;
    }

private:
    void push_children(const TaskNode* parent, const std::string& indent) {
        const auto found = children_.find(parent);
        if (found == children_.end()) return;
        std::for_each(found->second.rbegin(), found->second.rend(),
                      [&](const TaskNode* child) { pending_.push_back({child, indent}); });
    }

    std::size_t count_;
    std::unordered_map<const TaskNode*, std::vector<const TaskNode*>> children_;
    std::vector<Line> pending_;
};

}  // namespace

std::string describe_task(const TaskNode& task) {
    if (&task == current_task()) return label(task, places(task)) + ": runs now";
    return describe_stepped(task);
}

std::string describe_stepped(const TaskNode& task) {
    const auto where = places(task);
    const Waiter* waits_for = task.waits_for();
    const std::string does = waits_for == nullptr ? "runs" : "waits for " + waits_for->describe();
    return format("{}: {}{}", label(task, where), does, way_out(where));
}

std::string dump_tasks(std::size_t most) {
    if (!Schedule::is_running_here()) return "";
    return Tree(Schedule::current().tasks()).print(most);
}

}  // namespace trawl
