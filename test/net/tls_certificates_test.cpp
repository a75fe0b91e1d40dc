/// Which certificates are accepted, and what is said of the others: one engine against another, each case with an
/// authority that is trusted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tls_pair.hpp"
#include "tls_sessions.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

using testing::HasSubstr;

/// What a server shows, and to whom it should belong.
struct Shown {
    Identity leaf;
    std::vector<Identity> chain = {};
};

struct Case {
    const char* name;
    const char* host;
    std::function<Shown()> make;
    const char* refused = nullptr;  // words of the error; nothing: it is accepted
};

const Identity& root() { return trusted_authority(); }

CertificateSpec named(const std::string& names) {
    CertificateSpec spec;
    spec.names = names;
    return spec;
}

std::function<Shown()> for_names(const std::string& names) {
    return [names] { return Shown{root().issue(named(names))}; };
}

/// A leaf that `change` has changed.
std::function<Shown()> with(void (*change)(CertificateSpec&)) {
    return [change] {
        CertificateSpec spec;
        change(spec);
        return Shown{root().issue(spec)};
    };
}

/// A leaf of an authority in between, which `change` has changed.
std::function<Shown()> behind(void (*change)(CertificateSpec&), const std::string& names = "DNS:a.example") {
    return [change, names] {
        CertificateSpec spec;
        change(spec);
        const Identity between = root().issue_authority("Between", spec);
        return Shown{between.issue(named(names)), {between}};
    };
}

void unchanged(CertificateSpec& /*spec*/) {}

constexpr const char* kNotFor = "not for ";

// What must be so for the name: RFC 6125 section 6.4, RFC 9110 section 4.3.4.
const std::vector<Case>& name_cases() {
    static const std::vector<Case> cases = {
        {"the name", "a.example", for_names("DNS:a.example")},
        {"one of several", "b.example", for_names("DNS:a.example,DNS:b.example")},
        {"another host", "b.example", for_names("DNS:a.example"),
         "the certificate is for a.example, not for b.example"},
        {"a host behind the name", "x.a.example", for_names("DNS:a.example"), kNotFor},
        {"a host before the name", "example", for_names("DNS:a.example"), kNotFor},
        {"a name that ends alike", "nota.example", for_names("DNS:a.example"), kNotFor},
        {"upper case in the host", "A.EXAMPLE", for_names("DNS:a.example")},
        {"upper case in the certificate", "a.example", for_names("DNS:A.Example")},
        {"the root's dot at the host", "a.example.", for_names("DNS:a.example")},
        {"the root's dot in the certificate", "a.example", for_names("DNS:a.example."), kNotFor},
        {"a wildcard", "x.a.example", for_names("DNS:*.a.example")},
        {"a wildcard and two labels", "x.y.a.example", for_names("DNS:*.a.example"), kNotFor},
        {"a wildcard and the bare domain", "a.example", for_names("DNS:*.a.example"), kNotFor},
        {"a wildcard over all of a top-level domain", "a.example", for_names("DNS:*.example"), kNotFor},
        {"a wildcard over everything", "localhost", for_names("DNS:*"), kNotFor},
        {"a wildcard over a public suffix of two labels", "bank.co.uk", for_names("DNS:*.co.uk")},
        {"a wildcard for a part of a label", "foo.a.example", for_names("DNS:f*.a.example"), kNotFor},
        {"a wildcard in the second label", "x.y.a.example", for_names("DNS:x.*.a.example"), kNotFor},
        {"two wildcards", "x.y.a.example", for_names("DNS:*.*.a.example"), kNotFor},
        {"a name in Punycode", "xn--mnchen-3ya.example", for_names("DNS:xn--mnchen-3ya.example")},
        {"a wildcard for a name in Punycode", "xn--mnchen-3ya.a.example", for_names("DNS:*.a.example")},
        {"a part of a label in Punycode", "xn--mnchen-3ya.a.example", for_names("DNS:xn--*.a.example"), kNotFor},
        {"a common name alone", "a.example", for_names(""), "names no host (a common name does not count)"},
        {"a common name beside other names", "a.example", for_names("DNS:b.example"), "is for b.example, not for"},
        {"a zero byte in the name", "a.example",
         [] {
             CertificateSpec spec = named("");
             spec.raw_name = std::string("a.example\0.evil.example", 23);
             return Shown{root().issue(spec)};
         },
         "not for a.example"},
        {"an address", "127.0.0.1", for_names("IP:127.0.0.1")},
        {"another address", "127.0.0.2", for_names("IP:127.0.0.1"), "is for 127.0.0.1, not for 127.0.0.2"},
        {"an address of IPv6", "::1", for_names("IP:::1")},
        {"the same written at length", "0:0:0:0:0:0:0:1", for_names("IP:::1")},
        {"the same as in a URL", "[::1]", for_names("IP:::1")},
        {"an address of a link", "fe80::1%eth0", for_names("IP:fe80::1")},
        {"another address of IPv6", "::2", for_names("IP:::1"), "is for ::1, not for ::2"},
        {"an address that is called a name", "127.0.0.1", for_names("DNS:127.0.0.1"), "not for 127.0.0.1"},
        {"an address and a wildcard", "127.0.0.1", for_names("DNS:*.0.0.1"), "not for 127.0.0.1"},
        {"an address that is the common name", "127.0.0.1", with([](CertificateSpec& spec) {
             spec.common_name = "127.0.0.1";
             spec.names = "";
         }),
         "names no host"},
        {"names of another kind", "a.example", for_names("email:a@a.example,URI:https://a.example"), "names no host"},
    };
    return cases;
}

