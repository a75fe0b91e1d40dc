/// One exchange on its way into a HarRecorder: whatever becomes of it, an entry comes of it, once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/http/har.hpp"
#include "trawl/http/headers.hpp"
#include "trawl/http/request.hpp"
#include "trawl/http/timings.hpp"

namespace trawl::http {

class HarEntry {
public:
    /// Begins now.
    HarEntry(std::shared_ptr<HarRecorder> recorder, const Request& request);
    HarEntry(const HarEntry&) = delete;
    HarEntry& operator=(const HarEntry&) = delete;
    /// Was given up, unless it has ended.
    ~HarEntry();

    /// What it took to have a connection.
    void set_connection(const Timings& timings) noexcept;
    /// The head of the answer is there.
    void set_head(int status, std::string_view version, const Headers& headers);
    /// So many bytes of the answer's body came through the connection,
    void add_received(std::size_t size) noexcept { received_ += size; }
    /// and these when their codings were undone.
    void add_body(std::string_view decoded);

    /// It has come to its end; nothing more is told to it.
    void complete();
    void fail(std::string_view error);

private:
    void end(std::string_view error);
    [[nodiscard]] std::string request_json() const;
    [[nodiscard]] std::string response_json(std::string_view error) const;
    [[nodiscard]] std::string content_json() const;
    [[nodiscard]] std::string post_data_json() const;
    [[nodiscard]] std::string timings_json(bool is_whole) const;
    [[nodiscard]] std::string fields_json(const Headers& headers) const;
    [[nodiscard]] std::string shown(std::string_view name, std::string_view value) const;

    struct Head {
        int status = 0;
        std::string version;
        Headers headers;
    };

    std::shared_ptr<HarRecorder> recorder_;
    std::chrono::system_clock::time_point started_;
    TimePoint began_;
    std::string method_;
    Url url_;
    Headers headers_;
    std::vector<std::string> secret_headers_;
    std::size_t request_size_;
    std::string request_body_;  // as much of it as is kept
    std::optional<TimePoint> sent_;
    std::optional<TimePoint> answered_;
    Timings timings_;
    Head head_;
    std::size_t received_ = 0;
    std::size_t decoded_ = 0;
    std::string body_;
    bool has_ended_ = false;
};

}  // namespace trawl::http
