/// A directory for one test, gone with it.
#pragma once

#include <filesystem>

#include "store.hpp"

namespace trawl::lake {

class TempDir {
public:
    TempDir() : path_(fs::temp_directory_path() / ("trawl-lake-test-" + make_uuid())) { fs::create_directory(path_); }
    ~TempDir() { fs::remove_all(path_); }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

}  // namespace trawl::lake
