/// Options as a pool's key, and the files that they name.
#include "trawl/net/tls_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "certificates.hpp"
#include "disk.hpp"
#include "trawl/net/tls.hpp"

namespace trawl {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(TlsOptions, HaveTheSameKeyWhenTheyAreEqualAndNoOther) {
    const std::vector<TlsOptions> all = {
        TlsOptions(),
        TlsOptions().dangerously_unverified(),
        TlsOptions().without_system_cas(),
        TlsOptions().ca_file("a"),
        TlsOptions().ca_file("b"),
        TlsOptions().ca_file("a").ca_file("b"),
        TlsOptions().ca_file("ab"),
        TlsOptions().ca_file("a;f1:b"),
        TlsOptions().ca_pem("a"),
        TlsOptions().client_certificate("a", "b"),
        TlsOptions().client_certificate("b", "a"),
        TlsOptions().alpn({"h2"}),
        TlsOptions().alpn({"h2", "http/1.1"}),
        TlsOptions().alpn({"http/1.1", "h2"}),
        TlsOptions().min_version(TlsVersion::kTls13),
    };
    std::set<std::string> keys;
    for (const TlsOptions& one : all) {
        keys.insert(one.key());
        for (const TlsOptions& other : all) EXPECT_EQ(one == other, one.key() == other.key());
    }
    EXPECT_EQ(keys.size(), all.size());
    EXPECT_EQ(TlsOptions().key(), "");
    EXPECT_EQ(TlsContext(TlsOptions().alpn({"h2"})).key(), TlsOptions().alpn({"h2"}).key());
}

TEST(TlsOptions, RefuseProtocolsWithoutANameOrWithTooLongAOne) {
    EXPECT_THROW(TlsOptions().alpn({"h2", ""}), UsageError);
    EXPECT_THROW(TlsOptions().alpn({std::string(256, 'x')}), UsageError);
    EXPECT_NO_THROW(TlsOptions().alpn({std::string(255, 'x')}));
}

template <class Options>
std::string complaint(const Options& options) {
    try {
        if constexpr (std::is_same_v<Options, TlsOptions>) {
            TlsContext context(options);
        } else {
            TlsServerContext context(options);
        }
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

class TlsFiles : public testing::Test {
protected:
    Disk disk_;
    Identity identity_ = Identity::self_signed({});
    std::string chain_ = write_text(disk_ / "chain.pem", identity_.pem());
    std::string key_ = write_text(disk_ / "key.pem", identity_.key_pem());
};

TEST_F(TlsFiles, ThatAreGoodAreRead) {
    const std::string both = write_text(disk_ / "both.pem", identity_.key_pem() + identity_.pem());
    EXPECT_EQ(complaint(TlsOptions().ca_file(chain_).client_certificate(chain_, key_)), "no error");
    EXPECT_EQ(complaint(TlsOptions().client_certificate(both, both)), "no error");
    EXPECT_EQ(complaint(TlsServerOptions(chain_, key_).require_client(chain_)), "no error");
    EXPECT_EQ(complaint(TlsOptions().ca_pem("# my own\n" + identity_.pem() + "\n" + identity_.pem())), "no error");
}

TEST_F(TlsFiles, ThatAreMissingAreNamed) {
    EXPECT_THROW(TlsContext(TlsOptions().ca_file(disk_ / "none.pem")), FileError);
    EXPECT_THAT(complaint(TlsOptions().ca_file(disk_ / "none.pem")),
                AllOf(HasSubstr(disk_ / "none.pem"), HasSubstr("No such file"), HasSubstr("ca_file()")));
    EXPECT_THAT(complaint(TlsOptions().client_certificate(disk_ / "none.pem", key_)), HasSubstr("none.pem"));
    EXPECT_THAT(complaint(TlsOptions().client_certificate(chain_, disk_ / "none.key")), HasSubstr("none.key"));
    EXPECT_THAT(complaint(TlsServerOptions(chain_, key_).require_client(disk_ / "none.ca")), HasSubstr("none.ca"));
}

TEST_F(TlsFiles, ThatAreSomethingElseAreNamed) {
    const std::string text = write_text(disk_ / "text", "not a certificate\n");
    std::string half = identity_.pem();
    half.erase(half.size() / 2, 20);
    EXPECT_THAT(complaint(TlsOptions().ca_file(text)), AllOf(HasSubstr(text), HasSubstr("no certificate in PEM form")));
    EXPECT_THAT(complaint(TlsOptions().ca_file(disk_.path())), HasSubstr(disk_.path()));
    EXPECT_THAT(complaint(TlsOptions().ca_pem("")), HasSubstr("the text given to ca_pem() has no certificate"));
    EXPECT_THAT(complaint(TlsOptions().ca_pem(identity_.pem() + half)), HasSubstr("certificate 2 of the text"));
    EXPECT_THAT(complaint(TlsOptions().client_certificate(text, key_)), HasSubstr(text));
    EXPECT_THAT(complaint(TlsOptions().client_certificate(chain_, text)),
                AllOf(HasSubstr(text), HasSubstr("no private key")));
}

TEST_F(TlsFiles, OfKeysThatDoNotFitOrAreEncryptedAreNamed) {
    const std::string other = write_text(disk_ / "other.key", Identity::self_signed({}).key_pem());
    const std::string locked = write_text(disk_ / "locked.key", identity_.key_pem("secret"));
    EXPECT_THAT(complaint(TlsOptions().client_certificate(chain_, other)),
                AllOf(HasSubstr(other), HasSubstr("is not that of the certificate in '" + chain_)));
    EXPECT_THAT(complaint(TlsOptions().client_certificate(chain_, locked)),
                AllOf(HasSubstr(locked), HasSubstr("is encrypted"), HasSubstr("openssl pkey")));
}

TEST_F(TlsFiles, OfKeysThatAreTooWeakAreNamed) {
    CertificateSpec weak;
    weak.rsa_bits = 1024;
    const Identity identity = Identity::self_signed(weak);
    const std::string chain = write_text(disk_ / "weak.pem", identity.pem());
    EXPECT_THAT(complaint(TlsOptions().client_certificate(chain, key_)),
                AllOf(HasSubstr(chain), HasSubstr("too small")));
}

}  // namespace
}  // namespace trawl
