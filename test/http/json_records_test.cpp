/// Records out of real answers.
#include "trawl/http/json_records.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hostile.hpp"
#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/client.hpp"

namespace trawl {
namespace {

using testing::Answer;
using ::testing::HasSubstr;
using testing::ok;
using testing::ScriptedServer;
using ::testing::StartsWith;

using Open = JsonRecords (*)(ResponseStream, std::size_t);

/// "1 22 ": the records' texts, and the error that ends them.
std::string records_of(Open open, std::string answer, Answer::Then then = Answer::Then::keep) {
    std::string seen;
    auto work = [&]() -> Task<> {
        ScriptedServer server({{{answer, then}}});
        Client client(server.url());
        try {
            JsonRecords records = open(co_await client.get("/x?token=hush").stream(), 1000);
            while (true) {
                std::optional<Json> record = co_await records.next();
                if (!record) break;
                seen += std::string(record->raw()) + " ";
                EXPECT_EQ(records.count(), static_cast<std::uint64_t>(std::count(seen.begin(), seen.end(), ' ')));
            }
            EXPECT_FALSE(co_await records.next());
        } catch (const Error& error) {
            seen += error.what();
        }
    };
    run(work());
    return seen;
}

TEST(JsonRecords, AreTheLinesOfABody) {
    EXPECT_EQ(records_of(JsonRecords::lines, ok("{\"a\":1}\n\n[2]\n3")), "{\"a\":1} [2] 3 ");
    EXPECT_EQ(records_of(JsonRecords::lines, ok("")), "");
}

TEST(JsonRecords, AreTheItemsOfAnArray) {
    EXPECT_EQ(records_of(JsonRecords::items, ok(R"([{"a":1}, "]", 3])")), R"({"a":1} "]" 3 )");
    EXPECT_EQ(records_of(JsonRecords::items, ok("[]")), "");
}

TEST(JsonRecords, ErrorsNameTheRecordAndItsPlace) {
    const std::string error = records_of(JsonRecords::lines, ok("{\"a\":1}\n{\"a\":}\n"));
    EXPECT_THAT(error, StartsWith("{\"a\":1} http://127.0.0.1:"));
    EXPECT_THAT(error, HasSubstr("/x?token=***: record 2, at byte 8: "));
    EXPECT_THAT(records_of(JsonRecords::items, ok("[1, 2}]")), HasSubstr("1 http://"));
    EXPECT_THAT(records_of(JsonRecords::items, ok("[1, 2}]")), HasSubstr(": record 2, at byte 4: "));
    EXPECT_THAT(records_of(JsonRecords::items, ok("[1, 2")), HasSubstr(": record 2, at byte 3: the body ends before"));
}

TEST(JsonRecords, ALastRecordThatIsCutIsAnError) {
    EXPECT_THAT(records_of(JsonRecords::lines, ok("1\n{\"a\":")), HasSubstr("record 2, at byte 2: "));
    const std::string cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1\n2";
    EXPECT_THAT(records_of(JsonRecords::lines, cut, Answer::Then::close), StartsWith("1 GET http://127.0.0.1:"));
}

TEST(JsonRecords, AnAnswersErrorIsNoRecord) {
    const std::string refusal = "HTTP/1.1 500 X\r\nContent-Length: 2\r\n\r\n{}";
    EXPECT_THAT(records_of(JsonRecords::lines, refusal), HasSubstr("answered 500"));
    EXPECT_THAT(records_of(JsonRecords::items, refusal), HasSubstr("answered 500"));
}

TEST(JsonRecords, NothingComesBehindAnError) {
    auto work = []() -> Task<> {
        ScriptedServer server({{{ok("1\nx\n3\n")}}});
        Client client(server.url());
        JsonRecords records = JsonRecords::lines(co_await client.get("/").stream());
        EXPECT_TRUE(co_await records.next());
        bool failed = false;
        try {
            co_await records.next();
        } catch (const JsonError&) {
            failed = true;
        }
        EXPECT_TRUE(failed);
        EXPECT_FALSE(co_await records.next());
    };
    run(work());
}

}  // namespace
}  // namespace trawl
