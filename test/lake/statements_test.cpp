#include "statements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trawl::lake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Statements, AreCutAtSemicolons) {
    EXPECT_THAT(split_statements("select 1; select 2"), ElementsAre("select 1", " select 2"));
    EXPECT_THAT(split_statements("select 1;"), ElementsAre("select 1"));
    EXPECT_THAT(split_statements(" ;; select 1 ;\n;"), ElementsAre(" select 1 "));
    EXPECT_THAT(split_statements(""), IsEmpty());
    EXPECT_THAT(split_statements("-- nothing; at all\n/* ; */ ;"), IsEmpty());
}

TEST(Statements, MayHaveSemicolonsInTextsNamesAndComments) {
    for (const char* one : {"select ';'", "select 'it''s; so'", "select \"a;b\" from t", "select \"a\"\";b\" from t",
                            "select $$a;b$$", "select $x_1$a;$$;b$x_1$", "select E'it\\'s; so'", "select e'\\\\;'",
                            "select E'a''b\\'; c'", "select 1 -- one; or two", "select /* one; /* or; */ two; */ 1",
                            "select 'open; text", "select $$open; text", "select /* open; comment", "select e'\\"})
        EXPECT_THAT(split_statements(one), ElementsAre(one));
}

TEST(Statements, EndBehindACommentsLineHoweverThatEnds) {
    EXPECT_THAT(split_statements("select 1 -- ;\r; select 2"), ElementsAre("select 1 -- ;\r", " select 2"));
    EXPECT_THAT(split_statements("-- ;\r\nselect 1; select 2"), ElementsAre("-- ;\r\nselect 1", " select 2"));
}

TEST(Statements, EndBehindWhatOnlyLooksLikeAQuote) {
    EXPECT_THAT(split_statements("select 'a\\'; select 2"), ElementsAre("select 'a\\'", " select 2"));
    EXPECT_THAT(split_statements("select E'a''b\\'; c'; select 2"), ElementsAre("select E'a''b\\'; c'", " select 2"));
    EXPECT_THAT(split_statements("select 'a''b\\'; select 2"), ElementsAre("select 'a''b\\'", " select 2"));
    EXPECT_THAT(split_statements("select like'a\\'; select 2"), ElementsAre("select like'a\\'", " select 2"));
    EXPECT_THAT(split_statements("select $1; select $2"), ElementsAre("select $1", " select $2"));
    EXPECT_THAT(split_statements("select a$b$; select 2"), ElementsAre("select a$b$", " select 2"));
    EXPECT_THAT(split_statements("select 1 - -1; select 4 / 2"), ElementsAre("select 1 - -1", " select 4 / 2"));
}

}  // namespace
}  // namespace trawl::lake
