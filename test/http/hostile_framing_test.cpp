/// Servers whose answers contradict themselves about where they end: each is an error, and leaves nothing behind that a
/// later request could take for its answer.
#include <gtest/gtest.h>

#include "hostile.hpp"

namespace trawl {
namespace {

using namespace std::string_literals;
using testing::check;
using testing::Hostile;
using testing::refused;
using testing::taken;
using testing::taken_as_last;
using testing::with;
using Then = testing::Answer::Then;

std::string length(const std::string& text) { return with("Content-Length: " + text + "\r\n\r\nabc"); }
std::string coding(const std::string& text) {
    return with("Transfer-Encoding: " + text + "\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
}
std::string chunked(const std::string& rest) { return with("Transfer-Encoding: chunked\r\n\r\n") + rest; }

TEST(HostileFraming, AContentLengthIsOneNumber) {
    const Hostile rows[] = {
        refused("two that differ", with("Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc")),
        refused("two that are equal", with("Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc")),
        refused("a list of different ones", length("3, 4")),
        refused("a list of equal ones", length("3, 3")),
        refused("a list that ends in nothing", length("3,")),
        refused("a plus", length("+3")),
        refused("a minus", length("-3")),
        refused("minus one", length("-1")),
        refused("hexadecimal", length("0x3")),
        refused("a letter behind it", length("3a")),
        refused("a point", length("3.0")),
        refused("an exponent", length("3e0")),
        refused("a blank within", length("3 3")),
        refused("quotes", length("\"3\"")),
        refused("a semicolon", length("3;q=1")),
        refused("nothing", length("")),
        refused("nothing but blanks", length("  \t")),
        refused("folded", with("Content-Length: 1\r\n 2\r\n\r\nabc")),
        refused("2^63", length("9223372036854775808"), "its body has 9223372036854775808 bytes"),
        refused("2^64 - 1", length("18446744073709551615"), "its body has 18446744073709551615 bytes"),
        refused("2^64", length("18446744073709551616")),
        refused("2^64 + 3", length("18446744073709551619")),
        refused("a hundred digits", length(std::string(100, '9'))),
        refused("a gibibyte and one", length("1073741825"), "its body has 1073741825 bytes, 1073741824 are allowed"),
        refused("a blank before the colon", with("Content-Length : 3\r\n\r\nabc")),
        refused("in a 1xx", "HTTP/1.1 103 E\r\nContent-Length: 3\r\n\r\nabc" + length("3"), "a 1xx response claims"),
        taken("zeros before it", length("0003")),
        taken("blanks around it", length("   3  ")),
    };
    check(rows);
}

TEST(HostileFraming, ATransferEncodingIsChunkedAndAlone) {
    const Hostile rows[] = {
        refused("a length before it", with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
        refused("a length behind it", with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n")),
        refused("a length, and identity", with("Content-Length: 3\r\nTransfer-Encoding: identity\r\n\r\nabc")),
        refused("twice in a list", coding("chunked, chunked"), "a Transfer-Encoding other than 'chunked'"),
        refused("twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                "a Transfer-Encoding other than 'chunked'"),
        refused("gzip before it", coding("gzip, chunked"), "a Transfer-Encoding other than 'chunked'"),
        refused("gzip behind it", coding("chunked, gzip"), "a Transfer-Encoding other than 'chunked'"),
        refused("gzip", coding("gzip"), "a Transfer-Encoding other than 'chunked'"),
        refused("identity", coding("identity"), "a Transfer-Encoding other than 'chunked'"),
        refused("identity before it", coding("identity, chunked"), "a Transfer-Encoding other than 'chunked'"),
        refused("xchunked", coding("xchunked"), "a Transfer-Encoding other than 'chunked'"),
        refused("chunkedx", coding("chunkedx"), "a Transfer-Encoding other than 'chunked'"),
        refused("a parameter", coding("chunked;q=1"), "a Transfer-Encoding other than 'chunked'"),
        refused("quotes", coding("\"chunked\""), "a Transfer-Encoding other than 'chunked'"),
        refused("a comma before it", coding(",chunked"), "a Transfer-Encoding other than 'chunked'"),
        refused("a comma behind it", coding("chunked,"), "a Transfer-Encoding other than 'chunked'"),
        refused("nothing", coding(""), "a Transfer-Encoding other than 'chunked'"),
        refused("a vertical tab", coding("\vchunked")),
        refused("a blank before the colon", with("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")),
        refused("folded", with("Transfer-Encoding:\r\n chunked, gzip\r\n\r\n0\r\n\r\n"), "a Transfer-Encoding other"),
        refused("HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding in an HTTP/1.0 message"),
        refused("HTTP/1.0, kept alive",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding in an HTTP/1.0 message"),
        refused("in a 1xx", "HTTP/1.1 103 E\r\nTransfer-Encoding: chunked\r\n\r\n" + length("3"),
                "a 1xx response claims"),
        taken("in capitals", coding("CHUNKED")),
    };
    check(rows);
}

TEST(HostileFraming, AChunkIsWhatItsSizeSays) {
    const Hostile rows[] = {
        refused("a size of 17 digits", chunked("10000000000000003\r\nabc\r\n0\r\n\r\n")),
        refused("a size of 16 digits", chunked("ffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
                "it breaks off: its last chunk is missing after 10 bytes", Then::close),
        refused("a negative size", chunked("-3\r\nabc\r\n0\r\n\r\n")),
        refused("a plus", chunked("+3\r\nabc\r\n0\r\n\r\n")),
        refused("0x", chunked("0x3\r\nabc\r\n0\r\n\r\n")),
        refused("no size", chunked("\r\nabc\r\n0\r\n\r\n")),
        refused("an underscore", chunked("3_0\r\nabc\r\n0\r\n\r\n")),
        refused("a blank before the size", chunked(" 3\r\nabc\r\n0\r\n\r\n")),
        refused("a blank behind the size", chunked("3 \r\nabc\r\n0\r\n\r\n")),
        refused("a NUL behind the size", chunked("3\0\r\nabc\r\n0\r\n\r\n"s)),
        refused("bare LFs", chunked("3\nabc\n0\n\n")),
        refused("a bare LF behind the size", chunked("3\nabc\r\n0\r\n\r\n")),
        refused("a bare CR behind the size", chunked("3\rabc\r\n0\r\n\r\n")),
        refused("a bare LF behind the bytes", chunked("3\r\nabc\n0\r\n\r\n")),
        refused("no CRLF behind the bytes", chunked("3\r\nabc0\r\n\r\n")),
        refused("more bytes than said", chunked("3\r\nabcd\r\n0\r\n\r\n")),
        refused("fewer bytes than said", chunked("4\r\nabc\r\n0\r\n\r\n")),
        refused("an LF in an extension", chunked("3;a=b\nc\r\nabc\r\n0\r\n\r\n")),
        refused("a CR in an extension", chunked("3;a=b\rc\r\nabc\r\n0\r\n\r\n")),
        refused("a NUL in an extension", chunked("3;a\0b\r\nabc\r\n0\r\n\r\n"s)),
        refused("an extension without a name", chunked("3;\r\nabc\r\n0\r\n\r\n")),
        refused("a quote without end", chunked("3;a=\"b\r\nabc\r\n0\r\n\r\n")),
        refused("extensions beyond their limit", chunked("3;" + std::string(17'000, 'a') + "\r\nabc\r\n0\r\n\r\n"),
                "chunk extensions and trailers are larger than allowed"),
        refused("a trailer without a colon", chunked("3\r\nabc\r\n0\r\nX\r\n\r\n")),
        refused("a trailer without a name", chunked("3\r\nabc\r\n0\r\n: x\r\n\r\n")),
        refused("a blank before a trailer's colon", chunked("3\r\nabc\r\n0\r\nX : y\r\n\r\n")),
        refused("a trailer with a NUL", chunked("0\r\nX: a\0b\r\n\r\n"s)),
        refused("a trailer with a bare CR", chunked("0\r\nX: a\rb\r\n\r\n")),
        refused("a trailer with a bare LF", chunked("0\r\nX: a\nb\r\n\r\n")),
        refused("another body behind the last chunk", chunked("3\r\nabc\r\n0\r\n3\r\nabc\r\n0\r\n\r\n")),
        taken("an upper-case size", chunked("A\r\n0123456789\r\n0\r\n\r\n"), "200 '0123456789'"),
        taken("zeros before the size", chunked("0000000000003\r\nabc\r\n000\r\n\r\n")),
        taken("a length among the trailers", chunked("3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n")),
        taken("a coding among the trailers", chunked("3\r\nabc\r\n0\r\nTransfer-Encoding: gzip\r\n\r\n")),
        taken_as_last("close among the trailers", chunked("3\r\nabc\r\n0\r\nConnection: close\r\n\r\n")),
    };
    check(rows);
}

}  // namespace
}  // namespace trawl
