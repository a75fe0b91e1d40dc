/// What the tool prints: answers to stdout, which must arrive, and everything else to stderr, where nothing can be done
/// if not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trawl/base/error.hpp"

namespace trawl::cli {

/// Standard output did not take the answer.
class OutputError : public OsError {
public:
    using OsError::OsError;
};

/// Makes standard descriptors that are closed lead nowhere, so that no other file takes their numbers, and broken pipes
/// errors instead of a death.
void prepare_standard_streams();

/// From now on these are printed as "***", whatever text they are in, and however it spells them (see HiddenSecrets).
void hide(const std::vector<std::string>& secrets);

/// Throws OutputError when the text cannot be written (a full disk, a closed pipe).
void print_answer(std::string_view text);
/// Never throws.
void print_status(std::string_view text) noexcept;

/// One line without control characters, no longer than a screen: what a source says may be anything.
std::string as_one_line(std::string_view text);

}  // namespace trawl::cli
