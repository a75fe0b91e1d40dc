/// What writers that were killed have left in a table's directory, and its removal.
#pragma once

#include "store.hpp"

namespace trawl::lake {

/// Removes staging, temporary entries and data files of our naming that no entry has ever named and that nobody has
/// touched for a day: no commit takes that long between its last write and its entry. What cannot be removed stays for
/// the next time: nothing is thrown.
void sweep(const fs::path& table) noexcept;

}  // namespace trawl::lake
