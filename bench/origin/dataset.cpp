// The only file that knows simdjson. The text is minified first and sliced then, so that numbers keep their digits.
#include "dataset.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::origin {
namespace {

namespace ondemand = simdjson::ondemand;

std::string read_file(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        throw UsageError(
            format("cannot read {}: {}. The default data is Debian's package iso-codes; --data names another", file,
                   std::strerror(errno)));
    }
    return {std::istreambuf_iterator<char>(stream), {}};
}

simdjson::padded_string minified(const std::string& json, const std::string& origin) {
    simdjson::padded_string text(json.size());
    std::size_t size = 0;
    const auto error = simdjson::minify(json.data(), json.size(), text.data(), size);
    // Parsed in full once, since what is only sliced is not checked.
    simdjson::dom::parser parser;
    const auto checked = error ? error : parser.parse(text.data(), size).error();
    if (checked) throw UsageError(format("{} is not JSON: {}", origin, simdjson::error_message(checked)));
    return simdjson::padded_string(text.data(), size);
}

std::vector<std::string_view> slices(ondemand::document& document, const std::string& array) {
    std::vector<std::string_view> found;
    ondemand::array records = array.empty() ? document.get_array() : document.find_field_unordered(array).get_array();
    for (ondemand::value record : records) found.push_back(simdjson::to_json_string(record));
    return found;
}

bool have_id(const std::vector<std::string_view>& records) {
    simdjson::dom::parser parser;
    return std::any_of(records.begin(), records.end(), [&](std::string_view record) {
        return parser.parse(record.data(), record.size())["id"].error() == simdjson::SUCCESS;
    });
}

}  // namespace

DataSet DataSet::load(std::string name, const std::string& file, const std::string& array) {
    return parse(std::move(name), read_file(file), array, file);
}

DataSet DataSet::parse(std::string name, const std::string& json, const std::string& array, const std::string& origin) {
    const simdjson::padded_string text = minified(json, origin);
    DataSet set;
    set.name_ = std::move(name);
    set.text_.assign(text.data(), text.size());
    try {
        ondemand::parser parser;
        ondemand::document document = parser.iterate(text);
        const std::vector<std::string_view> records = slices(document, array);
        set.records_have_id_ = have_id(records);
        for (std::string_view record : records) {
            set.records_.emplace_back(static_cast<std::size_t>(record.data() - text.data()), record.size());
        }
    } catch (const simdjson::simdjson_error& error) {
        const std::string what = array.empty() ? "it is no array" : format("it has no array '{}'", array);
        throw UsageError(
            format("{}: {} ({}); --array names the member that holds the records", origin, what, error.what()));
    }
    return set;
}

void DataSet::number(std::size_t count) {
    const auto is_object = [this](auto record) { return text_[record.first] == '{'; };
    if (records_.empty() || !std::all_of(records_.begin(), records_.end(), is_object)) {
        throw UsageError(format("--records: {} has no records that are objects, which alone can be numbered", name_));
    }
    if (records_have_id_) throw UsageError(format("--records: the records of {} have an 'id' already", name_));
    numbered_ = true;
    count_ = count;
}

std::string_view DataSet::text_of(std::size_t record) const noexcept {
    return std::string_view(text_).substr(records_[record].first, records_[record].second);
}

void DataSet::append(std::size_t index, std::string& out) const {
    if (!numbered_) {
        out += text_of(index);
        return;
    }
    const std::string_view record = text_of(index % records_.size());
    out += "{\"id\":";
    out += std::to_string(index + 1);
    if (record != "{}") out += ',';
    out += record.substr(1);
}

}  // namespace trawl::origin
