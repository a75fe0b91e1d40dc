/// A data set: records as the JSON text that they were read as, white space outside of strings removed.
///
/// It can be made longer than its file: then record i (from 0) is that of the file at i modulo its size, with the
/// member "id": i + 1 in front. Such records are put together when they are asked for, so that millions of pages cost
/// no memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trawl::origin {

class DataSet {
public:
    /// Reads the array `array` of the JSON object in `file`; with an empty `array` the file itself is the array.
    /// Throws UsageError that names the file.
    static DataSet load(std::string name, const std::string& file, const std::string& array);
    /// The same from JSON text. `origin` is what messages call it.
    static DataSet parse(std::string name, const std::string& json, const std::string& array,
                         const std::string& origin);

    /// Makes it exactly `count` numbered records. Throws UsageError when the records are not objects, or have an "id".
    void number(std::size_t count);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] std::size_t size() const noexcept { return numbered_ ? count_ : records_.size(); }
    /// Appends the JSON text of the record at `index` to `out`. Requires: index < size().
    void append(std::size_t index, std::string& out) const;

private:
    [[nodiscard]] std::string_view text_of(std::size_t record) const noexcept;

    std::string name_;
    std::string text_;
    std::vector<std::pair<std::size_t, std::size_t>> records_;  // begin and size in text_
    bool records_have_id_ = false;
    bool numbered_ = false;
    std::size_t count_ = 0;
};

}  // namespace trawl::origin
