#include "trawl/coro/schedule.hpp"

#include <algorithm>
#include <optional>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/promise.hpp"

namespace trawl {

/// A task's code that runs on the stack above that of another one, or of none. Level 1 is a step, or what the loop
/// calls between steps; each task that is started eagerly there, or whose frames are destroyed there, is a level more.
class Schedule::Level {
public:
    Level(Schedule& schedule, TaskNode& task) noexcept
        : schedule_(schedule),
          below_(schedule.running_),
          outer_(schedule.innermost_level_),
          number_below_(schedule.level()) {
        schedule.innermost_level_ = this;
        schedule.running_ = &task;
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    // Whoever is doomed at a level above this one has no code on the stack: what cancelled it was called here.
    ~Level() {
        leave();
        if (!schedule_.doomed_.empty()) schedule_.destroy_doomed(number_below_ + 2);
    }

    [[nodiscard]] const TaskNode* below() const noexcept { return below_; }
    [[nodiscard]] const Level* outer() const noexcept { return outer_; }
    [[nodiscard]] std::uint32_t number_below() const noexcept { return number_below_; }

private:
    void leave() noexcept {
        schedule_.running_ = below_;
        schedule_.innermost_level_ = outer_;
    }

    Schedule& schedule_;
    TaskNode* below_;
    const Level* outer_;
    std::uint32_t number_below_;
};

namespace {

/// Whether `task` is `innermost` or above it.
bool contains(const TaskNode& task, const TaskNode* innermost) noexcept {
    const std::uint32_t depth = task.depth();
    const TaskNode* node = innermost;
    while (node != nullptr && node->depth() > depth) node = node->parent();
    return node == &task;
}

// Its address is the key under which a task's name is among its context's bindings.
constexpr char kNameKey = 0;

}  // namespace

// ---- TaskOwner ----

TaskOwner::TaskOwner() : parent_(current_task()) {
    if (parent_ == nullptr || parent_->owner() == nullptr) return;
    depth_ = parent_->owner()->depth() + 1;
    if (depth_ > kDepthMax) {
        throw UsageError(format(
            "tasks are nested {} deep, each started by the one above: the most is {}. Start them from one TaskGroup",
            depth_, kDepthMax));
    }
}

TaskOwner::TaskOwner(const TaskNode& task) noexcept
    : parent_(task.parent()), depth_(task.owner_ == nullptr ? 0 : task.owner_->depth()), is_stand_in_(true) {}

// ---- TaskNode ----

// Whoever starts a task passes its context on, but not its name.
TaskNode::TaskNode() {
    const TaskNode* starter = current_task();
    const coro::Context* context = starter == nullptr ? nullptr : starter->context();
    if (context == nullptr) return;
    coro::Context inherited = *context;
    inherited.unbind(&kNameKey, starter);
    if (!inherited.empty()) own_context() = std::move(inherited);
}

TaskNode::~TaskNode() {
    destroy_frames();
    if (Schedule::is_running_here() && !Schedule::current().contexts_.empty())
        Schedule::current().contexts_.erase(this);
}

bool TaskNode::is_running() const noexcept {
    return Schedule::is_running_here() && Schedule::current().lowest_level_of(*this) != 0;
}

const coro::Context* TaskNode::context() const noexcept {
    const auto& contexts = Schedule::current().contexts_;
    if (contexts.empty()) return nullptr;
    const auto found = contexts.find(this);
    return found == contexts.end() ? nullptr : &found->second;
}

coro::Context& TaskNode::own_context() { return Schedule::current().contexts_[this]; }

std::string_view TaskNode::name() const noexcept {
    const coro::Context* context = this->context();
    const void* name = context == nullptr ? nullptr : context->find(&kNameKey, this);
    return name == nullptr ? std::string_view() : std::string_view(*static_cast<const std::string*>(name));
}

void TaskNode::set_name(std::string name) {
    own_context().bind(&kNameKey, std::make_shared<const std::string>(std::move(name)), this);
}

void TaskNode::adopt(std::coroutine_handle<> handle, TaskOwner* owner) noexcept {
    owner_ = owner;
    handle_ = handle;
    task_ = this;
    waits_for_ = this;
}

void TaskNode::start(std::coroutine_handle<> handle, TaskOwner* owner) noexcept {
    adopt(handle, owner);
    Schedule::current().wake(*this);
}

void TaskNode::start_eagerly(std::coroutine_handle<> handle, TaskOwner* owner) noexcept {
    Schedule& schedule = Schedule::current();
    const std::uint32_t level = schedule.level() + 1;
    if (level > kEagerMax) {
        start(handle, owner);
        return;
    }
    adopt(handle, owner);
    {
        const Schedule::Level above(schedule, *this);
        schedule.run(*this, handle);
    }
    if (!schedule.doomed_.empty()) schedule.destroy_doomed(level);
}

// A task that is suspended in something that is no Waiter is destroyed from its beginning, one frame inside the other.
void TaskNode::destroy_frames() noexcept {
    if (!handle_) return;
    const std::coroutine_handle<> first = innermost();
    waits_for_ = nullptr;                  // it is in a frame that goes first
    std::optional<Schedule::Level> above;  // none when the loop is gone
    if (Schedule::is_running_here()) above.emplace(Schedule::current(), *this);
    Schedule::unwind(first, nullptr);
    handle_ = nullptr;
}

// ---- Schedule ----

/// A task that waits for its end, and a stand-in for the owner that it lost.
struct Schedule::Doomed : TaskOwner {
    Doomed(std::unique_ptr<TaskNode> doomed, std::uint32_t lowest) noexcept
        : TaskOwner(*doomed), lowest_level(lowest), task(std::move(doomed)) {
        task->owner_ = this;
    }
    std::uint32_t lowest_level;  // at which it has code on the stack
    std::unique_ptr<TaskNode> task;
};

std::uint32_t Schedule::level() const noexcept {
    return innermost_level_ == nullptr ? 1 : innermost_level_->number_below() + 1;
}

// 0 when it has no code on the stack.
std::uint32_t Schedule::lowest_level_of(const TaskNode& task) const noexcept {
    std::uint32_t lowest = contains(task, running_) ? level() : 0;
    for (const Level* level = innermost_level_; level != nullptr; level = level->outer()) {
        if (contains(task, level->below())) lowest = level->number_below();
    }
    return lowest;
}

Schedule::Schedule() = default;
Schedule::~Schedule() = default;

void Schedule::step() {
    Waiter& waiter = ready_.pop();
    const Waiter* innermost = waiter.task_->waits_for_;
    interrupted_ = innermost == nullptr ? nullptr : innermost->handle_;
    run(*waiter.task_, waiter.handle_);
    running_ = nullptr;
    if (!doomed_.empty()) destroy_doomed(1);
}

// The task is alive until it is told of its end: whoever destroys a task that runs dooms it instead.
void Schedule::run(TaskNode& task, std::coroutine_handle<> handle) noexcept {
    if (task.waits_for_ == &task) started_.push_back(task);
    task.waits_for_ = nullptr;
    running_ = &task;
    do {
        next_ = nullptr;
        handle.resume();
        handle = next_;
    } while (handle);
    if (watch_ != nullptr) watch_->stepped(task);
    if (TaskNode* ended = std::exchange(ended_, nullptr)) {
        ended->waits_for_ = nullptr;
        ended->unlink();
        ended->finished();
    }
}

void Schedule::abandon_awaited_by(std::coroutine_handle<> frame) noexcept {
    if (interrupted_ && interrupted_ != frame) unwind(interrupted_, frame);
    interrupted_ = nullptr;
}

// From the innermost frame outwards, up to `last`, which stays. Whoever waits for a frame owns it: it is disowned
// first.
void Schedule::unwind(std::coroutine_handle<> innermost, std::coroutine_handle<> last) noexcept {
    for (std::coroutine_handle<> frame = innermost; frame && frame != last;) {
        coro::Awaiting* awaiting = coro::PromiseBase::of(frame).awaiting();
        const auto outer = awaiting == nullptr ? std::coroutine_handle<>() : awaiting->parent;
        if (awaiting != nullptr) awaiting->child = nullptr;
        frame.destroy();
        frame = outer;
    }
}

void Schedule::destroy_after_step(std::unique_ptr<TaskNode> task) {
    const std::uint32_t lowest_level = lowest_level_of(*task);
    doomed_.push_back(std::make_unique<Doomed>(std::move(task), lowest_level));
}

// Innermost first: what a task refers to in its ancestors' frames is alive until it is gone. The destructors that run
// here may doom more.
void Schedule::destroy_doomed(std::uint32_t from_level) noexcept {
    const auto deepest = [&](const auto& a, const auto& b) {
        const bool a_goes = a->lowest_level >= from_level;
        const bool b_goes = b->lowest_level >= from_level;
        return a_goes != b_goes ? b_goes : a->depth() < b->depth();
    };
    while (!doomed_.empty()) {
        const auto next = std::max_element(doomed_.begin(), doomed_.end(), deepest);
        if ((*next)->lowest_level < from_level) return;
        const std::unique_ptr<Doomed> doomed = std::move(*next);
        doomed_.erase(next);
        doomed->task.reset();
    }
}

std::vector<TaskNode*> Schedule::tasks() {
    std::vector<TaskNode*> tasks;
    started_.for_each([&](Waiter& waiter) { tasks.push_back(waiter.task_); });
    ready_.for_each([&](Waiter& waiter) {
        if (&waiter == waiter.task_) tasks.push_back(waiter.task_);
    });
    return tasks;
}

}  // namespace trawl
