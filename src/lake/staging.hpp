/// What a commit has put on the disk before it is published, and its removal if it never is.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "store.hpp"
#include "trawl/lake/table.hpp"

namespace trawl::lake {

/// Directories that we made and that vanish again unless keep() is called, if they are still empty.
class MadeDirectories {
public:
    MadeDirectories() = default;
    ~MadeDirectories();
    MadeDirectories(const MadeDirectories&) = delete;
    MadeDirectories& operator=(const MadeDirectories&) = delete;
    void make(const fs::path& path);
    void keep() { made_.clear(); }

private:
    std::vector<fs::path> made_;
};

/// `<table>/_trawl-<uuid>/`: readers of Delta skip names that begin with '_'. Data files move from there into the
/// table.
class Staging {
public:
    explicit Staging(const fs::path& table);
    ~Staging();
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;

    /// A directory that nobody has had yet, for data files; not made.
    [[nodiscard]] fs::path new_data() { return directory_ / ("data-" + std::to_string(++directories_)); }
    [[nodiscard]] fs::path spill() const { return directory_ / "spill"; }
    /// Makes files durable and moves them from `directory` into the table, under the same names.
    void move_in(const fs::path& directory, const std::vector<DataFile>& files);
    /// They were moved in vain: removes them.
    void drop(const std::vector<DataFile>& files);
    /// The moved files belong to the table now.
    void keep() { moved_.clear(); }

private:
    fs::path table_;
    fs::path directory_;
    int directories_ = 0;
    std::set<fs::path> moved_;
};

}  // namespace trawl::lake
