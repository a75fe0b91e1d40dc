/// What two sides agree on, and how they fail to: versions, protocols, clients' certificates; sessions that are taken
/// up again, and those that must not be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "disk.hpp"
#include "tls_pair.hpp"
#include "tls_sessions.hpp"

namespace trawl::net {
namespace {

using testing::HasSubstr;

std::string client_failure(TlsPair pair) {
    pair.shake_hands();
    return pair.client->failure().text;
}

// ---- Versions ----

TEST(TlsVersions, OnlyAnOldOneIsRefused) {
    const TlsClientSettings client(trusting_options());
    TestServer server(trusted_authority().issue({}));
    SSL_CTX_set_min_proto_version(server.context(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(server.context(), TLS1_1_VERSION);
    EXPECT_THAT(client_failure(pair_of(client, server)),
                HasSubstr("alert protocol_version: it speaks no version of TLS"));
}

TEST(TlsVersions, TheHighestOfBothIsSpoken) {
    TestServer server(trusted_authority().issue({}));
    const TlsClientSettings any(trusting_options());
    TlsPair newest = pair_of(any, server);
    EXPECT_EQ(newest.shake_hands().client->version(), "TLSv1.3");
    SSL_CTX_set_max_proto_version(server.context(), TLS1_2_VERSION);
    TlsPair older = pair_of(any, server);
    EXPECT_EQ(older.shake_hands().client->version(), "TLSv1.2");
    const TlsClientSettings strict(trusting_options().min_version(TlsVersion::kTls13));
    EXPECT_THAT(client_failure(pair_of(strict, server)), HasSubstr("protocol_version"));
}

// ---- Protocols inside TLS ----

std::string protocol(const TlsServerOptions& server, std::vector<std::string> offered) {
    const TlsClientSettings client(trusting_options().alpn(std::move(offered)));
    const TlsServerSettings settings(server);
    TlsPair pair{client.engine("a.example", 443), settings.engine()};
    pair.shake_hands();
    if (!pair.is_open()) return pair.client->failure().text;
    EXPECT_EQ(pair.client->alpn(), pair.server->alpn());
    return pair.client->alpn();
}

TEST(TlsProtocols, TheServersBestThatTheClientOffers) {
    const Disk disk;
    const Identity identity = trusted_authority().issue({});
    const std::string chain = write_text(disk / "chain.pem", identity.pem());
    const std::string key = write_text(disk / "key.pem", identity.key_pem());
    const TlsServerOptions silent(chain, key);
    const TlsServerOptions both = TlsServerOptions(chain, key).alpn({"h2", "http/1.1"});
    EXPECT_EQ(protocol(both, {"http/1.1", "h2"}), "h2");
    EXPECT_EQ(protocol(both, {"http/1.1"}), "http/1.1");
    EXPECT_EQ(protocol(both, {}), "");
    EXPECT_EQ(protocol(silent, {"h2", "http/1.1"}), "");
    EXPECT_EQ(protocol(both, {"spdy/1"}),
              "the peer refused: alert no_application_protocol: it speaks none of the protocols in alpn()");
}

// ---- Clients' certificates ----

struct Clients {
    Disk disk;
    Identity authority = Identity::authority("Clients' CA");
    Identity server = trusted_authority().issue({});
    std::string server_chain = write_text(disk / "server.pem", server.pem());
    std::string server_key = write_text(disk / "server.key", server.key_pem());
    std::string authority_file = write_text(disk / "clients.pem", authority.pem());

    TlsPair shake_hands(const TlsOptions& options, TlsVersion version = TlsVersion::kTls13) {
        const TlsServerSettings settings(
            TlsServerOptions(server_chain, server_key).require_client(authority_file).min_version(version));
        const TlsClientSettings client(options);
        TlsPair pair{client.engine("a.example", 443), settings.engine()};
        if (version == TlsVersion::kTls12) SSL_set_max_proto_version(pair.server->ssl(), TLS1_2_VERSION);
        pair.shake_hands();
        return pair;
    }
    TlsOptions showing(const Identity& identity) {
        return trusting_options().client_certificate(write_text(disk / "me.pem", identity.pem()),
                                                     write_text(disk / "me.key", identity.key_pem()));
    }
};

Identity client_of(const Identity& authority, const char* use = "clientAuth") {
    CertificateSpec spec;
    spec.extended_key_usage = use;
    return authority.issue(spec);
}

TEST(TlsClientCertificates, AreShownToWhoAsks) {
    Clients clients;
    for (const TlsVersion version : {TlsVersion::kTls12, TlsVersion::kTls13}) {
        const TlsPair pair = clients.shake_hands(clients.showing(client_of(clients.authority)), version);
        EXPECT_TRUE(pair.is_open()) << pair.client->failure().text << pair.server->failure().text;
    }
}

TEST(TlsClientCertificates, AreMissed) {
    Clients clients;
    const TlsPair pair = clients.shake_hands(trusting_options());
    EXPECT_EQ(
        pair.client->failure().text,
        "the peer refused: alert certificate_required: it wants a certificate of ours; pass client_certificate()");
    EXPECT_EQ(pair.server->failure().text, "the client has shown no certificate");
    const TlsPair older = clients.shake_hands(trusting_options(), TlsVersion::kTls12);
    EXPECT_THAT(older.client->failure().text, HasSubstr("alert handshake_failure: it may want"));
}

TEST(TlsClientCertificates, OfAnotherAuthorityAreRefused) {
    Clients clients;
    const TlsPair pair = clients.shake_hands(clients.showing(client_of(trusted_authority())));
    EXPECT_THAT(pair.client->failure().text, HasSubstr("alert unknown_ca: it does not know the authority of our"));
    EXPECT_THAT(pair.server->failure().text, HasSubstr("unknown certificate authority (CN=Test CA)"));
}

TEST(TlsClientCertificates, ForServersAreRefused) {
    Clients clients;
    const TlsPair pair = clients.shake_hands(clients.showing(client_of(clients.authority, "serverAuth")));
    EXPECT_THAT(pair.client->failure().text, HasSubstr("alert unsupported_certificate"));
}

// ---- Sessions ----

TestServer server_of(int max_version) {
    CertificateSpec spec;
    spec.names = "DNS:a.example,DNS:b.example";
    TestServer server(trusted_authority().issue(spec));
    SSL_CTX_set_max_proto_version(server.context(), max_version);
    return server;
}

bool resumes(const TlsClientSettings& client, const TestServer& server, const std::string& host = "a.example",
             std::uint16_t port = 443) {
    TlsPair pair{client.engine(host, port), server.engine()};
    pair.shake_hands();
    EXPECT_TRUE(pair.is_open()) << pair.client->failure().text;
    EXPECT_EQ(pair.client->was_resumed(), pair.server->was_resumed());
    EXPECT_TRUE(pair.client->write("x"));
    EXPECT_EQ(deliver(*pair.server, sent_by(*pair.client)), "x");
    return pair.client->was_resumed();
}

class TlsSessionsOfVersion : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Tls, TlsSessionsOfVersion, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& at) { return at.param == TLS1_2_VERSION ? "v12" : "v13"; });

TEST_P(TlsSessionsOfVersion, AreTakenUpAgain) {
    const TestServer server = server_of(GetParam());
    const TlsClientSettings client(trusting_options());
    EXPECT_FALSE(resumes(client, server));
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(resumes(client, server)) << i;
}

TEST_P(TlsSessionsOfVersion, AreOfOneHostAndPort) {
    const TestServer server = server_of(GetParam());
    const TlsClientSettings client(trusting_options());
    EXPECT_FALSE(resumes(client, server));
    EXPECT_FALSE(resumes(client, server, "b.example"));
    EXPECT_FALSE(resumes(client, server, "a.example", 444));
    EXPECT_TRUE(resumes(client, server, "A.example."));
}

TEST_P(TlsSessionsOfVersion, AreOfOneContext) {
    const TestServer server = server_of(GetParam());
    const TlsClientSettings careless(TlsOptions().dangerously_unverified());
    const TlsClientSettings client(trusting_options());
    EXPECT_FALSE(resumes(careless, server));
    EXPECT_FALSE(resumes(client, server));
    EXPECT_TRUE(resumes(careless, server));
}

TEST_P(TlsSessionsOfVersion, AreOfNoUseToAServerThatForgot) {
    const TlsClientSettings client(trusting_options());
    EXPECT_FALSE(resumes(client, server_of(GetParam())));
    const TestServer another = server_of(GetParam());
    EXPECT_FALSE(resumes(client, another));
    EXPECT_TRUE(resumes(client, another));
}

TEST_P(TlsSessionsOfVersion, SurviveAConnectionThatIsDroppedButNotOneThatFailed) {
    const TestServer server = server_of(GetParam());
    const TlsClientSettings client(trusting_options());
    TlsPair dropped{client.engine("a.example", 443), server.engine()};
    dropped.shake_hands();
    dropped.client.reset();
    EXPECT_TRUE(resumes(client, server));
}

TEST(TlsSessions, OfTheNewVersionAreGivenOnce) {
    const TestServer server = server_of(TLS1_3_VERSION);
    const TlsClientSettings client(trusting_options());
    EXPECT_FALSE(resumes(client, server));
    const std::size_t kept = client.sessions()->size();
    EXPECT_GE(kept, 1U);
    const auto engine = client.engine("a.example", 443);
    EXPECT_EQ(client.sessions()->size(), kept - 1);
}

TEST(TlsSessions, AreBounded) {
    const TestServer server = server_of(TLS1_3_VERSION);
    const TlsClientSettings client(TlsOptions().dangerously_unverified());
    for (int i = 0; i < 6; ++i) {
        TlsPair pair{client.engine("a.example", 443), server.engine()};
        client.sessions()->take("a.example 443");
        pair.shake_hands();
    }
    EXPECT_LE(client.sessions()->size(), TlsSessions::kPerHostMax);
    TlsSessions sessions;
    for (int i = 0; i < 1000; ++i) {
        for (int k = 0; k < 10; ++k) sessions.put("host " + std::to_string(i), SSL_SESSION_new());
        EXPECT_LE(sessions.size(), TlsSessions::kPerHostMax * TlsSessions::kHostsMax);
    }
    EXPECT_EQ(sessions.size(), TlsSessions::kPerHostMax * TlsSessions::kHostsMax);
    EXPECT_EQ(sessions.take("host 0"), nullptr);
}

}  // namespace
}  // namespace trawl::net
