/// Finding leftovers.
#include "sweep.hpp"

#include <chrono>
#include <set>

#include "log.hpp"

namespace trawl::lake {
namespace {

constexpr std::chrono::hours kAge{24};

constexpr std::string_view kBegin = "part-";
constexpr std::string_view kEnd = ".parquet";
constexpr std::size_t kUuid = 36;
constexpr std::size_t kNameSize = kBegin.size() + kUuid + kEnd.size();

bool is_data_file(std::string_view name) {
    return name.size() == kNameSize && name.starts_with(kBegin) && name.ends_with(kEnd);
}

bool is_old(const fs::path& path) { return fs::last_write_time(path) < fs::file_time_type::clock::now() - kAge; }

/// Nothing in it was touched: a long merge spills into the directory while it runs.
bool is_old_tree(const fs::path& path) {
    if (!is_old(path)) return false;
    for (const auto& inside : fs::recursive_directory_iterator(path)) {
        if (!is_old(inside.path())) return false;
    }
    return true;
}

/// Data files that any entry names: also those that were removed, which older versions of the table consist of.
std::set<std::string, std::less<>> named_files(const fs::path& log) {
    std::set<std::string, std::less<>> names;
    for (const std::string& entry : list_directory(log)) {
        if (!entry_version(entry)) continue;
        const std::string text = read_file(log / entry);
        for (std::size_t at = text.find(kBegin); at != std::string::npos; at = text.find(kBegin, at + 1)) {
            const std::string_view name = std::string_view(text).substr(at, kNameSize);
            if (is_data_file(name)) names.emplace(name);
        }
    }
    return names;
}

void sweep_directories(const fs::path& table) {
    for (const std::string& name : list_directory(table)) {
        if (name.starts_with("_trawl-") && is_old_tree(table / name)) fs::remove_all(table / name);
    }
}

void sweep_data(const fs::path& table) {
    std::vector<std::string> old;
    for (const std::string& name : list_directory(table)) {
        if (is_data_file(name) && is_old(table / name)) old.push_back(name);
    }
    if (old.empty()) return;
    const auto named = named_files(table / "_delta_log");
    for (const std::string& name : old) {
        if (!named.contains(name)) fs::remove(table / name);
    }
}

void sweep_entries(const fs::path& log) {
    for (const std::string& name : list_directory(log)) {
        if (name.starts_with('.') && name.ends_with(".tmp") && is_old(log / name)) fs::remove(log / name);
    }
}

}  // namespace

void sweep(const fs::path& table) noexcept {
    try {
        sweep_directories(table);
        sweep_data(table);
        sweep_entries(table / "_delta_log");
    } catch (const std::exception&) {  // ignored: another writer may sweep at the same time, and the next commit will
    }
}

}  // namespace trawl::lake