// What must be so for everything else: RFC 5280.
const std::vector<Case>& own_cases() {
    static const std::vector<Case> cases = {
        {"expired", "a.example", with([](CertificateSpec& spec) {
             spec.from_days = -10;
             spec.to_days = -2;
         }),
         "the certificate has expired (on 2"},
        {"not yet valid", "a.example", with([](CertificateSpec& spec) { spec.from_days = 1, spec.to_days = 9; }),
         "the certificate is not valid yet (from 2"},
        {"self-signed", "a.example", [] { return Shown{Identity::self_signed({})}; },
         "self-signed certificate; pass ca_file()"},
        {"for servers", "a.example", with([](CertificateSpec& spec) { spec.extended_key_usage = "serverAuth"; })},
        {"for clients alone", "a.example", with([](CertificateSpec& spec) { spec.extended_key_usage = "clientAuth"; }),
         "not meant for this (extended key usage)"},
    };
    return cases;
}

const std::vector<Case>& chain_cases() {
    static const std::vector<Case> cases = {
        {"an unknown authority that is not sent", "a.example",
         [] { return Shown{Identity::authority("Nobody").issue({})}; },
         "unknown certificate authority (CN=Nobody); pass ca_file()"},
        {"an unknown authority that is sent", "a.example",
         [] {
             const Identity nobody = Identity::authority("Nobody");
             return Shown{nobody.issue({}), {nobody}};
         },
         "unknown certificate authority (CN=Nobody)"},
        {"an authority of the same name with another key", "a.example",
         [] { return Shown{Identity::authority("Test CA").issue({})}; }, "the certificate"},
        {"through another authority", "a.example", behind(unchanged)},
        {"through another authority that is not sent", "a.example",
         [] { return Shown{root().issue_authority("Between").issue({})}; },
         "unknown certificate authority (CN=Between)"},
        {"through two authorities in the wrong order", "a.example",
         [] {
             const Identity first = root().issue_authority("First");
             const Identity second = first.issue_authority("Second");
             return Shown{second.issue({}), {first, second}};
         }},
        {"more certificates than are needed", "a.example",
         [] { return Shown{root().issue({}), {Identity::authority("Nobody")}}; }},
        {"through a host's certificate", "a.example",
         [] {
             const Identity host = root().issue({});
             CertificateSpec spec;
             spec.common_name = "below";
             return Shown{host.issue(spec), {host}};
         },
         "may not sign others"},
        {"through what says that it is no authority", "a.example",
         behind([](CertificateSpec& spec) { spec.constraints = "critical,CA:FALSE"; }), "may not sign others"},
        {"through an authority that may not sign", "a.example",
         behind([](CertificateSpec& spec) { spec.key_usage = "critical,cRLSign"; }), "key usage forbids it"},
        {"through an authority that has expired", "a.example", behind([](CertificateSpec& spec) {
             spec.from_days = -10;
             spec.to_days = -2;
         }),
         "the authority's certificate (CN=Between) has expired (on 2"},
        {"a path longer than is allowed", "a.example",
         [] {
             CertificateSpec last;
             last.constraints = "critical,CA:TRUE,pathlen:0";
             const Identity first = root().issue_authority("First", last);
             const Identity second = first.issue_authority("Second");
             return Shown{second.issue({}), {second, first}};
         },
         "(path length)"},
        {"names that the authority may sign for", "a.example",
         behind([](CertificateSpec& spec) { spec.name_constraints = "permitted;DNS:example"; })},
        {"names that it may not sign for", "a.example",
         behind([](CertificateSpec& spec) { spec.name_constraints = "permitted;DNS:other.example"; }),
         "(name constraints)"},
        {"names that are taken out", "a.example",
         behind([](CertificateSpec& spec) { spec.name_constraints = "excluded;DNS:a.example"; }), "(name constraints)"},
        {"of an authority for clients alone", "a.example",
         behind([](CertificateSpec& spec) { spec.extended_key_usage = "clientAuth"; }), "(extended key usage)"},
    };
    return cases;
}

