/// What a commit has put on the disk before it is published, and its removal if it never is.
#pragma once

#include <vector>

#include "store.hpp"

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

    [[nodiscard]] fs::path data() const { return directory_ / "data"; }
    [[nodiscard]] fs::path spill() const { return directory_ / "spill"; }
    /// Makes a file of data() durable and moves it into the table, under the same name.
    void move_in(const std::string& name);
    /// The moved files belong to the table now.
    void keep() { moved_.clear(); }

private:
    fs::path table_;
    fs::path directory_;
    std::vector<fs::path> moved_;
};

}  // namespace trawl::lake
