#include "jwt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/http/auth.hpp"
#include "trawl/http/client.hpp"
#include "trawl/http/json.hpp"

namespace trawl::http {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::Answer;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ok;
using testing::ScriptedServer;

/// A key that lives as long as the test.
class TestKey {
public:
    explicit TestKey(EVP_PKEY* key) : key_(key) {}
    TestKey(const TestKey&) = delete;
    TestKey& operator=(const TestKey&) = delete;
    ~TestKey() { EVP_PKEY_free(key_); }
    [[nodiscard]] EVP_PKEY* get() const { return key_; }

    [[nodiscard]] std::string pem(const std::string& passphrase = {}) const {
        BIO* memory = BIO_new(BIO_s_mem());
        const EVP_CIPHER* cipher = passphrase.empty() ? nullptr : EVP_aes_128_cbc();
        const auto* words = reinterpret_cast<const unsigned char*>(passphrase.data());
        PEM_write_bio_PrivateKey(memory, key_, cipher, words, static_cast<int>(passphrase.size()), nullptr, nullptr);
        return text_of(memory);
    }
    [[nodiscard]] std::string public_pem() const {
        BIO* memory = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(memory, key_);
        return text_of(memory);
    }

private:
    static std::string text_of(BIO* memory) {
        char* data = nullptr;
        const long size = BIO_get_mem_data(memory, &data);
        std::string text(data, static_cast<std::size_t>(size));
        BIO_free(memory);
        return text;
    }
    EVP_PKEY* key_;
};

const TestKey& rsa_key() {
    static const TestKey key(EVP_RSA_gen(2048));
    return key;
}
const TestKey& ec_key() {
    static const TestKey key(EVP_EC_gen("P-256"));
    return key;
}

std::string decoded(std::string_view text) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char letter : text) {
        const std::size_t value = letters.find(letter);
        EXPECT_NE(value, std::string_view::npos) << "no letter of base64url: " << letter;
        bits = bits << 6 | static_cast<unsigned>(value);
        if ((count += 6) >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xFFU);
    }
    return bytes;
}

/// Its parts, decoded, and what was signed.
struct Parts {
    std::string head, claims, signature, signed_text;
};

Parts parts_of(const std::string& token) {
    const std::size_t first = token.find('.');
    const std::size_t second = token.find('.', first + 1);
    return {decoded(token.substr(0, first)), decoded(token.substr(first + 1, second - first - 1)),
            decoded(token.substr(second + 1)), token.substr(0, second)};
}

