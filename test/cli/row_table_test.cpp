#include "row_table.hpp"

#include <gtest/gtest.h>

namespace trawl::cli {
namespace {

TEST(RowTable, HasAColumnForEachKeyAndNullWhereItIsMissing) {
    const QueryResult table = table_of("{\"id\":1,\"tags\":[\"a\"]}\n{\"id\":2,\"name\":\"b\"}\n");
    ASSERT_EQ(table.columns.size(), 3U);
    EXPECT_EQ(table.columns[0].name, "id");
    EXPECT_EQ(table.columns[0].type, "BIGINT");
    EXPECT_EQ(table.columns[1].type, "VARCHAR[]");
    EXPECT_EQ(table.columns[2].type, "VARCHAR");
    const std::vector<std::vector<std::optional<std::string>>> rows{{"1", "[\"a\"]", std::nullopt},
                                                                    {"2", std::nullopt, "b"}};
    EXPECT_EQ(table.rows, rows);
}

TEST(RowTable, PutsRowsThatAreNoObjectsIntoOneColumn) {
    const QueryResult table = table_of("7\n[1]\n");
    ASSERT_EQ(table.columns.size(), 1U);
    EXPECT_EQ(table.columns[0].name, "value");
    EXPECT_EQ(table.rows[1][0], "[1]");
}

TEST(RowTable, NamesTypesAsTheTableHasThem) {
    EXPECT_EQ(sql_type(type_of_records(R"({"a":{"b":[1.5]},"c":null,"d":true,"e":99999999999999999999})")),
              "STRUCT(a STRUCT(b DOUBLE[]), c NULL so far, d BOOLEAN, e DECIMAL(38,0))");
}

TEST(RowTable, TellsWhetherAKeyTellsRowsApart) {
    const std::string rows = "{\"id\":1,\"of\":{\"id\":1}}\n{\"id\":2,\"of\":{\"id\":1}}\n";
    EXPECT_TRUE(is_unique(rows, {"id"}));
    EXPECT_FALSE(is_unique(rows, {"of.id"}));
    EXPECT_TRUE(is_unique(rows, {"of.id", "id"}));
    EXPECT_FALSE(is_unique(rows, {"name"}));
}

}  // namespace
}  // namespace trawl::cli
