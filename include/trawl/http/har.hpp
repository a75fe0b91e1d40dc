/// HarRecorder: what a client sends and receives, as a file that browsers' developer tools and others read (HTTP
/// Archive 1.2, http://www.softwareishard.com/blog/har-12-spec/).
///
///     auto har = std::make_shared<HarRecorder>("requests.har");
///     ClientOptions options;
///     options.har = har;
///     ... use a Client with them ...
///     co_await har->flush();
///
/// Rules: each attempt, each redirect and each request that failed is an entry of its own, written when it ends; an
/// error is its response's `_error`. The file is whole JSON whenever something is written to it, and nothing is kept in
/// memory but what waits to be written: requests wait when that is over 1 MB.
///
/// Secrets are `***`: fields that sound secret or were given by secret_header(), cookies, values of query keys that
/// sound secret, users and passwords in URLs, also in those that answers name. Bodies are left out unless asked for,
/// because nobody knows what is in them; then they are written as they are.
///
/// For clients of one loop at a time. An error of the file ends the recording and not the requests: flush() throws it.
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <string>

#include "trawl/coro/task.hpp"
#include "trawl/loop/background.hpp"
#include "trawl/net/file.hpp"
#include "trawl/sync/event.hpp"

namespace trawl {

class HarRecorder {
public:
    /// Replaces the file `path`, at the first entry or flush(). `body_max`: bytes of each body to write, at most.
    explicit HarRecorder(std::string path, std::size_t body_max = 0);
    HarRecorder(const HarRecorder&) = delete;
    HarRecorder& operator=(const HarRecorder&) = delete;
    /// What flush() was not awaited for may be missing from the file.
    ~HarRecorder();

    /// Waits until all that has ended is in the file. Throws FileError, also of earlier writing.
    Task<> flush();
    /// How many have ended.
    [[nodiscard]] std::size_t entries() const noexcept { return entries_; }
    [[nodiscard]] std::size_t body_max() const noexcept { return body_max_; }

    /// Takes a finished entry, JSON without blanks around it: for the client.
    void add(std::string entry);
    /// Waits while much is yet to be written: for the client.
    Task<> wait_for_room();

private:
    void start();
    Task<> write_on();
    Task<> write_pending();

    std::string path_;
    std::size_t body_max_;
    std::size_t entries_ = 0;
    std::string pending_;
    bool is_writing_ = false;
    std::exception_ptr error_;
    File file_;
    std::int64_t end_ = 0;  // of the entries in the file
    Event has_work_;
    Event changed_;  // set and cleared at once: whoever waits looks again
    std::unique_ptr<Background> writer_;
};

}  // namespace trawl