bool is_signed(const TestKey& key, const std::string& text, std::string signature) {
    if (EVP_PKEY_is_a(key.get(), "EC") == 1) {
        EXPECT_EQ(signature.size(), 64U);
        const auto* bytes = reinterpret_cast<const unsigned char*>(signature.data());
        ECDSA_SIG* numbers = ECDSA_SIG_new();
        ECDSA_SIG_set0(numbers, BN_bin2bn(bytes, 32, nullptr), BN_bin2bn(bytes + 32, 32, nullptr));
        unsigned char* der = nullptr;
        const int size = i2d_ECDSA_SIG(numbers, &der);
        signature.assign(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
        OPENSSL_free(der);
        ECDSA_SIG_free(numbers);
    }
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key.get());
    const bool good =
        EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                         reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

JwtClaims claims() {
    JwtClaims all;
    all.issuer = "ada@example.com";
    all.subject = "\"quoted\"";
    all.audience = "https://id.example.com/token";
    all.scope = "read write";
    all.lifetime = 1h;
    return all;
}

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'800'000'000)};

TEST(Jwt, IsSignedByTheAlgorithmOfItsKey) {
    for (const auto& [key, algorithm] : {std::pair(&rsa_key(), "RS256"), std::pair(&ec_key(), "ES256")}) {
        const SigningKey signing(key->pem(), "");
        EXPECT_EQ(signing.algorithm(), algorithm);
        const Parts parts = parts_of(signed_jwt(signing, claims(), kNow));
        EXPECT_EQ(parts.head, format(R"({{"alg":"{}","typ":"JWT"}})", algorithm));
        EXPECT_TRUE(is_signed(*key, parts.signed_text, parts.signature)) << algorithm;
        EXPECT_FALSE(is_signed(*key, parts.signed_text + "x", parts.signature)) << algorithm;
    }
}

TEST(Jwt, ClaimsWhoItIsForWhomAndForHowLong) {
    const SigningKey signing(ec_key().pem(), "");
    const std::string text = parts_of(signed_jwt(signing, claims(), kNow)).claims;
    const Json all = Json::parse(text);
    EXPECT_EQ(all["iss"].string(), "ada@example.com");
    EXPECT_EQ(all["sub"].string(), "\"quoted\"");
    EXPECT_EQ(all["aud"].string(), "https://id.example.com/token");
    EXPECT_EQ(all["scope"].string(), "read write");
    EXPECT_EQ(all["iat"].integer(), 1'800'000'000);
    EXPECT_EQ(all["exp"].integer(), 1'800'003'600);
    JwtClaims without = claims();
    without.scope.clear();
    EXPECT_THAT(parts_of(signed_jwt(signing, without, kNow)).claims, Not(HasSubstr("scope")));
}

TEST(Jwt, TakesAKeyThatIsEncryptedOrInOneLine) {
    const SigningKey encrypted(rsa_key().pem("open sesame"), "open sesame");
    EXPECT_TRUE(is_signed(rsa_key(), "text", encrypted.sign("text")));
    std::string line = rsa_key().pem();
    for (std::size_t at = line.find('\n'); at != std::string::npos; at = line.find('\n')) line.replace(at, 1, "\\n");
    const SigningKey in_one_line(line, "");
    EXPECT_TRUE(is_signed(rsa_key(), "text", in_one_line.sign("text")));
}

TEST(Jwt, SaysWhatIsWrongWithAKeyAndNotWhatItIs) {
    const TestKey shorter(EVP_RSA_gen(1024));
    const TestKey other_curve(EVP_EC_gen("P-384"));
    struct Case {
        std::string pem, passphrase, words;
    };
    const Case cases[] = {
        {"", "", "none in PEM"},
        {"hunter2", "", "none in PEM"},
        {rsa_key().public_pem(), "", "none in PEM"},
        {rsa_key().pem().substr(0, 500), "", "none in PEM"},
        {rsa_key().pem("open sesame"), "", "encrypted, and there is no passphrase"},
        {rsa_key().pem("open sesame"), "open says me", "the passphrase does not open"},
        {rsa_key().pem("open sesame"), std::string(5000, 'x'), "the passphrase does not open"},
        {shorter.pem(), "", "1024 bits"},
        {other_curve.pem(), "", "another kind"},
    };
    for (const Case& c : cases) {
        try {
            const SigningKey key(c.pem, c.passphrase);
            ADD_FAILURE() << c.words;
        } catch (const UsageError& error) {
            const std::string message = error.what();
            EXPECT_THAT(message, HasSubstr(c.words));
            EXPECT_THAT(message, AllOf(Not(HasSubstr("hunter2")), Not(HasSubstr("says me")), Not(HasSubstr("sesame"))));
            const std::string part = c.pem.size() > 100 ? c.pem.substr(40, 20) : "hunter2";
            EXPECT_THAT(message, Not(HasSubstr(part)));
        }
    }
}

std::string json(int status, const std::string& text) {
    return format("HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", status,
                  text.size(), text);
}

Task<int> status_of(Client& client, std::shared_ptr<Auth> login) {
    Response answer = co_await client.get("/page").auth(std::move(login));
    co_return answer.status();
}

TEST(JwtBearerAuth, AsksOnceForATokenAndAnewWhenItIsRefused) {
    run([]() -> Task<> {
        const Answer one{json(200, R"({"access_token":"t1","expires_in":3600})")};
        const Answer two{json(200, R"({"access_token":"t2"})")};
        ScriptedServer tokens({{one, two}});
        const Answer fine{ok("")}, refused{"HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n"};
        ScriptedServer server({{fine, fine, refused, fine}});
        ClientOptions options;
        options.connections = 1;
        Client client(server.url(), options), other;
        auto login = std::make_shared<JwtBearerAuth>(other, tokens.url() + "/token", "ada", rsa_key().pem());
        login->scope("read").header("X-Key", "k").lifetime_unless_told(1h);
        auto both = co_await gather(status_of(client, login), status_of(client, login));
        EXPECT_EQ(std::get<0>(both) + std::get<1>(both), 400);
        EXPECT_EQ(tokens.requests().size(), 1U);
        EXPECT_THAT(tokens.requests()[0], AllOf(HasSubstr("POST /token"), HasSubstr("X-Key: k")));
        const int again = co_await status_of(client, login);
        EXPECT_EQ(again, 200);
        EXPECT_EQ(tokens.requests().size(), 2U);
        // The first request's body stands in front of the second one.
        const std::string& form = tokens.requests()[1];
        EXPECT_THAT(form, HasSubstr("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="));
        const std::size_t begin = form.find("assertion=") + 10;
        const Parts parts = parts_of(form.substr(begin, form.find("POST") - begin));
        EXPECT_TRUE(is_signed(rsa_key(), parts.signed_text, parts.signature));
        EXPECT_THAT(parts.claims, AllOf(HasSubstr(R"("iss":"ada","sub":"ada","aud":")" + tokens.url() + "/token\""),
                                        HasSubstr(R"("scope":"read")")));
        EXPECT_THAT(server.requests().back(), HasSubstr("Bearer t2"));
    }());
}

TEST(JwtBearerAuth, SaysWhyThereIsNoTokenAndNotWhatItSent) {
    run([]() -> Task<> {
        struct Case {
            std::string answer, words;
        };
        const Case cases[] = {
            {json(400, R"({"error":"invalid_grant","error_description":"you sent hush"})"),
             "no token: invalid_grant (status 400); check the client's id, its private key and this clock"},
            {json(400, R"({"error":")" + std::string(300, 'x') + R"("})"),
             "no token: an error that is no code (status 400); check"},
        };
        for (const Case& c : cases) {
            const Answer answer{c.answer};
            ScriptedServer tokens({{answer}});
            Client client(tokens.url());
            auto login = std::make_shared<JwtBearerAuth>(client, tokens.url() + "/token", "ada", ec_key().pem());
            std::string said;
            try {
                co_await client.get("/").auth(login);
            } catch (const AuthError& error) {
                said = error.what();
            }
            EXPECT_THAT(said, AllOf(HasSubstr(c.words), Not(HasSubstr("hush")), Not(HasSubstr("xxx"))));
        }
    }());
}

TEST(JwtBearerAuth, WantsAUrlThatIsSafeAndAKeyThatSigns) {
    run([]() -> Task<> {
        Client client;
        EXPECT_THROW(JwtBearerAuth(client, "http://example.com/token", "ada", ec_key().pem()), UsageError);
        EXPECT_THROW(JwtBearerAuth(client, "https://example.com/token", "", ec_key().pem()), UsageError);
        EXPECT_THROW(JwtBearerAuth(client, "https://example.com/token", "ada", "hush"), UsageError);
        EXPECT_THROW(JwtBearerAuth::check_key(ec_key().pem("open sesame")), UsageError);
        EXPECT_NO_THROW(JwtBearerAuth::check_key(ec_key().pem("open sesame"), "open sesame"));
        co_return;
    }());
}

}  // namespace
}  // namespace trawl::http
