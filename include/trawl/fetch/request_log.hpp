/// RequestLog: what became of each request, why it is sent again, and how many may be under way, as lines of a Log.
#pragma once

#include <cstddef>
#include <exception>
#include <string>

#include "trawl/base/clock.hpp"
#include "trawl/base/log.hpp"
#include "trawl/fetch/page_request.hpp"
#include "trawl/http/response.hpp"
#include "trawl/http/retry.hpp"

namespace trawl {

class RequestLog {
public:
    /// Without a log, or with an empty one, it tells nothing and costs nothing. The log outlives it.
    explicit RequestLog(const Log* log = nullptr) : log_(log) {}

    /// How an attempt ended; the first is number 1.
    struct End {
        int attempt = 1;
        Duration took{};
        const Response* response = nullptr;  // that came, if one did
        std::exception_ptr error;            // that came instead
    };
    void ended(const PageRequest& request, const End& end) const;

    /// Another attempt will be made because of that failure.
    void retried(const PageRequest& request, int attempt, const std::string& reason, const Retry& retry) const;
    /// It was given up for want of memory, and is sent again when there is room for so many bytes.
    void no_room(const PageRequest& request, int attempt, std::size_t bytes) const;

    /// So many requests may be under way to an origin, and so many might before.
    void limited(const std::string& origin, std::size_t before, std::size_t now) const;

private:
    [[nodiscard]] bool is_asked_for() const { return log_ != nullptr && *log_; }

    const Log* log_;
};

}  // namespace trawl
