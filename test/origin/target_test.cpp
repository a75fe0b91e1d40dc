#include "target.hpp"

#include <gtest/gtest.h>

#include "cursor.hpp"

namespace trawl::origin {
namespace {

TEST(Target, HasAPathAndDecodedParameters) {
    const auto target = Target::parse("/a%20b/c?x=1&empty=&flag&x=2&y=a%2Bb+c%3D%3D&&z=p=q");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path(), "/a b/c");
    EXPECT_EQ(target->parameter("x"), "1");
    EXPECT_EQ(target->parameter("empty"), "");
    EXPECT_EQ(target->parameter("flag"), "");
    EXPECT_EQ(target->parameter("y"), "a+b c==");
    EXPECT_EQ(target->parameter("z"), "p=q");
    EXPECT_FALSE(target->parameter("nope"));
}

TEST(Target, MayBeAnAbsoluteUrl) {
    EXPECT_EQ(Target::parse("http://host:80/path?x=1")->path(), "/path");
    EXPECT_EQ(Target::parse("http://host")->path(), "/");
    EXPECT_EQ(Target::parse("/")->path(), "/");
    EXPECT_EQ(Target::parse("/p?")->path(), "/p");
}

TEST(Target, RefusesWhatIsNoPathOrBadlyEncoded) {
    for (const char* text : {"", "*", "path", "ftp://host/", "/%", "/%4", "/%zz", "/p?x=%4", "/p?%g0=1"}) {
        EXPECT_FALSE(Target::parse(text)) << text;
    }
}

TEST(Target, EncodesAllButUnreservedCharacters) {
    EXPECT_EQ(percent_encoded("aZ09-._~"), "aZ09-._~");
    EXPECT_EQ(percent_encoded("a+b/c= \xc3"), "a%2Bb%2Fc%3D%20%C3");
}

TEST(Cursor, LeadsBackToItsPlace) {
    for (std::size_t place : {0UL, 1UL, 50UL, 5100UL, 1'000'000'000'000'000UL}) {
        EXPECT_EQ(place_of(cursor_of(place)), place) << cursor_of(place);
    }
    EXPECT_EQ(cursor_of(2), "YWZ0ZXI6Mg==");  // as `printf after:2 | base64` says
}

TEST(Cursor, RefusesWhatWasNeverGivenOut) {
    for (const char* text :
         {"", "50", "YWZ0ZXI6Mg", "YWZ0ZXI6Mg=", "YWZ0ZXI6Mg== ", "YWZ0ZXI6", "b2Zmc2V0OjI=", "YWZ0ZXI6MDI="}) {
        EXPECT_FALSE(place_of(text)) << text;
    }
}

}  // namespace
}  // namespace trawl::origin
