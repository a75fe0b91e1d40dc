#include "trawl/fetch/request_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "trawl/base/error.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class RequestLogTest : public testing::Test {
protected:
    std::vector<std::string> lines;
    Log sink = [this](const std::string& line) { lines.push_back(line); };
    RequestLog log{&sink};
    PageRequest request{"GET", Url::parse("http://ada:hush@h/items?page=2&token=hush")};
};

TEST_F(RequestLogTest, AnAttemptThatFailedIsToldWithItsErrorAndWithoutSecrets) {
    RequestLog::End end;
    end.attempt = 2;
    end.took = 1500us;
    end.error = std::make_exception_ptr(TimeoutError("no answer within 1 s"));
    log.ended(request, end);
    EXPECT_THAT(lines, ElementsAre("request method=GET url=\"" + request.url.redacted() +
                                   "\" error=\"no answer within 1 s\" ms=1.500 attempt=2"));
    EXPECT_EQ(lines.front().find("hush"), std::string::npos);
}

TEST_F(RequestLogTest, ARetryIsToldWithItsReasonAndItsPause) {
    request.url = Url::parse("http://h/items");
    log.retried(request, 1, "status 503", Retry{250ms, false});
    log.retried(request, 2, "status 429, Retry-After: 7", Retry{0ms, true});
    EXPECT_THAT(lines, ElementsAre("retry url=http://h/items attempt=1 reason=\"status 503\" wait_ms=250.000",
                                   "retry url=http://h/items attempt=2 reason=\"status 429, Retry-After: 7\" "
                                   "wait=\"as the source asks\""));
}

TEST_F(RequestLogTest, ALimitIsToldWhereItChanges) {
    log.limited("http://h", 4, 4);
    log.limited("http://h", 4, 8);
    EXPECT_THAT(lines, ElementsAre("limit origin=http://h from=4 to=8"));
}

TEST_F(RequestLogTest, NobodyIsToldWhereNobodyAsked) {
    const Log none;
    for (const RequestLog& silent : {RequestLog(), RequestLog(&none)}) {
        silent.ended(request, {});
        silent.limited("http://h", 4, 8);
    }
    EXPECT_THAT(lines, IsEmpty());
}

}  // namespace
}  // namespace trawl
