/// Random commits of random records, compared with a model that keeps the records themselves: whatever the order of
/// appends, merges and replaces, and whatever types meet in a column, every row comes back as the JSON that went in.
/// TRAWL_LAKE_SEEDS is how many sequences are tried.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "table_test.hpp"
#include "temp_dir.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {
namespace {

class Draw {
public:
    explicit Draw(unsigned seed) : random_(seed) {}
    std::size_t below(std::size_t limit) { return random_() % limit; }

    /// A JSON value; `kinds` limits which ones, so that some columns stay of one type and others do not.
    std::string value(std::size_t kinds, int depth = 0) {
        switch (below(std::min<std::size_t>(kinds, depth < 2 ? 9 : 6))) {
            case 0:
                return std::to_string(below(100));
            case 1:
                return "null";
            case 2:
                return trawl::format("{}.{}", below(10), 1 + below(9));
            case 3:
                return below(2) == 0 ? "9007199254740993" : "123456789012345678901234567890";
            case 4:
                return trawl::format("\"t\\\"{}\\u00e9\"", below(10));
            case 5:
                return below(2) == 0 ? "true" : "false";
            case 6:
                return list(kinds, depth);
            default:
                return object(kinds, depth);
        }
    }

    /// A record with the key `id`, whose values are numbers, texts or both.
    std::string record(std::size_t kinds) {
        const std::size_t id = below(12);
        std::string out = "{\"id\":" + (below(4) < kinds / 5 ? trawl::format("\"{}\"", id) : std::to_string(id));
        for (const char* name : {"a", "b", "A", "a b", "o.x", "\u00e9"}) {
            if (below(3) > 0) out += trawl::format(",\"{}\":{}", name, value(kinds));
        }
        return out + "}";
    }

private:
    std::string list(std::size_t kinds, int depth) {
        std::string items;
        for (std::size_t n = below(4); n > 0; --n) items += (items.empty() ? "" : ",") + value(kinds, depth + 1);
        return "[" + items + "]";
    }

    std::string object(std::size_t kinds, int depth) {
        std::string members;
        for (const char* name : {"p", "q r", "s"}) {
            if (below(2) == 0) continue;
            members += trawl::format("{}\"{}\":{}", members.empty() ? "" : ",", name, value(kinds, depth + 1));
        }
        return "{" + members + "}";
    }

    std::mt19937 random_;
};

std::string key_of(const std::string& record) {
    JsonReader reader;
    return canonical_key(*reader.parse(record).find("id"));
}

void remove_keys(std::vector<std::string>& rows, const std::vector<std::string>& of) {
    for (const std::string& record : of) {
        std::erase_if(rows, [&](const std::string& row) { return key_of(row) == key_of(record); });
    }
}

std::vector<std::string> last_of_each_key(const std::vector<std::string>& records) {
    std::vector<std::string> out;
    for (const std::string& record : records) {
        remove_keys(out, {record});
        out.push_back(record);
    }
    return out;
}

void apply(std::vector<std::string>& model, const std::vector<std::string>& records, const CommitOptions& options) {
    const auto fresh = options.primary_key.empty() ? records : last_of_each_key(records);
    if (options.disposition == Disposition::replace) model.clear();
    if (options.disposition == Disposition::merge) remove_keys(model, fresh);
    model.insert(model.end(), fresh.begin(), fresh.end());
}

CommitOptions draw_options(Draw& draw, bool first) {
    CommitOptions options = draw.below(2) == 0 ? merging({"id"}) : appending();
    if (draw.below(2) == 0) options.primary_key = {"id"};
    if (options.disposition == Disposition::append && (first || draw.below(6) == 0)) {
        options.disposition = Disposition::replace;
    }
    return options;
}

void expect_the_models_rows(unsigned seed) {
    Draw draw(seed);
    const TempDir dir;
    std::vector<std::string> model;
    const std::size_t kinds = 1 + draw.below(9);
    for (int step = 0; step < 6; ++step) {
        const CommitOptions options = draw_options(draw, step == 0);
        std::vector<std::string> records;
        std::string lines;
        for (std::size_t n = 1 + draw.below(6); n > 0; --n) {
            records.push_back(draw.record(kinds));
            lines += records.back() + "\n";
        }
        write(dir.path(), lines, options);
        apply(model, records, options);
        ASSERT_EQ(normal_forms(json_rows(dir.path())), normal_forms(model))
            << "seed " << seed << ", step " << step << ", disposition " << static_cast<int>(options.disposition);
        ASSERT_EQ(read_table(dir.path(), "t")->rows(), static_cast<std::int64_t>(model.size())) << "seed " << seed;
    }
}

TEST(LakeModel, HoldsTheRowsThatWentInWhateverTheCommits) {
    const char* wanted = std::getenv("TRAWL_LAKE_SEEDS");
    const unsigned seeds = wanted == nullptr ? 4 : static_cast<unsigned>(std::atoi(wanted));
    for (unsigned seed = 1; seed <= seeds && !HasFatalFailure(); ++seed) expect_the_models_rows(seed);
}

}  // namespace
}  // namespace trawl::lake
