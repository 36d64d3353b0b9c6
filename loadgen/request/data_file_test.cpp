#include "loadgen/request/data_file.hpp"

#include <gtest/gtest.h>

namespace plimsoll::loadgen::request {
namespace {

using Row = std::vector<std::string>;

TEST(DataFileTest, ReadsRowsUnderTheNamesOfTheHeaderLine) {
  const auto data = parse_data("d.csv", "id,name\n1,Ada\n2,Grace\n");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->columns, (Row{"id", "name"}));
  EXPECT_EQ(data->rows, (std::vector<Row>{{"1", "Ada"}, {"2", "Grace"}}));
  EXPECT_EQ(data->lines, (std::vector<std::size_t>{2, 3}));
}

TEST(DataFileTest, QuotedFieldsHoldCommasQuotesAndLineBreaks) {
  const auto data = parse_data("d.csv", "\"a\",b\r\n\"x, \"\"y\"\"\r\nz\",\r\n,\"\"\r\nq,r");
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->rows, (std::vector<Row>{{"x, \"y\"\r\nz", ""}, {"", ""}, {"q", "r"}}));
  EXPECT_EQ(data->lines, (std::vector<std::size_t>{2, 4, 5}));
}

TEST(DataFileTest, EmptyLinesAndAByteOrderMarkArePassedOver) {
  const auto data = parse_data("d.csv", "\xef\xbb\xbfid\n\n1\n\n\n2\n\n");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->columns, Row{"id"});
  EXPECT_EQ(data->lines, (std::vector<std::size_t>{3, 6}));
}

TEST(DataFileTest, BadFilesAreRefusedWithTheirLine) {
  struct Bad {
    const char* text;
    const char* where;
  };
  for (const auto& bad :
       {Bad{"", "d.csv:1: "}, Bad{"a,b\n", "d.csv:1: "}, Bad{"a,a\n1,2\n", "d.csv:1: "},
        Bad{"a,\n1,2\n", "d.csv:1: "}, Bad{"a,b\n1,2\n3\n", "d.csv:3: "},
        Bad{"a,b\n1,2,3\n", "d.csv:2: "}, Bad{"a\n\"x\ny", "d.csv:2: "},
        Bad{"a\n\"x\n\"y\n", "d.csv:3: "}, Bad{"a\nx\"y\n", "d.csv:2: "}}) {
    const auto data = parse_data("d.csv", bad.text);
    ASSERT_FALSE(data) << bad.text;
    EXPECT_EQ(data.error().category, ErrorCategory::kInvalidInput);
    EXPECT_TRUE(data.error().message.starts_with(bad.where)) << data.error().message;
  }
}

TEST(DataFileTest, AFileThatIsNotThereIsNamed) {
  const auto data = read_data("/nowhere/d.csv");
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().category, ErrorCategory::kInvalidInput);
  EXPECT_NE(data.error().message.find("/nowhere/d.csv"), std::string::npos);
  EXPECT_FALSE(read_data("/"));
}

}  // namespace
}  // namespace plimsoll::loadgen::request
