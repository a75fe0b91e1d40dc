/// A table of answers that no server should give, and what the client must make of each: for tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exception>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl::testing {

/// "ProtocolError: GET http://...".
inline std::string in_words(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const TimeoutError& e) {
        return format("TimeoutError: {}", e.what());
    } catch (const UsageError& e) {
        return format("UsageError: {}", e.what());
    } catch (const InvalidUrl& e) {
        return format("InvalidUrl: {}", e.what());
    } catch (const ProtocolError& e) {
        return format("ProtocolError: {}", e.what());
    } catch (const ConnectError& e) {
        return format("ConnectError: {}", e.what());
    } catch (const OsError& e) {
        return format("OsError: {}", e.what());
    } catch (const TlsError& e) {
        return format("TlsError: {}", e.what());
    } catch (const std::exception& e) {
        return format("another error: {}", e.what());
    }
}

inline Task<std::string> whole(Request request) {
    try {
        Response response = co_await std::move(request);
        co_return format("{} '{}'", response.status(), response.text());
    } catch (...) {
        co_return in_words(std::current_exception());
    }
}

inline Task<std::string> streamed(Request request) {
    try {
        ResponseStream stream = co_await std::move(request).stream();
        std::string body;
        while (true) {
            std::optional<std::string> piece = co_await stream.next();
            if (!piece) break;
            body += *piece;
        }
        co_return format("{} '{}'", stream.status(), body);
    } catch (...) {
        co_return in_words(std::current_exception());
    }
}

/// What comes of a request: "200 'the body'", or its error in words. `in_pieces`: its body is read as a stream.
inline Task<std::string> outcome(Request request, bool in_pieces = false) {
    return in_pieces ? streamed(std::move(request)) : whole(std::move(request));
}

struct Hostile {
    const char* rule;
    std::string bytes;    // the answer to the first request
    std::string outcome;  // "200 'abc'"; of an error, its class
    std::string words;    // that the error says
    Answer::Then then = Answer::Then::keep;
    const char* method = "GET";
    const char* next = "new";  // the connection on which the next request is answered, or "same"
};

/// An answer to make nothing of.
inline Hostile refused(const char* rule, std::string bytes, std::string words = "cannot be used",
                       Answer::Then then = Answer::Then::keep) {
    return {rule, std::move(bytes), "ProtocolError", std::move(words), then, "GET", "new"};
}

/// An answer that is good; the next request goes the same way.
inline Hostile taken(const char* rule, std::string bytes, std::string outcome = "200 'abc'") {
    return {rule, std::move(bytes), std::move(outcome), "", Answer::Then::keep, "GET", "same"};
}

/// An answer that is good, and ends its connection.
inline Hostile taken_as_last(const char* rule, std::string bytes, std::string outcome = "200 'abc'") {
    return {rule, std::move(bytes), std::move(outcome), ""};
}

/// What follows the status line of a 200.
inline std::string with(const std::string& rest) { return "HTTP/1.1 200 OK\r\n" + rest; }

inline std::string repeated(const std::string& text, int times) {
    std::string out;
    while (times-- > 0) out += text;
    return out;
}

inline void expect(const Hostile& row, const std::string& outcome) {
    if (!row.outcome.ends_with("Error")) {
        EXPECT_EQ(outcome, row.outcome);
        return;
    }
    EXPECT_THAT(outcome, ::testing::StartsWith(row.outcome + ": " + row.method + " http://127.0.0.1:"));
    EXPECT_THAT(outcome, ::testing::HasSubstr(row.words));
    EXPECT_THAT(outcome, ::testing::Not(::testing::HasSubstr("hush")));
}

/// Two requests: the first is answered as the row says, and sent once; nothing of it is left to the second.
inline Task<> play(const Hostile& row, bool in_pieces, const ClientOptions& options) {
    const std::vector<Answer> other(3, Answer{ok("new")});
    ScriptedServer server({{{row.bytes, row.then}, {ok("same")}}, other});
    Client client(server.url(), options);
    expect(row, co_await outcome(client.request(row.method, "/x?token=hush"), in_pieces));
    EXPECT_EQ(co_await outcome(client.get("/next")), format("200 '{}'", row.next));
    EXPECT_EQ(server.requests().size(), 2U);
    EXPECT_THAT(client.describe_pool(), ::testing::MatchesRegex("\\[[^[]* idle [^[]*\\] queue 0"));
}

inline void check(std::span<const Hostile> rows, const ClientOptions& options = {}) {
    for (const Hostile& row : rows) {
        for (const bool in_pieces : {false, true}) {
            SCOPED_TRACE(format("{}{}", row.rule, in_pieces ? ", in pieces" : ""));
            run(play(row, in_pieces, options));
        }
    }
}

}  // namespace trawl::testing
