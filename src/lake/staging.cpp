/// Clean-up of unpublished files. Destructors report nothing: what they cannot remove is unreferenced, and swept later.
#include "staging.hpp"

#include <system_error>

namespace trawl::lake {

MadeDirectories::~MadeDirectories() {
    std::error_code ignored;
    for (auto at = made_.rbegin(); at != made_.rend(); ++at) fs::remove(*at, ignored);  // refuses if not empty
}

void MadeDirectories::make(const fs::path& path) {
    for (fs::path& made : make_directories(path)) made_.push_back(std::move(made));
}

Staging::Staging(const fs::path& table) : table_(table), directory_(table / ("_trawl-" + make_uuid())) {
    make_directories(directory_);
}

Staging::~Staging() {
    std::error_code ignored;
    for (const fs::path& file : moved_) fs::remove(file, ignored);
    fs::remove_all(directory_, ignored);
}

void Staging::move_in(const fs::path& directory, const std::vector<DataFile>& files) {
    for (const DataFile& file : files) {
        sync_file(directory / file.path);
        moved_.insert(table_ / file.path);
        rename_file(directory / file.path, table_ / file.path);
    }
    sync_directory(table_);
}

void Staging::drop(const std::vector<DataFile>& files) {
    std::error_code ignored;
    for (const DataFile& file : files) {
        fs::remove(table_ / file.path, ignored);
        moved_.erase(table_ / file.path);
    }
}

}  // namespace trawl::lake
