#include "trawl/coro/generator_frame.hpp"

#include "trawl/base/error.hpp"

namespace trawl::coro {

void GeneratorFrame::destroy(GeneratorFrame* root) noexcept {
    if (root->state_ == GeneratorState::running) {
        root->state_ = GeneratorState::abandoned;
        return;
    }
    GeneratorFrame* frame = root->innermost_ != nullptr ? root->innermost_ : root;
    while (frame != nullptr) {
        GeneratorFrame* delegator = frame->delegator_;
        frame->handle_.destroy();
        frame = delegator;
    }
}

// The root has ended, or its owner went while it ran; then nobody asks for it any more but whoever resumed it.
bool GeneratorFrame::stop() {
    const bool abandoned = state_ == GeneratorState::abandoned;
    const bool ended = innermost_ == nullptr;
    state_ = error_ ? GeneratorState::failed : GeneratorState::returned;
    std::exception_ptr error = ended ? std::exchange(error_, nullptr) : nullptr;
    if (abandoned) destroy(this);
    if (error) std::rethrow_exception(std::move(error));
    return false;
}

void GeneratorFrame::rethrow() { std::rethrow_exception(std::exchange(error_, nullptr)); }

void refuse_moved_from() {
    throw UsageError(
        "this generator is empty: it was moved from, or delegated to by co_yield from(...); use the one that has it "
        "now");
}

void refuse_running(const char* what) {
    throw UsageError(std::string(what) +
                     ": the generator is running; it cannot be used from its own body, nor delegate to itself");
}

void refuse_first_value() {
    throw UsageError(
        "a value was sent to a generator that has not started, where nothing waits for it: call next() once, which "
        "runs "
        "it to its first co_yield");
}

void refuse_nothing() {
    throw UsageError(
        "the generator waits at a co_yield for a value: send() one; next() is for generators that are sent nothing, or "
        "a "
        "std::optional");
}

// g++ 12 takes the values of both when it has suspended at both: the first one's sender is gone by then.
void refuse_second_yield() {
    throw UsageError(
        "two co_yield in one expression: some compilers lose the value sent to the first; give each a line");
}

void refuse_value_for_range() {
    throw UsageError(
        "a value was sent to a generator that delegates to something which takes none (a plain range, or a generator "
        "without Send): call next()");
}

void refuse_null_error() { throw UsageError("throw_() was given no exception: its std::exception_ptr is null"); }

void refuse_return_value(const GeneratorFrame* frame) {
    if (frame == nullptr) throw UsageError("the generator was closed or moved from: it has no return value");
    if (frame->state() == GeneratorState::failed) {
        throw UsageError("the generator ended by an error, which was thrown when it did: it has no return value");
    }
    throw UsageError("the generator has not ended: it has a return value when next() or send() gave an empty item");
}

}  // namespace trawl::coro
