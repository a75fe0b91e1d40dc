/// Servers whose heads are no heads: status lines, fields, 1xx responses, protocols that nobody asked for.
#include <gtest/gtest.h>

#include "hostile.hpp"

namespace trawl {
namespace {

using namespace std::string_literals;
using testing::check;
using testing::Hostile;
using testing::ok;
using testing::refused;
using testing::repeated;
using testing::taken;
using testing::taken_as_last;
using testing::with;
using Then = testing::Answer::Then;

std::string field(const std::string& line) { return with(line + "\r\nContent-Length: 3\r\n\r\nabc"); }
std::string status_line(const std::string& line) { return line + "\r\nContent-Length: 3\r\n\r\nabc"; }

TEST(HostileHead, AStatusLineSaysVersionAndStatus) {
    const Hostile rows[] = {
        refused("HTTP/0.9, which has no head", "<html>hello</html>", "cannot be used", Then::close),
        refused("HTTP/0.9 in words", status_line("HTTP/0.9 200 OK"), "neither 1.0 nor 1.1"),
        refused("HTTP/2.0", status_line("HTTP/2.0 200 OK"), "neither 1.0 nor 1.1"),
        refused("HTTP/2", status_line("HTTP/2 200 OK")),
        refused("HTTP/1.2", status_line("HTTP/1.2 200 OK")),
        refused("HTTP/1", status_line("HTTP/1 200 OK")),
        refused("HTTP/1.10", status_line("HTTP/1.10 200 OK")),
        refused("HTTP/01.1", status_line("HTTP/01.1 200 OK")),
        refused("HTTP/3.0", status_line("HTTP/3.0 200 OK")),
        refused("lower case", status_line("http/1.1 200 OK")),
        refused("another name", status_line("HTTPS/1.1 200 OK")),
        refused("RTSP", status_line("RTSP/1.1 200 OK")),
        refused("ICY", "ICY 200 OK\r\n\r\n"),
        refused("a byte order mark before it", status_line("\xef\xbb\xbfHTTP/1.1 200 OK")),
        refused("a blank before it", status_line(" HTTP/1.1 200 OK")),
        refused("a NUL before it", "\0HTTP/1.1 200 OK\r\n\r\n"s),
        refused("a letter before it", status_line("XHTTP/1.1 200 OK")),
        refused("the rest of a body before it", "leftover\r\n" + ok("abc")),
        refused("status 99", status_line("HTTP/1.1 099 OK"), "its status is 99"),
        refused("status 0", status_line("HTTP/1.1 000 OK"), "its status is 0"),
        refused("status 1000", status_line("HTTP/1.1 1000 OK")),
        refused("status 20", status_line("HTTP/1.1 20 OK"), "its status is 20"),
        refused("a negative status", status_line("HTTP/1.1 -20 OK")),
        refused("a status in words", status_line("HTTP/1.1 OK")),
        refused("a status with a letter", status_line("HTTP/1.1 20x OK")),
        refused("no status", status_line("HTTP/1.1")),
        refused("no status behind a blank", status_line("HTTP/1.1 ")),
        refused("two blanks before the status", status_line("HTTP/1.1  200 OK")),
        refused("a tab before the status", status_line("HTTP/1.1\t200 OK")),
        refused("a CR in the reason", status_line("HTTP/1.1 200 O\rK")),
        refused("bare LFs everywhere", "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc"),
        refused("TLS", "\x15\x03\x03\x00\x02\x02\x28"s, "cannot be used", Then::close),
        refused("SSH", "SSH-2.0-OpenSSH_9.2p1\r\n"),
        refused("SMTP", "220 mail.example ESMTP\r\n"),
        refused("HTTP/2's frames", "\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x80\0\4\0\1\0\0\0\5\0\xff\xff\xff"s),
        refused("a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        taken("a bare LF behind it, which RFC 9112 section 2.2 allows",
              "HTTP/1.1 200 OK\nContent-Length: 3\r\n\r\nabc"),
        taken("no reason", status_line("HTTP/1.1 200")),
        taken("an empty reason", status_line("HTTP/1.1 200 ")),
        taken("status 999", status_line("HTTP/1.1 999 ?"), "999 'abc'"),
        taken("empty lines before it", "\r\n\r\n" + ok("abc")),
    };
    check(rows);
}

TEST(HostileHead, AFieldIsANameAColonAndAValue) {
    const Hostile rows[] = {
        refused("no colon", field("X")),
        refused("no name", field(": y")),
        refused("a blank before the colon", field("X : y")),
        refused("a tab before the colon", field("X\t: y")),
        refused("a blank in a name", field("X Y: z")),
        refused("a blank before the first field", field(" X: y")),
        refused("a tab before the first field", field("\tX: y")),
        refused("a NUL in a name", field("X\0Y: z"s)),
        refused("a NUL in a value", field("X: y\0z"s)),
        refused("a CR in a value", field("X: y\rContent-Length: 1")),
        refused("a bare LF behind a value", field("X: y\nContent-Length: 1")),
        refused("a bell in a value", field("X: \a")),
        refused("DEL in a value", field("X: \x7f")),
        refused("an escape sequence in a value", field("X: \x1b[31m")),
        refused("a byte above 0x7f in a name", field("\xc3\xbc: y")),
        refused("brackets in a name", field("X[0]: y")),
        refused("a second status line", field("HTTP/1.1 200 OK")),
        refused("201 fields", field(repeated("X: y\r\n", 199) + "X: y"), "more header fields than allowed"),
        refused("201 cookies", field(repeated("Set-Cookie: a=b\r\n", 199) + "Set-Cookie: a=b"), "more header fields"),
        refused("a field of 64 KB", field("X: " + std::string(65'536, 'y')), "the head is larger than allowed"),
        refused("a name of 64 KB", field(std::string(65'536, 'X') + ": y"), "the head is larger than allowed"),
        refused("64 KB of fields", field(repeated("X: " + std::string(1'000, 'y') + "\r\n", 66) + "X: y"),
                "the head is larger than allowed"),
        refused("a reason of 64 KB", status_line("HTTP/1.1 200 " + std::string(65'536, 'O')),
                "the head is larger than allowed"),
        refused("64 KB of empty lines", repeated("\r\n", 33'000) + ok("abc"), "the head is larger than allowed"),
        taken("200 fields", field(repeated("X: y\r\n", 198) + "X: y")),
        taken("199 cookies of 300 bytes",
              field(repeated("Set-Cookie: a=" + std::string(284, 'b') + "\r\n", 198) + "X: y")),
        taken("a folded value", field("X: y\r\n  z")),
        taken("a fold that reads like a field", field("X: y\r\n Content-Length: 1")),
        taken_as_last("a promise of nothing", field("Keep-Alive: timeout=0")),
        taken("a promise of less than nothing", field("Keep-Alive: timeout=-5")),
        taken("a promise beyond all numbers", field("Keep-Alive: timeout=99999999999999999999")),
        taken_as_last("close among other words", field("Connection: x, , CLOSE ,y")),
        taken_as_last("close in a second field", field("Connection: keep-alive\r\nConnection: close")),
    };
    check(rows);
}

TEST(HostileHead, InformationalResponsesAreFewAndEmpty) {
    const std::string hint = "HTTP/1.1 103 E\r\n\r\n";
    const Hostile rows[] = {
        refused("101, which nobody asked for", "HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
                "switches to another protocol"),
        refused("101 without a word of what to", "HTTP/1.1 101 S\r\n\r\n" + ok("abc"), "switches to another protocol"),
        refused("eleven", repeated(hint, 11) + ok("abc"), "more 1xx responses than allowed"),
        refused("101 behind a 100", "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 101 S\r\n\r\n", "switches to another protocol"),
        refused("fields beyond the limit over several",
                repeated("HTTP/1.1 103 E\r\n" + repeated("X: y\r\n", 50) + "\r\n", 5) + ok("abc"),
                "more header fields"),
        refused("heads beyond the limit over several",
                repeated("HTTP/1.1 103 E\r\nX: " + std::string(16'000, 'y') + "\r\n\r\n", 5) + ok("abc"),
                "the head is larger than allowed"),
        refused("one and no more", hint, "it breaks off within its head", Then::close),
        refused("a body behind one", "HTTP/1.1 100 C\r\n\r\nabc" + ok("abc")),
        taken("ten", repeated(hint, 10) + ok("abc")),
        taken("199", "HTTP/1.1 199 ?\r\n\r\n" + ok("abc")),
        taken_as_last("one that says close", "HTTP/1.1 103 E\r\nConnection: close\r\n\r\n" + ok("abc")),
    };
    check(rows);
}

}  // namespace
}  // namespace trawl
