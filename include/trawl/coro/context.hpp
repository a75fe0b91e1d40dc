/// Context variables: values that follow a task into everything that it starts (PEP 567).
///
/// A child begins with what its parent has at that moment; what it sets afterwards is its own and its children's. A
/// coroutine that is awaited is part of its task: it shares its task's context.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace trawl {

class TaskNode;

namespace coro {

/// The bindings of a task: an immutable list that is shared with whoever inherited it.
class Context {
public:
    Context() = default;
    Context(const Context& other) noexcept;
    Context(Context&& other) noexcept : head_(std::exchange(other.head_, nullptr)) {}
    Context& operator=(Context other) noexcept {
        std::swap(head_, other.head_);
        return *this;
    }
    ~Context() {
        if (head_ != nullptr) release();
    }

    [[nodiscard]] bool empty() const noexcept { return head_ == nullptr; }
    /// The value bound to `key`, or null. `owner` tells the bindings of one task from those that it inherited: they
    /// are found only with the same one.
    [[nodiscard]] const void* find(const void* key, const TaskNode* owner = nullptr) const noexcept;
    /// Binds `value` to `key`, in place of what it was bound to.
    void bind(const void* key, std::shared_ptr<const void> value, const TaskNode* owner = nullptr);
    void unbind(const void* key, const TaskNode* owner = nullptr);

private:
    struct Binding;
    void release() noexcept;
    void push(const void* key, std::shared_ptr<const void> value, const TaskNode* owner);

    Binding* head_ = nullptr;
};

/// The context of the task that runs now; null outside of one, and when nothing was ever set.
[[nodiscard]] const Context* running_context() noexcept;
/// The same, made when there is none. Throws UsageError outside of a task.
[[nodiscard]] Context& require_running_context();

}  // namespace coro

/// A variable that each task sees its own value of. Lives as long as the program, or at least as the tasks that use it.
template <class T>
class ContextVar {
public:
    explicit ContextVar(T initial = T()) : initial_(std::move(initial)) {}
    ContextVar(const ContextVar&) = delete;
    ContextVar& operator=(const ContextVar&) = delete;

    /// A copy of the value in the task that runs now: what it or the nearest ancestor that started it had set, else
    /// the initial one.
    [[nodiscard]] T get() const {
        const coro::Context* context = coro::running_context();
        const void* value = context == nullptr ? nullptr : context->find(this);
        return value == nullptr ? initial_ : *static_cast<const T*>(value);
    }
    /// Sets the value for the task that runs now and what it starts from now on. Throws UsageError outside of a task.
    void set(T value) const { coro::require_running_context().bind(this, std::make_shared<const T>(std::move(value))); }

private:
    T initial_;
};

}  // namespace trawl
