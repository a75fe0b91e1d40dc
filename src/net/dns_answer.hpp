/// What c-ares does not tell of a name server's answer (RFC 1035, section 4): the code that it failed with, and how
/// long the absence of a name may be kept. Bytes in, facts out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trawl::net {

/// RFC 1035, section 4.1.1.
enum DnsCode : std::uint8_t {
    kNoError = 0,
    kFormatError = 1,
    kServerFailure = 2,
    kNameError = 3,
    kNotImplemented = 4,
    kRefused = 5
};
/// RFC 1035, section 3.2.2; RFC 3596.
enum DnsType : std::uint16_t { kTypeA = 1, kTypeSoa = 6, kTypeAaaa = 28 };

struct DnsAnswer {
    std::string question;  // the name that was asked for, in lower case and without a dot at its end
    std::uint16_t type = 0;
    std::uint8_t code = 0;
    std::optional<std::uint32_t> negative_ttl;  // in seconds: RFC 2308, section 5

    /// The server said whether there is such a name; otherwise it could not, or did not want to.
    [[nodiscard]] bool is_word() const noexcept { return code == kNoError || code == kNameError; }
};

/// Nothing when it is no answer to one question, or breaks off in it. What is damaged behind the question is not seen.
[[nodiscard]] std::optional<DnsAnswer> read_dns_answer(std::string_view message);

/// "SERVFAIL"; "code 9" for what has no name here.
[[nodiscard]] std::string name_of_dns_code(std::uint8_t code);

}  // namespace trawl::net
