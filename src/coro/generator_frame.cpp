#include "trawl/coro/generator_frame.hpp"

#include "trawl/base/error.hpp"

namespace trawl::coro {

void GeneratorFrame::destroy(GeneratorFrame* root) noexcept {
    GeneratorFrame* innermost = root->innermost_;
    if (root->state_ == GeneratorState::running) {
        root->state_ = GeneratorState::abandoned;
        innermost->innermost_ = nullptr;  // so that resume() notices when it suspends
    } else {
        destroy_from(innermost != nullptr ? innermost : root);
    }
}

void GeneratorFrame::destroy_from(GeneratorFrame* frame) noexcept {
    while (frame != nullptr) {
        GeneratorFrame* delegator = frame->delegator_;
        frame->handle().destroy();
        frame = delegator;
    }
}

bool GeneratorFrame::go_on(GeneratorFrame* frame) {
    GeneratorFrame* next = frame->innermost_;
    while (next != frame && next != nullptr) {
        innermost_ = frame = next;
        frame->handle().resume();
        next = frame->innermost_;
    }
    if (next == nullptr || state_ == GeneratorState::abandoned) return stop(frame);
    state_ = GeneratorState::suspended;
    return true;
}

// The root has ended; or its owner went while it ran, then nobody asks for it any more but whoever resumed it.
bool GeneratorFrame::stop(GeneratorFrame* frame) {
    const bool abandoned = state_ == GeneratorState::abandoned;
    std::exception_ptr error = frame->handle().done() ? std::exchange(frame->error_, nullptr) : nullptr;
    state_ = error ? GeneratorState::failed : GeneratorState::returned;
    if (abandoned) destroy_from(frame);
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
