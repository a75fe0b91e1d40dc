#include "row_shape.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trawl::fetch {
namespace {

using testing::HasSubstr;

RowShape shape() {
    RowShape learnt;
    learnt.learn("{\"id\":1,\"tags\":[]}\n{\"id\":2,\"name\":\"x\"}\n");
    return learnt;
}

TEST(RowShape, RowsOfTheSameSortPass) {
    EXPECT_FALSE(shape().refusal("{\"id\":3}\n", 1));
    EXPECT_FALSE(shape().refusal("{\"name\":3,\"more\":1}\n", 1));
    EXPECT_FALSE(shape().refusal("{\"tags\":[1]}\n", 1));
    EXPECT_FALSE(shape().refusal("{\"id\":null,\"tags\":[]}\n", 1));
    EXPECT_FALSE(shape().refusal("", 0));
}

TEST(RowShape, AMessageInPlaceOfThePageIsNoRow) {
    EXPECT_THAT(shape().refusal("{\"message\":\"quota\"}\n", 1).value_or(""), HasSubstr("{\"message\":\"quota\"}"));
    EXPECT_THAT(shape().refusal("\"quota\"\n", 1).value_or(""), HasSubstr("no objects"));
    EXPECT_THAT(shape().refusal("\"quota\"\n7\n", 2).value_or(""), HasSubstr("no objects"));
}

TEST(RowShape, ALoneRowWithoutAValueIsNoRow) {
    for (const char* row : {"{}\n", "{\"id\":null}\n", "{\"id\":null,\"name\":null}\n", "{\"message\":null}\n"})
        EXPECT_THAT(shape().refusal(row, 1).value_or(""), HasSubstr("no value in any field")) << row;
    EXPECT_FALSE(shape().refusal("{}\n{}\n", 2));
}

TEST(RowShape, ALoneRowWithoutAValuePassesWhereTheFirstPageHasSuchRows) {
    RowShape sparse;
    sparse.learn("{\"value\":1}\n{\"value\":null}\n");
    EXPECT_FALSE(sparse.refusal("{\"value\":null}\n", 1));
}

TEST(RowShape, RowsThatAreOfAnotherSortAmidOthersPass) {
    EXPECT_FALSE(shape().refusal("{\"message\":1}\n{\"message\":2}\n", 2));
    EXPECT_FALSE(shape().refusal("null\n{\"id\":2}\n", 2));
}

TEST(RowShape, AFirstPageThatShowsNothingAllowsAll) {
    RowShape empty, texts;
    empty.learn("");
    texts.learn("\"a\"\n\"b\"\n");
    EXPECT_FALSE(empty.refusal("7\n", 1));
    EXPECT_FALSE(texts.refusal("{\"a\":1}\n", 1));
}

}  // namespace
}  // namespace trawl::fetch
