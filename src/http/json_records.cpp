#include "trawl/http/json_records.hpp"

#include <utility>

#include "json_splitter.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {

using http::JsonSplitter;

JsonRecords::JsonRecords(ResponseStream answer, std::unique_ptr<JsonSplitter> splitter)
    : answer_(std::move(answer)), splitter_(std::move(splitter)) {
    answer_.raise_for_status();
}

JsonRecords::JsonRecords(JsonRecords&&) noexcept = default;
JsonRecords& JsonRecords::operator=(JsonRecords&&) noexcept = default;
JsonRecords::~JsonRecords() = default;

JsonRecords JsonRecords::lines(ResponseStream answer, std::size_t record_max) {
    return {std::move(answer), std::make_unique<JsonSplitter>(JsonSplitter::Form::kLines, record_max)};
}

JsonRecords JsonRecords::items(ResponseStream answer, std::size_t record_max) {
    return {std::move(answer), std::make_unique<JsonSplitter>(JsonSplitter::Form::kItems, record_max)};
}

std::uint64_t JsonRecords::count() const noexcept { return count_; }

// What is no JSON names the record; what is wrong between records does so by itself.
std::optional<Json> JsonRecords::take() {
    std::string place;
    try {
        const auto text = splitter_->next();
        if (!text) return std::nullopt;
        place = splitter_->place() + ": ";
        Json record = Json::parse(*text);
        ++count_;
        return record;
    } catch (const JsonError& error) {
        has_ended_ = true;
        throw JsonError(format("{}: {}{}", answer_.url().redacted(), place, error.what()));
    }
}

Task<std::optional<Json>> JsonRecords::next() {
    while (!has_ended_) {
        std::optional<Json> record = take();
        if (record) co_return record;
        std::optional<std::string> piece = co_await answer_.next();
        if (piece) {
            splitter_->feed(*piece);
        } else {
            splitter_->finish();
            record = take();
            has_ended_ = !record;
            if (record) co_return record;
        }
    }
    co_return std::nullopt;
}

}  // namespace trawl
