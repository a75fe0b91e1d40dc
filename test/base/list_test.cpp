#include "trawl/base/list.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace trawl {
namespace {

struct Item : ListNode {
    explicit Item(int number) : value(number) {}
    int value;
};

std::vector<int> drain(List<Item>& list) {
    std::vector<int> values;
    while (!list.empty()) values.push_back(list.pop_front().value);
    return values;
}

TEST(List, IsFirstInFirstOut) {
    Item a(1), b(2), c(3);
    List<Item> list;
    list.push_back(b);
    list.push_back(c);
    list.push_front(a);
    EXPECT_EQ(drain(list), (std::vector{1, 2, 3}));
    EXPECT_FALSE(a.linked());
}

TEST(List, ADestroyedNodeIsGone) {
    Item a(1), c(3);
    auto b = std::make_unique<Item>(2);
    List<Item> list;
    list.push_back(a);
    list.push_back(*b);
    list.push_back(c);
    b.reset();
    EXPECT_EQ(drain(list), (std::vector{1, 3}));
}

TEST(List, AddingANodeAgainMovesIt) {
    Item a(1), b(2);
    List<Item> one;
    List<Item> other;
    one.push_back(a);
    one.push_back(b);
    other.push_back(a);
    EXPECT_EQ(drain(one), (std::vector{2}));
    EXPECT_EQ(drain(other), (std::vector{1}));
}

TEST(List, AppendTakesEverythingInOrder) {
    Item a(1), b(2), c(3);
    List<Item> list;
    List<Item> more;
    list.push_back(a);
    more.push_back(b);
    more.push_back(c);
    list.append(more);
    EXPECT_TRUE(more.empty());
    list.append(more);
    EXPECT_EQ(drain(list), (std::vector{1, 2, 3}));
}

TEST(List, ADestroyedListLeavesItsNodesUnlinked) {
    Item a(1);
    {
        List<Item> list;
        list.push_back(a);
        EXPECT_TRUE(a.linked());
    }
    EXPECT_FALSE(a.linked());
}

}  // namespace
}  // namespace trawl