const std::vector<Case>& weak_cases() {
    static const std::vector<Case> cases = {
        {"signed with SHA-1", "a.example", with([](CertificateSpec& spec) { spec.digest = "SHA1"; }), "can be forged"},
        {"signed with MD5", "a.example",
         [] {
             CertificateSpec spec;
             spec.rsa_bits = 2048;
             const Identity between = root().issue_authority("Between", spec);
             spec.digest = "MD5";
             return Shown{between.issue(spec), {between}};
         },
         "can be forged"},
        {"an authority signed with SHA-1", "a.example", behind([](CertificateSpec& spec) { spec.digest = "SHA1"; }),
         "can be forged"},
        {"RSA of 2048 bits", "a.example", with([](CertificateSpec& spec) { spec.rsa_bits = 2048; })},
        {"RSA of 1024 bits", "a.example", with([](CertificateSpec& spec) { spec.rsa_bits = 1024; }),
         "the key of the certificate is too weak"},
        {"an authority with RSA of 1024 bits", "a.example", behind([](CertificateSpec& spec) { spec.rsa_bits = 1024; }),
         "is too weak"},
    };
    return cases;
}

std::vector<Case> all_cases() {
    std::vector<Case> all = name_cases();
    for (const auto* some : {&own_cases(), &chain_cases(), &weak_cases()})
        all.insert(all.end(), some->begin(), some->end());
    return all;
}

TlsPair shaken(const TlsClientSettings& client, const Case& c) {
    const Shown shown = c.make();
    const TestServer server(shown.leaf, shown.chain);
    TlsPair pair = pair_of(client, server, c.host);
    pair.shake_hands();
    return pair;
}

std::string verdict(const TlsPair& pair) {
    if (pair.is_open()) return "accepted";
    const TlsFailure& failure = pair.client->failure();
    return format("{}: {}", failure.fault == TlsFault::certificate ? "certificate" : "other", failure.text);
}

TEST(TlsCertificates, AreAcceptedOrRefusedWithAReason) {
    const TlsClientSettings client(trusting_options());
    for (const Case& c : all_cases()) {
        SCOPED_TRACE(c.name);
        const TlsPair pair = shaken(client, c);
        if (c.refused == nullptr) {
            EXPECT_EQ(verdict(pair), "accepted");
        } else {
            EXPECT_THAT(verdict(pair), testing::AllOf(testing::StartsWith("certificate: "), HasSubstr(c.refused)));
            EXPECT_EQ(pair.server->state(), TlsState::failed);
        }
    }
}

TEST(TlsCertificates, AreAllAcceptedWhenNobodyVerifies) {
    const TlsClientSettings client(TlsOptions().dangerously_unverified());
    for (const Case& c : all_cases()) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(verdict(shaken(client, c)), "accepted");
    }
}

TEST(TlsCertificates, AreNoBetterWithAnOlderVersion) {
    const TlsClientSettings client(trusting_options());
    for (const Case& c : all_cases()) {
        SCOPED_TRACE(c.name);
        const Shown shown = c.make();
        TestServer server(shown.leaf, shown.chain);
        SSL_CTX_set_max_proto_version(server.context(), TLS1_2_VERSION);
        TlsPair pair = pair_of(client, server, c.host);
        pair.shake_hands();
        EXPECT_EQ(verdict(pair) == "accepted", c.refused == nullptr) << verdict(pair);
    }
}

