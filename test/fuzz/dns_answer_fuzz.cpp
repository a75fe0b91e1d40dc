/// Any bytes as a name server's answer. What is told of it does not depend on what follows.
#include "dns_answer.hpp"

#include "fuzz.hpp"

namespace trawl::net {
namespace {

using fuzz::require;

void check(std::string_view message) {
    const auto answer = read_dns_answer(message);
    if (!answer) return;
    require(!name_of_dns_code(answer->code).empty());
    require(answer->question.size() < message.size());
    // A header, a question's name of one byte, type and class.
    require(message.size() >= 12 + 1 + 4);
    const auto longer = read_dns_answer(std::string(message) + "behind it");
    require(longer && longer->question == answer->question && longer->type == answer->type &&
            longer->code == answer->code);
    require(!answer->negative_ttl || longer->negative_ttl == answer->negative_ttl);
}

}  // namespace
}  // namespace trawl::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    trawl::net::check(trawl::fuzz::text_of(data, size));
    return 0;
}
