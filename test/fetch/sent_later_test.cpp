/// Requests that leave later than they were let in: hard limits count each from when it was sent.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "app.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::App;

/// Holds each request between its place and its connection, and notes when it let it go.
class SlowLogin final : public Auth {
public:
    Task<> sign(Request&) override {
        co_await sleep(1ms);
        signed_ = exact_now();
    }
    bool challenged(const Request&, const Headers&) override { return true; }
    [[nodiscard]] TimePoint signed_at() const { return signed_; }

private:
    TimePoint signed_{};
};

constexpr Duration kWindow = 1h;
constexpr double kPlenty = 100;

/// When the request that counts as the last one was sent.
TimePoint last_sent(OriginGates& gates, const std::string& origin) {
    return gates.at(origin).closed_until(now(), kPlenty).value_or(TimePoint{} + kWindow) - kWindow;
}

/// Pulls from what `respond` answers; each request that arrives must count from when it was sent already. How many did.
int pull(App::Respond respond) {
    auto work = [&]() -> Task<int> {
        OriginLimits limits;
        limits.limiter.fixed = 1;
        limits.windows.push_back({kPlenty, kWindow});
        OriginGates gates(limits);
        const auto login = std::make_shared<SlowLogin>();
        std::string origin;
        App app([&](const std::string& target, int times) {
            EXPECT_GE(last_sent(gates, origin), login->signed_at()) << target << ", " << times;
            return respond(target, times);
        });
        origin = app.origin();
        FetchOptions options(app.url("/x"));
        options.paginator = "single_page";
        options.auth = login;
        Client client;
        PageStream pages(client, options, {&gates});
        std::optional<Page> page = co_await pages.next();
        EXPECT_TRUE(page && page->records == "{\"id\":1}\n");
        page = co_await pages.next();
        EXPECT_FALSE(page);
        co_return app.requests();
    };
    return run(work());
}

std::string page() { return answer(R"({"items":[{"id":1}]})"); }

TEST(SentLater, CountsFromWhenItWasSentBeforeThereIsAnAnswer) {
    EXPECT_EQ(pull([](const std::string&, int) { return page(); }), 1);
}

TEST(SentLater, CountsFromThenAlsoWhereItIsLedOn) {
    const auto leads_on = [](const std::string& target, int) {
        return target == "/y" ? page() : answer("", "302 Found", "Location: /y\r\n");
    };
    EXPECT_EQ(pull(leads_on), 2);
}

TEST(SentLater, CountsFromThenAlsoWhereALoginIsChallenged) {
    const auto challenges = [](const std::string&, int times) {
        return times > 1 ? page() : answer("", "401 Unauthorized", "WWW-Authenticate: Digest\r\n");
    };
    EXPECT_EQ(pull(challenges), 2);
}

TEST(SentLater, CountsFromThenAlsoWhereItIsNotAnswered) {
    EXPECT_EQ(pull([](const std::string&, int times) { return times > 1 ? page() : ""; }), 2);
}

}  // namespace
}  // namespace trawl
