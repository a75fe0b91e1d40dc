/// A generator that is sent values: square() gives the square of what it is sent. What a wrapper must do to pass values
/// on by hand, and what `co_yield from` does in a line.
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "trawl/trawl.hpp"

using trawl::Generator;
// Yields a square, or nothing before the first value; is sent an int.
using Square = Generator<std::optional<int>, int>;

namespace {

Square square() {
    std::optional<int> result;
    for (;;) {
        try {
            int number = co_yield result;
            result = number * number;
        } catch (const std::runtime_error& error) {
            trawl::print("  square() caught \"{}\" and goes on\n", error.what());
            result.reset();
        }
    }
}

/// Forwards by hand: items out, values in, errors in, and the end.
Square by_hand(Square inner) {
    auto item = inner.next();
    while (item) {
        std::exception_ptr error;
        int sent = 0;
        try {
            sent = co_yield *item;
        } catch (...) {
            error = std::current_exception();
        }
        item = error ? inner.throw_(error) : inner.send(sent);
    }
}

Square delegating(Square inner) { co_yield from(std::move(inner)); }

std::string results(Square generator) {
    generator.next();  // primes it: runs to the first co_yield, which waits for a value
    std::string text;
    for (int number : {2, 3, 12}) {
        auto result = generator.send(number);
        text += trawl::format(" {}", result->value());
    }
    generator.throw_(std::runtime_error("no number"));
    auto result = generator.send(5);
    return text + trawl::format(" {}", result->value());
}

}  // namespace

int main() {
    auto cold = square();
    try {
        cold.send(2);
    } catch (const trawl::UsageError& error) {
        trawl::print("sent at once: {}\n", error.what());
    }
    cold.next();
    trawl::print("sent after next(): {}\n", cold.send(2)->value());

    trawl::print("itself:{}\n", results(square()));
    trawl::print("forwarded by hand:{}\n", results(by_hand(square())));
    trawl::print("co_yield from:{}\n", results(delegating(square())));
}
