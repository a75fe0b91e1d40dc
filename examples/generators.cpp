/// Generators: a function that gives its items one by one, as they are asked for; and the same as an iterator by hand.
#include <iterator>
#include <string>

#include "trawl/trawl.hpp"

using trawl::Generator;

namespace {

Generator<int> numbers(int count) {
    trawl::print("  (starts)\n");
    for (int i = 1; i <= count; ++i) co_yield i;
    trawl::print("  (ends)\n");
}

/// The same by hand: what a generator keeps in its local variables is a member here, and the loop is turned inside out.
class Numbers {
public:
    explicit Numbers(int count) : count_(count) {}

    class Iterator {
    public:
        explicit Iterator(Numbers& numbers) : numbers_(numbers) {}
        int operator*() const { return numbers_.next_; }
        Iterator& operator++() {
            ++numbers_.next_;
            return *this;
        }
        bool operator==(std::default_sentinel_t) const { return numbers_.next_ > numbers_.count_; }

    private:
        Numbers& numbers_;
    };
    Iterator begin() { return Iterator(*this); }
    static std::default_sentinel_t end() { return {}; }

private:
    int next_ = 1;
    int count_;
};

template <class Range>
std::string items(Range& range) {
    std::string text;
    for (int item : range) text += trawl::format(" {}", item);
    return text.empty() ? " nothing" : text;
}

}  // namespace

int main() {
    trawl::print("a generator of 3 numbers is made: nothing runs yet\n");
    auto generator = numbers(3);
    trawl::print("first pass:{}\n", items(generator));
    trawl::print("second pass:{}\n", items(generator));

    trawl::print("asked by hand:\n");
    auto asked = numbers(2);
    for (int i = 0; i < 4; ++i) {
        auto item = asked.next();
        trawl::print("  next() gives {}\n", item ? std::to_string(*item) : "nothing");
    }

    Numbers by_hand(3);
    trawl::print("an iterator by hand:{}", items(by_hand));
    trawl::print(", and then:{}\n", items(by_hand));
}
