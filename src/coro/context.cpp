#include "trawl/coro/context.hpp"

#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/coro/schedule.hpp"

namespace trawl::coro {

// Counted without atomics: a context never leaves its loop's thread.
struct Context::Binding {
    std::size_t users;
    const void* key;
    const TaskNode* owner;
    std::shared_ptr<const void> value;
    Binding* next;

    [[nodiscard]] bool is(const void* other_key, const TaskNode* other_owner) const noexcept {
        return key == other_key && owner == other_owner;
    }
};

Context::Context(const Context& other) noexcept : head_(other.head_) {
    if (head_ != nullptr) ++head_->users;
}

void Context::release() noexcept {
    Binding* binding = std::exchange(head_, nullptr);
    while (binding != nullptr && --binding->users == 0) {
        std::unique_ptr<Binding> last_use(binding);
        binding = binding->next;
    }
}

const void* Context::find(const void* key, const TaskNode* owner) const noexcept {
    for (const Binding* binding = head_; binding != nullptr; binding = binding->next) {
        if (binding->is(key, owner)) return binding->value.get();
    }
    return nullptr;
}

void Context::push(const void* key, std::shared_ptr<const void> value, const TaskNode* owner) {
    head_ = std::make_unique<Binding>(Binding{1, key, owner, std::move(value), head_}).release();
}

void Context::bind(const void* key, std::shared_ptr<const void> value, const TaskNode* owner) {
    unbind(key, owner);
    push(key, std::move(value), owner);
}

// What lies behind the binding is shared; what lies before it is copied.
void Context::unbind(const void* key, const TaskNode* owner) {
    if (find(key, owner) == nullptr) return;
    std::vector<const Binding*> before;
    Binding* found = head_;
    for (; !found->is(key, owner); found = found->next) before.push_back(found);
    Context changed;
    changed.head_ = found->next;
    if (changed.head_ != nullptr) ++changed.head_->users;
    for (auto binding = before.rbegin(); binding != before.rend(); ++binding) {
        changed.push((*binding)->key, (*binding)->value, (*binding)->owner);
    }
    *this = std::move(changed);
}

const Context* running_context() noexcept {
    const TaskNode* task = current_task();
    return task == nullptr ? nullptr : task->context();
}

Context& require_running_context() {
    TaskNode* task = current_task();
    if (task == nullptr) throw UsageError("a ContextVar is set in a task: no task runs here");
    return task->own_context();
}

}  // namespace trawl::coro
