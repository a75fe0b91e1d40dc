/// TlsEngine against itself, without sockets: bytes handed over in pieces, ends, refusals, and peers that misbehave.
#include "tls_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>

#include "tls_pair.hpp"
#include "tls_sessions.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

using testing::HasSubstr;

SSL* ssl_of(TlsEngine& engine) { return engine.ssl(); }

TEST(TlsEngine, ShakesHandsAndCarriesBytesBothWays) {
    TlsPair pair = connected_pair();
    ASSERT_TRUE(pair.is_open()) << pair.client->failure().text << pair.server->failure().text;
    EXPECT_TRUE(pair.client->write("question"));
    EXPECT_EQ(deliver(*pair.server, sent_by(*pair.client)), "question");
    EXPECT_TRUE(pair.server->write("answer"));
    EXPECT_EQ(deliver(*pair.client, sent_by(*pair.server)), "answer");
    EXPECT_EQ(pair.client->version(), "TLSv1.3");
    EXPECT_EQ(pair.client->cipher(), pair.server->cipher());
}

TEST(TlsEngine, RecordsMayBeCutAtAnyByte) {
    const TlsClientSettings settings(trusting_options());
    std::string text(40'000, 'x');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 26);
    for (const std::size_t piece : {1UL, 2UL, 3UL, 4UL, 5UL, 6UL, 7UL, 100UL, 16'000UL, 17'000UL}) {
        TlsPair pair = pair_of(settings, good_server());
        pair.shake_hands(piece);
        ASSERT_TRUE(pair.is_open()) << piece << pair.client->failure().text;
        ASSERT_TRUE(pair.client->write(text));
        EXPECT_EQ(deliver(*pair.server, sent_by(*pair.client), piece), text) << piece;
        ASSERT_TRUE(pair.server->write(text));
        EXPECT_EQ(deliver(*pair.client, sent_by(*pair.server), piece), text) << piece;
    }
}

TEST(TlsEngine, OneReadGivesAllWholeRecordsOfAChunk) {
    TlsPair pair = connected_pair();
    for (const char* word : {"one ", "two ", "three"}) ASSERT_TRUE(pair.server->write(word));
    const std::string wire = sent_by(*pair.server);
    std::string_view cut(wire.data(), wire.size() - 1);
    std::string plain(100, '\0');
    plain.resize(pair.client->read(cut, plain.data(), plain.size()));
    EXPECT_EQ(plain, "one two ");
    EXPECT_TRUE(cut.empty());
    EXPECT_TRUE(pair.client->is_within_record());
    EXPECT_EQ(deliver(*pair.client, wire.substr(wire.size() - 1)), "three");
    EXPECT_FALSE(pair.client->is_within_record());
}

TEST(TlsEngine, WhatDoesNotFitStaysInTheChunkAndInTheRecord) {
    TlsPair pair = connected_pair();
    ASSERT_TRUE(pair.server->write("0123456789"));
    ASSERT_TRUE(pair.server->write("abc"));
    const std::string bytes = sent_by(*pair.server);
    std::string_view wire = bytes;
    char few[4];
    EXPECT_EQ(pair.client->read(wire, few, sizeof few), 4U);
    EXPECT_TRUE(pair.client->has_plaintext());
    EXPECT_FALSE(wire.empty());
    EXPECT_EQ(read_all(*pair.client, wire), "456789abc");
    EXPECT_FALSE(pair.client->has_plaintext());
}

TEST(TlsEngine, APartOfAHeaderOrOfABodyIsAPartOfARecord) {
    TlsPair pair = connected_pair();
    ASSERT_TRUE(pair.server->write("x"));
    const std::string wire = sent_by(*pair.server);
    EXPECT_FALSE(pair.client->is_within_record());
    for (std::size_t i = 0; i + 1 < wire.size(); ++i) {
        EXPECT_EQ(deliver(*pair.client, wire.substr(i, 1)), "");
        EXPECT_TRUE(pair.client->is_within_record()) << i;
    }
    EXPECT_EQ(deliver(*pair.client, wire.substr(wire.size() - 1)), "x");
    EXPECT_FALSE(pair.client->is_within_record());
}

TEST(TlsEngine, AnEndIsToldApartFromACut) {
    TlsPair pair = connected_pair();
    ASSERT_TRUE(pair.server->write("all"));
    pair.server->end_writing();
    EXPECT_EQ(deliver(*pair.client, sent_by(*pair.server)), "all");
    EXPECT_EQ(pair.client->state(), TlsState::ended);
    pair.client->end_of_wire();
    EXPECT_EQ(pair.client->state(), TlsState::ended);
    EXPECT_TRUE(pair.client->write("the other half goes on"));
    EXPECT_EQ(deliver(*pair.server, sent_by(*pair.client)), "the other half goes on");

    TlsPair cut = connected_pair();
    ASSERT_TRUE(cut.server->write("all?"));
    EXPECT_EQ(deliver(*cut.client, sent_by(*cut.server)), "all?");
    cut.client->end_of_wire();
    EXPECT_EQ(cut.client->failure().fault, TlsFault::truncated);
    EXPECT_THAT(cut.client->failure().text, HasSubstr("close_notify"));
}

TEST(TlsEngine, AnEndDuringTheHandshakeIsACut) {
    const TlsClientSettings settings(trusting_options());
    TlsPair pair = pair_of(settings, good_server());
    std::string_view nothing;
    pair.client->shake_hands(nothing);
    pair.client->end_of_wire();
    EXPECT_EQ(pair.client->failure().fault, TlsFault::truncated);
    EXPECT_THAT(pair.client->failure().text, HasSubstr("during the handshake"));
}

TEST(TlsEngine, NothingIsWrittenBehindOurEnd) {
    TlsPair pair = connected_pair();
    pair.client->end_writing();
    EXPECT_FALSE(pair.client->write("more"));
    const std::string end = sent_by(*pair.client);
    EXPECT_FALSE(end.empty());
    pair.client->end_writing();
    EXPECT_EQ(sent_by(*pair.client), "");
    EXPECT_EQ(deliver(*pair.server, end), "");
    EXPECT_EQ(pair.server->state(), TlsState::ended);
}

TEST(TlsEngine, SomethingElseThanTlsIsNamed) {
    const TlsClientSettings settings(trusting_options());
    const std::unique_ptr<TlsEngine> client = settings.engine("a.example", 443);
    deliver(*client, "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n");
    EXPECT_EQ(client->failure().fault, TlsFault::not_tls);
    EXPECT_THAT(client->failure().text, HasSubstr("does not speak TLS on this port"));
    EXPECT_THAT(client->failure().text, HasSubstr("'HTTP/1.1 400 Bad Request'"));

    const std::unique_ptr<TlsEngine> server = good_server().engine();
    deliver(*server, "GET / HTTP/1.1\r\n\r\n", 1);
    EXPECT_EQ(server->failure().fault, TlsFault::not_tls);
}

TEST(TlsEngine, ControlCharactersOfAPeerAreNotShown) {
    const TlsClientSettings settings(trusting_options());
    const std::unique_ptr<TlsEngine> client = settings.engine("a.example", 443);
    deliver(*client, "\x1b[31mred" + std::string(1000, '!'));
    EXPECT_THAT(client->failure().text, HasSubstr("'.[31mred!!!!"));
    EXPECT_LT(client->failure().text.size(), 250U);
}

TEST(TlsEngine, AForgedRecordIsAFailure) {
    TlsPair pair = connected_pair();
    ASSERT_TRUE(pair.server->write("true"));
    std::string wire = sent_by(*pair.server);
    wire.back() = static_cast<char>(wire.back() ^ 1);
    EXPECT_EQ(deliver(*pair.client, wire), "");
    EXPECT_EQ(pair.client->failure().fault, TlsFault::protocol);
    EXPECT_THAT(pair.client->failure().text, HasSubstr("damaged or forged"));
    EXPECT_FALSE(pair.client->write("more"));
    deliver(*pair.server, sent_by(*pair.client));
    EXPECT_EQ(pair.server->failure().fault, TlsFault::alert);
    EXPECT_THAT(pair.server->failure().text, HasSubstr("bad_record_mac"));
}

TEST(TlsEngine, ABytePutInsideAnEndOfTlsCountsForNothing) {
    TlsPair pair = connected_pair();
    pair.server->end_writing();
    EXPECT_EQ(deliver(*pair.client, sent_by(*pair.server) + "rubbish"), "");
    EXPECT_EQ(pair.client->state(), TlsState::ended);
}

TEST(TlsEngine, TicketsAndNewKeysAreNoData) {
    TlsPair pair = connected_pair();
    ASSERT_EQ(SSL_new_session_ticket(ssl_of(*pair.server)), 1);
    ASSERT_EQ(SSL_do_handshake(ssl_of(*pair.server)), 1);
    ASSERT_EQ(SSL_key_update(ssl_of(*pair.server), SSL_KEY_UPDATE_REQUESTED), 1);
    ASSERT_EQ(SSL_do_handshake(ssl_of(*pair.server)), 1);
    const std::string wire = sent_by(*pair.server);
    EXPECT_EQ(deliver(*pair.client, wire, 1), "");
    EXPECT_EQ(pair.client->state(), TlsState::open);
    EXPECT_FALSE(pair.client->is_within_record());
    ASSERT_TRUE(pair.client->write("with new keys"));
    EXPECT_EQ(deliver(*pair.server, sent_by(*pair.client)), "with new keys");
    ASSERT_TRUE(pair.server->write("here too"));
    EXPECT_EQ(deliver(*pair.client, sent_by(*pair.server)), "here too");
}

TEST(TlsEngine, NewKeysWithoutEndAreALimit) {
    TlsPair pair = connected_pair();
    for (int i = 0; i < 100'000 && pair.client->state() == TlsState::open; ++i) {
        ASSERT_EQ(SSL_key_update(ssl_of(*pair.server), SSL_KEY_UPDATE_REQUESTED), 1);
        ASSERT_EQ(SSL_do_handshake(ssl_of(*pair.server)), 1);
        deliver(*pair.client, sent_by(*pair.server));
        EXPECT_LE(pair.client->output().size(), TlsEngine::kAnswersMax + 100);
    }
    EXPECT_EQ(pair.client->failure().fault, TlsFault::limit) << pair.client->failure().text;
}

TEST(TlsEngine, AHandshakeWithoutEndIsALimit) {
    const TlsClientSettings settings(trusting_options());
    const std::unique_ptr<TlsEngine> client = settings.engine("a.example", 443);
    std::string_view nothing;
    client->shake_hands(nothing);
    // One message of 16 MB, in records of 16 KB.
    const std::string header = std::string("\x16\x03\x03\x40\x00", 5);
    const std::string first = header + "\x02\xff\xff\xff" + std::string(16'380, 'x');
    std::size_t sent = 0;
    for (; sent < (1U << 24) && client->state() == TlsState::handshake; sent += first.size())
        deliver(*client, sent == 0 ? first : header + std::string(16'384, 'x'));
    EXPECT_EQ(client->state(), TlsState::failed);
    EXPECT_LE(sent, TlsEngine::kHandshakeMax + first.size());
    EXPECT_LE(client->output().size(), 1000U);
}

// In TLS 1.3, a change_cipher_spec counts for nothing (RFC 8446 appendix D.4), also the thousandth.
TEST(TlsEngine, RecordsThatCountForNothingAreALimitToo) {
    const TlsClientSettings settings(trusting_options());
    TlsPair pair = pair_of(settings, good_server());
    std::string_view nothing;
    pair.client->shake_hands(nothing);
    deliver(*pair.server, sent_by(*pair.client));
    const std::string answer = sent_by(*pair.server);
    deliver(*pair.client, answer.substr(0, 5 + static_cast<unsigned char>(answer[4])));
    for (int i = 0; i < 100'000 && pair.client->state() == TlsState::handshake; ++i)
        deliver(*pair.client, std::string("\x14\x03\x03\0\1\1", 6));
    EXPECT_EQ(pair.client->state(), TlsState::failed);
}

TEST(TlsEngine, ARenegotiationIsRefused) {
    const TlsClientSettings settings(trusting_options());
    TestServer old(trusted_authority().issue({}));
    SSL_CTX_set_max_proto_version(old.context(), TLS1_2_VERSION);
    TlsPair pair = pair_of(settings, old);
    pair.shake_hands();
    ASSERT_TRUE(pair.is_open());
    ASSERT_EQ(SSL_renegotiate(ssl_of(*pair.server)), 1);
    SSL_do_handshake(ssl_of(*pair.server));
    EXPECT_EQ(deliver(*pair.client, sent_by(*pair.server)), "");
    EXPECT_EQ(pair.client->state(), TlsState::open);
    deliver(*pair.server, sent_by(*pair.client));
    EXPECT_EQ(pair.server->state(), TlsState::failed);
    EXPECT_THAT(pair.server->failure().text, HasSubstr("no renegotiation"));
}

/// Damages what a server sends at random: the verdict may be any, but bytes that were not sent never come out.
TEST(TlsEngine, DamagedBytesNeverBecomeOthers) {
    const TlsClientSettings settings(trusting_options());
    std::mt19937 random(1);
    int whole = 0;
    for (int round = 0; round < 200; ++round) {
        TlsPair pair = pair_of(settings, good_server());
        std::string_view nothing;
        pair.client->shake_hands(nothing);
        deliver(*pair.server, sent_by(*pair.client));
        std::string wire = sent_by(*pair.server);
        if (round % 2 == 0) {
            deliver(*pair.client, std::exchange(wire, {}));
            deliver(*pair.server, sent_by(*pair.client));
            ASSERT_TRUE(pair.server->write("0123456789"));
            wire = sent_by(*pair.server);
        }
        const std::size_t at = std::uniform_int_distribution<std::size_t>(0, wire.size() - 1)(random);
        wire[at] = static_cast<char>(wire[at] ^ (1 << (round % 8)));
        const std::string plain = deliver(*pair.client, wire, 1 + static_cast<std::size_t>(round) * 7);
        EXPECT_TRUE(plain.empty() || plain == "0123456789") << plain;
        whole += pair.client->state() == TlsState::open && !plain.empty() ? 1 : 0;
    }
    EXPECT_EQ(whole, 0);
}

}  // namespace
}  // namespace trawl::net
