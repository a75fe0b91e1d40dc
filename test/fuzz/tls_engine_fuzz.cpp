/// Any bytes as what a TLS server sends, in pieces. Nobody shakes hands by chance, no data come out, and what the
/// client has to say stays short.
#include <algorithm>

#include "fuzz.hpp"
#include "tls_context.hpp"
#include "trawl/net/tls_options.hpp"

namespace trawl::net {
namespace {

using fuzz::require;

void check(const TlsClientSettings& settings, std::string_view input) {
    if (input.empty()) return;
    const std::size_t piece = static_cast<unsigned char>(input.front()) + std::size_t{1};
    std::string_view bytes = input.substr(1), wire;
    const std::unique_ptr<TlsEngine> client = settings.engine("a.example", 443);
    client->shake_hands(wire);
    while (!bytes.empty() && client->state() == TlsState::handshake) {
        wire = bytes.substr(0, piece);
        bytes.remove_prefix(wire.size());
        client->shake_hands(wire);
    }
    client->end_of_wire();
    require(client->state() == TlsState::failed && !client->failure().text.empty());
    require(client->output().size() <= TlsEngine::kAnswersMax);
}

}  // namespace
}  // namespace trawl::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const trawl::net::TlsClientSettings settings(
        trawl::TlsOptions().dangerously_unverified().without_system_cas());
    trawl::net::check(settings, trawl::fuzz::text_of(data, size));
    return 0;
}
