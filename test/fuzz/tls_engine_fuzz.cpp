/// libFuzzer target, not built by default: any bytes as what a TLS server sends, in pieces. Nobody shakes hands by
/// chance, no data come out, and what the client has to say stays short.
///
///     clang++-19 -std=c++23 -g -fsanitize=fuzzer,address,undefined -Iinclude -Isrc/net test/fuzz/tls_engine_fuzz.cpp
///         src/net/tls_{engine,failure,sessions,context,files,options}.cpp src/base/error.cpp -lssl -lcrypto -lfmt
///         -o tls_engine_fuzz
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tls_context.hpp"
#include "trawl/net/tls_options.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using trawl::net::TlsClientSettings;
    using trawl::net::TlsEngine;
    using trawl::net::TlsState;
    static const TlsClientSettings settings(trawl::TlsOptions().dangerously_unverified().without_system_cas());
    if (size == 0) return 0;
    const std::size_t piece = data[0] + 1U;
    std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::unique_ptr<TlsEngine> client = settings.engine("a.example", 443);
    std::string_view wire;
    client->shake_hands(wire);
    while (!bytes.empty() && client->state() == TlsState::handshake) {
        wire = bytes.substr(0, piece);
        bytes.remove_prefix(std::min(bytes.size(), piece));
        client->shake_hands(wire);
    }
    client->end_of_wire();
    if (client->state() != TlsState::failed || client->failure().text.empty()) std::abort();
    if (client->output().size() > TlsEngine::kAnswersMax) std::abort();
    return 0;
}
