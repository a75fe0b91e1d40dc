/// Pages in whose place something else comes: what is asked for again, what is an empty page, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "app.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::App;
using ::testing::HasSubstr;
using testing::number_in;

constexpr int page_count = 6;

enum class Total { stated, unknown };

std::string items_of(int number) {
    if (number > page_count) return "[]";
    return format(R"([{{"id":{},"name":"a"}},{{"id":{},"name":"{{"}}])", 2 * number - 1, 2 * number);
}

std::string page_of(Total total, int number, const std::string& items) {
    const char* stated = total == Total::stated ? R"("total_pages":6,)" : "";
    return format(R"({{"page":{},{}"items":{}}})", number, stated, items);
}

std::string good_page(int number) { return page_of(Total::stated, number, items_of(number)); }

struct Outcome {
    std::uint64_t rows = 0;
    std::uint64_t retries = 0;
    std::string error;
};

Outcome pull(App::Respond respond) {
    auto work = [](App::Respond app_respond) -> Task<Outcome> {
        App app(std::move(app_respond));
        Client client;
        FetchOptions options(app.url("/x?page=1"));
        options.retry = RetryPolicy(3, 1us, 1us);
        PageStream pages(client, options);
        Outcome outcome;
        try {
            while (auto page = co_await pages.next()) outcome.rows += page->count;
        } catch (const FetchError& error) {
            outcome.error = error.what();
        }
        outcome.retries = pages.stats().retries;
        co_return outcome;
    };
    return run(work(std::move(respond)));
}

/// `body` is what page `damaged` has for the first `times`.
Outcome pull_with(int damaged, const std::string& body, int times) {
    return pull([=](const std::string& target, int asked) {
        const int number = number_in(target, "page");
        return answer(number == damaged && asked <= times ? body : good_page(number));
    });
}

TEST(DamagedPages, JsonThatEndsTooEarlyIsAskedForAgain) {
    for (const int damaged : {1, 3, page_count}) {
        const std::string whole = good_page(damaged);
        for (std::size_t size = 1; size < whole.size(); ++size) {
            const std::string cut = whole.substr(0, size);
            const Outcome outcome = pull_with(damaged, cut, 1);
            EXPECT_EQ(outcome.error, "") << cut;
            EXPECT_EQ(outcome.rows, 2U * page_count) << cut;
            EXPECT_EQ(outcome.retries, 1U) << cut;
        }
    }
}

TEST(DamagedPages, JsonThatEndsTooEarlyEveryTimeIsAnErrorThatSaysSo) {
    for (const int damaged : {1, 3}) {
        const Outcome outcome = pull_with(damaged, good_page(damaged).substr(0, 50), 100);
        EXPECT_THAT(outcome.error, HasSubstr("at byte 50 of 50"));
        EXPECT_EQ(outcome.retries, 2U);
    }
}

TEST(DamagedPages, JsonThatIsWrongOtherwiseIsNotAskedForAgain) {
    for (const char* body : {R"({"items":[{"id":NaN}]})", R"([{"id":1}] and more)", R"({"items":[{"id":"{"},]})"}) {
        const Outcome outcome = pull_with(1, body, 100);
        EXPECT_THAT(outcome.error, HasSubstr("not valid JSON")) << body;
        EXPECT_EQ(outcome.retries, 0U) << body;
    }
}

/// Of page 4, and of those behind the last where no total is said.
Outcome pull_with_items(Total total, int from, const std::string& items) {
    return pull([=](const std::string& target, int) {
        const int number = number_in(target, "page");
        const bool is_other = total == Total::stated ? number == from : number >= from;
        return answer(page_of(total, number, is_other ? items : items_of(number)));
    });
}

TEST(DamagedPages, AnEmptyObjectInPlaceOfTheArrayIsAnEmptyPage) {
    const Outcome behind = pull_with_items(Total::unknown, page_count + 1, "{}");
    EXPECT_EQ(behind.error, "");
    EXPECT_EQ(behind.rows, 2U * page_count);
    EXPECT_THAT(pull_with_items(Total::stated, 4, "{}").error, HasSubstr("page 4 of 6 is empty"));
}

TEST(DamagedPages, ALoneRowWithoutAValueIsAnError) {
    for (const char* items : {"[{}]", R"({"id":null})", R"([{"id":null,"name":null}])", R"([{"name":null}])"}) {
        EXPECT_THAT(pull_with_items(Total::stated, 4, items).error, HasSubstr("may be no row")) << items;
        EXPECT_THAT(pull_with_items(Total::unknown, page_count + 1, items).error, HasSubstr("may be no row")) << items;
    }
}

}  // namespace
}  // namespace trawl
