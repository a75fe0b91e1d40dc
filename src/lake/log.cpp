/// Delta log actions.
#include "log.hpp"

#include <algorithm>
#include <charconv>

#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::lake {
namespace {

using What = JsonNode::What;

/// No reader can be older than 1, which is what this file reads; writers up to 2 add nothing that it would have to
/// obey.
constexpr std::int64_t kReader = 1;
constexpr std::int64_t kWriter = 2;

DataFile data_file(JsonView action, JsonReader& stats_reader) {
    DataFile file;
    file.written_path = action.text("path");
    file.path = decode_path(file.written_path);
    if (const auto values = action.find("partitionValues")) file.partition_values = (*values)->raw;
    file.size_bytes = action.whole("size").value_or(0);
    const std::string stats = action.text("stats");
    if (!stats.empty()) file.rows = stats_reader.parse(stats).whole("numRecords");
    return file;
}

std::string metadata_line(const TableSnapshot& table) {
    std::string partitions;
    for (const std::string& column : table.partition_columns) {
        partitions += trawl::format("{}{}", partitions.empty() ? "" : ",", quote_json(column));
    }
    std::string configuration;
    for (const auto& [key, value] : table.configuration) {
        configuration += trawl::format("{}{}:{}", configuration.empty() ? "" : ",", quote_json(key), quote_json(value));
    }
    return trawl::format(
        R"({{"metaData":{{"id":{},"format":{{"provider":"parquet","options":{{}}}},"schemaString":{},"partitionColumns":[{}],)"
        R"("configuration":{{{}}},"createdTime":{}}}}})"
        "\n",
        quote_json(table.id), quote_json(table.schema), partitions, configuration, table.created_ms);
}

std::string add_line(const DataFile& file, std::int64_t now_ms) {
    const std::string stats = trawl::format(R"({{"numRecords":{}}})", file.rows.value_or(0));
    return trawl::format(
        R"({{"add":{{"path":{},"partitionValues":{{}},"size":{},"modificationTime":{},"dataChange":true,"stats":{}}}}})"
        "\n",
        quote_json(encode_path(file.path)), file.size_bytes, now_ms, quote_json(stats));
}

std::string remove_line(const DataFile& file, std::int64_t now_ms) {
    // A reader tells a file by the text of its path: it must be the one that its add has.
    const std::string path = file.written_path.empty() ? encode_path(file.path) : file.written_path;
    return trawl::format(
        R"({{"remove":{{"path":{},"deletionTimestamp":{},"dataChange":true,"extendedFileMetadata":true,)"
        R"("partitionValues":{},"size":{}}}}})"
        "\n",
        quote_json(path), now_ms, file.partition_values.empty() ? "{}" : file.partition_values, file.size_bytes);
}

std::string info_line(const Entry& entry) {
    return trawl::format(R"({{"commitInfo":{{"timestamp":{},"operation":"WRITE","operationParameters":{{"mode":"{}"}},)"
                         R"("engineInfo":"trawl","txnId":{}}}}})"
                         "\n",
                         entry.now_ms, entry.operation, quote_json(entry.commit_id));
}

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string entry_name(std::int64_t version) { return trawl::format("{:020d}.json", version); }

std::optional<std::int64_t> entry_version(std::string_view name) {
    constexpr std::size_t digits = 20;
    if (name.size() != digits + 5 || !name.ends_with(".json")) return std::nullopt;
    std::int64_t version = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + digits, version);
    if (parsed.ec != std::errc() || parsed.ptr != name.data() + digits || version < 0) return std::nullopt;
    return version;
}

void Replay::apply(std::int64_t version, std::string_view entry) {
    while (!entry.empty()) {
        const std::size_t end = std::min(entry.find('\n'), entry.size());
        const std::string_view line = entry.substr(0, end);
        entry.remove_prefix(std::min(end + 1, entry.size()));
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        try {
            action(reader_.parse(line));
        } catch (const JsonError& error) {
            throw LakeError(trawl::format("the table's log entry {} is damaged: {}; restore it from a copy",
                                          entry_name(version), error.what()));
        }
    }
    snapshot_.version = version;
}

void Replay::action(JsonView line) {
    if (const auto add = line.find("add")) {
        DataFile file = data_file(*add, stats_reader_);
        snapshot_.files.insert_or_assign(file.path, file);
    } else if (const auto remove = line.find("remove")) {
        snapshot_.files.erase(decode_path(remove->text("path")));
    } else if (const auto metadata = line.find("metaData")) {
        set_metadata(*metadata);
    } else if (const auto protocol = line.find("protocol")) {
        set_protocol(*protocol);
    } else if (const auto txn = line.find("txn")) {
        snapshot_.transactions[txn->text("appId")] = txn->whole("version").value_or(0);
    }
}

void Replay::set_metadata(JsonView metadata) {
    snapshot_.id = metadata.text("id");
    snapshot_.schema = metadata.text("schemaString");
    snapshot_.created_ms = metadata.whole("createdTime").value_or(0);
    snapshot_.configuration.clear();
    snapshot_.partition_columns.clear();
    if (const auto map = metadata.find("configuration")) {
        for (auto item = map->first(); item != map->last(); item = item.next()) {
            snapshot_.configuration.insert_or_assign(std::string(item->key), std::string(item->text));
        }
    }
    if (const auto list = metadata.find("partitionColumns")) {
        for (auto item = list->first(); item != list->last(); item = item.next()) {
            snapshot_.partition_columns.emplace_back(item->text);
        }
    }
}

void Replay::set_protocol(JsonView protocol) {
    snapshot_.min_reader = protocol.whole("minReaderVersion").value_or(1);
    snapshot_.min_writer = protocol.whole("minWriterVersion").value_or(1);
    if (snapshot_.min_reader <= kReader) return;
    throw LakeError(
        trawl::format("the table needs a Delta reader of version {}, trawl is one of version {}: use another tool",
                      snapshot_.min_reader, kReader));
}

std::string to_text(const Entry& entry) {
    std::string text = info_line(entry);
    if (entry.protocol) {
        text +=
            trawl::format(R"({{"protocol":{{"minReaderVersion":{},"minWriterVersion":{}}}}})", kReader, kWriter) + "\n";
    }
    if (entry.metadata) text += metadata_line(*entry.metadata);
    if (!entry.application.empty()) {
        text += trawl::format(R"({{"txn":{{"appId":{},"version":{},"lastUpdated":{}}}}})",
                              quote_json(entry.application), entry.application_version, entry.now_ms) +
                "\n";
    }
    for (const DataFile& file : entry.remove) text += remove_line(file, entry.now_ms);
    for (const DataFile& file : entry.add) text += add_line(file, entry.now_ms);
    return text;
}

std::string encode_path(std::string_view path) {
    constexpr std::string_view plain = "-._~/";  // RFC 3986 section 2.3, and the separator
    std::string out;
    for (char c : path) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || plain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += trawl::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        }
    }
    return out;
}

std::string decode_path(std::string_view path) {
    std::string out;
    for (std::size_t at = 0; at < path.size(); ++at) {
        const bool escaped =
            path[at] == '%' && at + 2 < path.size() && hex(path[at + 1]) >= 0 && hex(path[at + 2]) >= 0;
        out += escaped ? static_cast<char>(hex(path[at + 1]) * 16 + hex(path[at + 2])) : path[at];
        if (escaped) at += 2;
    }
    return out;
}

std::string checkpoint_key(std::string_view application) { return trawl::format("trawl.checkpoint.{}", application); }

}  // namespace trawl::lake
