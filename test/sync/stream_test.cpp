#include "trawl/sync/stream.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "turns.hpp"

namespace trawl {
namespace {

using Items = std::vector<int>;

/// A producer of first, first + 1, ... up to last.
class Numbers {
public:
    Numbers(int first, int last) : first_(first), last_(last) {}
    Task<> operator()(Sink<int>& sink) const {
        for (int i = first_; i <= last_; ++i) co_await sink.send(i);
    }

private:
    int first_;
    int last_;
};

Task<> collect(Stream<int>& stream, Items& got) {
    while (auto item = co_await stream.next()) got.push_back(*item);
}

TEST(Stream, GivesWhatItsProducerSendsAndThenNothing) {
    in_loop([]() -> Task<> {
        Stream<int> stream(2, Numbers(1, 5));
        Items got;
        co_await collect(stream, got);
        EXPECT_EQ(got, (Items{1, 2, 3, 4, 5}));
        auto more = co_await stream.next();
        EXPECT_FALSE(more);
    });
}

}  // namespace
}  // namespace trawl