// TLS 1.3 knows no signature that is short enough.
TEST(TlsCertificates, OfRsaWith512BitsAreRefusedWithTheOlderVersionToo) {
    CertificateSpec weak;
    weak.rsa_bits = 512;
    const Identity identity = root().issue(weak);
    const TlsClientSettings client(trusting_options());
    TestServer server(identity);
    TlsPair newer = pair_of(client, server);
    EXPECT_FALSE(newer.shake_hands().is_open());
    SSL_CTX_set_max_proto_version(server.context(), TLS1_2_VERSION);
    TlsPair older = pair_of(client, server);
    EXPECT_THAT(verdict(older.shake_hands()), HasSubstr("the key of the certificate is too weak"));
}

TEST(TlsCertificates, ThatAreRefusedLeaveNoSession) {
    const TlsClientSettings client(trusting_options());
    for (const Case& c : all_cases()) {
        if (c.refused == nullptr) continue;
        const TlsPair pair = shaken(client, c);
        EXPECT_EQ(client.sessions()->size(), 0U) << c.name;
    }
}

TEST(TlsCertificates, WhateverTheUserTrustsIsTrusted) {
    const Identity own = Identity::self_signed({});
    const Identity between = root().issue_authority("Between");
    const Identity leaf = between.issue({});
    const Identity alien = Identity::authority("Nobody").issue({});
    const struct {
        const char* name;
        const Identity& trusted;
        const Identity& shown;
        bool accepted;
    } cases[] = {
        {"a server's own certificate", own, own, true},
        {"an authority in between", between, leaf, true},
        {"a server's certificate that another has signed", leaf, leaf, true},
        {"another server's certificate", leaf, own, false},
        {"another authority", between, alien, false},
    };
    for (const auto& c : cases) {
        const TlsClientSettings client(TlsOptions().ca_pem(c.trusted.pem()).without_system_cas());
        TlsPair pair = pair_of(client, TestServer(c.shown));
        pair.shake_hands();
        EXPECT_EQ(pair.is_open(), c.accepted) << c.name << ": " << pair.client->failure().text;
    }
}

TEST(TlsCertificates, TheUsersAuthoritiesStandBesideTheSystems) {
    const Identity first = Identity::authority("First");
    const TlsClientSettings both(TlsOptions().ca_pem(first.pem()).ca_pem(root().pem()));
    for (const Identity* authority : {&first, &root()}) {
        TlsPair pair = pair_of(both, TestServer(authority->issue({})));
        EXPECT_TRUE(pair.shake_hands().is_open()) << pair.client->failure().text;
    }
    const TlsClientSettings nobody{TlsOptions()};
    TlsPair pair = pair_of(nobody, good_server());
    EXPECT_FALSE(pair.shake_hands().is_open());
    EXPECT_THAT(pair.client->failure().text, HasSubstr("unknown certificate authority (CN=Test CA)"));
}

TEST(TlsCertificates, NamesOfNoHostAreRefusedBeforeAnythingIsSent) {
    const TlsClientSettings client(trusting_options());
    using namespace std::string_literals;
    for (const std::string& host :
         {""s, "a.example\0.evil"s, "a b"s, "a\r\nb"s, "münchen.example"s, std::string(254, 'a')})
        EXPECT_THROW((void)client.engine(host, 443), UsageError) << host;
}

std::string name_asked_for(const TlsClientSettings& client, const std::string& host) {
    std::string asked;
    const TestServer server(root().issue({}));
    SSL_CTX_set_tlsext_servername_callback(
        server.context(), +[](SSL* ssl, int* /*alert*/, void* to) {
            const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
            *static_cast<std::string*>(to) = name == nullptr ? "no name" : name;
            return SSL_TLSEXT_ERR_OK;
        });
    SSL_CTX_set_tlsext_servername_arg(server.context(), &asked);
    TlsPair pair = pair_of(client, server, host);
    pair.shake_hands();
    return asked;
}

TEST(TlsCertificates, ServersAreToldTheNameButNoAddress) {
    const TlsClientSettings client(trusting_options());
    EXPECT_EQ(name_asked_for(client, "a.example"), "a.example");
    EXPECT_EQ(name_asked_for(client, "A.Example."), "a.example");
    EXPECT_EQ(name_asked_for(client, "127.0.0.1"), "no name");
    EXPECT_EQ(name_asked_for(client, "[::1]"), "no name");
}

}  // namespace
}  // namespace trawl::net
