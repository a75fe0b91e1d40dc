/// Names under which anybody can register one: "com", "co.uk", "github.io". No cookie may span one.
#pragma once

#include <string_view>

namespace trawl::http {

/// By the Public Suffix List, its private part included; a name of one part is always one. The list is the newer of the
/// one in libpsl and the one on disk (Debian's package publicsuffix), which is read at the first call. `domain` in
/// lower case ASCII.
[[nodiscard]] bool is_public_suffix(std::string_view domain);

}  // namespace trawl::http
