/// JsonRecords: the JSON documents in a body, one by one while it arrives.
///
///     JsonRecords log = JsonRecords::lines(co_await client.get("/log.ndjson").stream());
///     while (true) {
///         std::optional<Json> record = co_await log.next();
///         if (!record) break;
///         consume(*record);
///     }
///
/// Rules: one record is held, and what came with its end; one that is longer than `record_max` bytes is an error. So is
/// whatever is no JSON, and a last record that is not whole; the JsonError says which record, from 1, and at which byte
/// of the body it begins. After an error there are no more records. One task reads at a time; the client must outlive
/// this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "trawl/coro/task.hpp"
#include "trawl/http/json.hpp"
#include "trawl/http/response_stream.hpp"

namespace trawl {

namespace http {
class JsonSplitter;
}

class JsonRecords {
public:
    static constexpr std::size_t kRecordMax = std::size_t{16} << 20;

    /// One document on each line (NDJSON, JSON Lines); empty lines are skipped, the last line may lack its end. Throws
    /// StatusError unless the answer is a success.
    [[nodiscard]] static JsonRecords lines(ResponseStream answer, std::size_t record_max = kRecordMax);
    /// The elements of the array that the body is. Throws as lines() does.
    [[nodiscard]] static JsonRecords items(ResponseStream answer, std::size_t record_max = kRecordMax);

    JsonRecords(JsonRecords&&) noexcept;
    JsonRecords& operator=(JsonRecords&&) noexcept;
    ~JsonRecords();

    /// The next record; nothing behind the last one, when the body has come to its end. Suspends. Throws JsonError, and
    /// as ResponseStream::next() does.
    Task<std::optional<Json>> next();
    /// How many next() has given.
    [[nodiscard]] std::uint64_t count() const noexcept;

private:
    JsonRecords(ResponseStream answer, std::unique_ptr<http::JsonSplitter> splitter);
    [[nodiscard]] std::optional<Json> take();

    ResponseStream answer_;
    std::unique_ptr<http::JsonSplitter> splitter_;
    bool has_ended_ = false;
    std::uint64_t count_ = 0;
};

}  // namespace trawl
