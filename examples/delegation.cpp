/// Delegation: one `next()` goes through any number of generators to the innermost and costs one resume; the inner's
/// return value comes back as the value of the expression.
#include <string>
#include <vector>

#include "trawl/trawl.hpp"

using trawl::Generator;

namespace {

/// Gives 1 .. count and returns their sum.
Generator<int, void, int> counted(int count) {
    int sum = 0;
    for (int i = 1; i <= count; ++i) {
        sum += i;
        co_yield i;
    }
    co_return sum;
}

/// `levels` generators around counted(); each returns what the one within it returned.
Generator<int, void, int> wrapped(int levels, int count, int& resumed) {
    int returned = 0;
    if (levels == 0) {
        returned = co_yield from(counted(count));
    } else {
        returned = co_yield from(wrapped(levels - 1, count, resumed));
    }
    ++resumed;  // only now, once: no item passed through here
    co_return returned;
}

/// A tree, written as it is thought of.
struct Folder {
    std::string name;
    std::vector<Folder> folders;
};

Generator<std::string, void, int> paths(const Folder& folder, std::string above) {
    const std::string path = above + folder.name;
    int count = 1;
    co_yield path;
    for (const Folder& below : folder.folders) {
        int more = co_yield from(paths(below, path + "/"));
        count += more;
    }
    co_return count;
}

void through(int levels) {
    int resumed = 0;
    auto generator = wrapped(levels, 4, resumed);
    std::string items;
    for (int item : generator) items += trawl::format(" {}", item);
    trawl::print("through {:>7} generators:{}, returns {}; each wrapper went on {} time\n", levels + 1, items,
                 generator.return_value(), resumed / (levels + 1));
}

}  // namespace

int main() {
    for (int levels : {0, 9, 999, 99'999}) through(levels);

    const Folder root{"lake", {{"items", {{"_delta_log", {}}, {"part", {}}}}, {"users", {}}}};
    auto walk = paths(root, "");
    for (const std::string& path : walk) trawl::print("{}\n", path);
    trawl::print("{} folders\n", walk.return_value());
}
