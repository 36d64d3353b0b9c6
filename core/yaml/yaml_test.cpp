#include "core/yaml/yaml.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace plimsoll::yaml {
namespace {

std::string error_of(const std::string& text) {
  const auto read = read_text(text, "f.yaml");
  return read ? "" : read.error().message;
}

nlohmann::json json_of(const std::string& text) {
  const auto documents = read_text(text, "f.yaml");
  if (!documents) return documents.error().message;
  if (documents->empty()) return "no document";
  const auto json = to_json(documents->front(), "f.yaml");
  return json ? *json : nlohmann::json(json.error().message);
}

TEST(YamlTest, EveryNodeKnowsItsPlace) {
  const auto documents = read_text("a:\n  - x\n  - {b: 'y'}\n", "f.yaml");
  ASSERT_TRUE(documents);
  const auto& list = *documents->at(0).find("a");
  EXPECT_EQ(list.items.at(0).line, 2);
  EXPECT_EQ(list.items.at(0).column, 5);
  const auto& quoted = *list.items.at(1).find("b");
  EXPECT_EQ(quoted.line, 3);
  EXPECT_EQ(quoted.column, 9);
  EXPECT_TRUE(quoted.quoted);
}

TEST(YamlTest, PlainScalarsFollowTheCoreSchemaAndQuotedOnesStayText) {
  struct Row {
    const char* yaml;
    const char* json;
  };
  const Row rows[] = {
      {"12", "12"},
      {"-7", "-7"},
      {"+7", "7"},
      {"0o17", "15"},
      {"0x1F", "31"},
      {"0123", "123"},
      {"1.5", "1.5"},
      {".5", "0.5"},
      {"1.", "1.0"},
      {"1e3", "1000.0"},
      {"+1.5", "1.5"},
      {"9223372036854775808", "9223372036854775808"},
      {"true", "true"},
      {"FALSE", "false"},
      {"yes", "\"yes\""},
      {"on", "\"on\""},
      {"tRue", "\"tRue\""},
      {"~", "null"},
      {"null", "null"},
      {"'12'", "\"12\""},
      {"\"true\"", "\"true\""},
      {"'~'", "\"~\""},
      {"''", "\"\""},
      {"!!str 12", "\"12\""},
      {"!!int '12'", "12"},
      {"|\n  12\n", "\"12\\n\""},
      {"1.2.3", "\"1.2.3\""},
      {"0x", "\"0x\""},
      {"1e", "\"1e\""},
      {"-", "[null]"},
      {"250m", "\"250m\""},
      {"12:30", "\"12:30\""},
      {"2001-12-14", "\"2001-12-14\""},
      {".", "\".\""},
      {"+", "\"+\""},
      {"[1, '1', a]", "[1,\"1\",\"a\"]"},
      {"{a: 1, b: }", "{\"a\":1,\"b\":null}"},
  };
  for (const auto& row : rows) {
    const auto* separator = std::string_view(row.yaml) == "-" ? "\n" : " ";
    const auto text = fmt::format("v:{}{}\n", separator, row.yaml);
    EXPECT_EQ(json_of(text)["v"].dump(), row.json) << row.yaml;
  }
}

TEST(YamlTest, WhatJsonCannotHoldIsRefusedAtItsPlace) {
  EXPECT_EQ(json_of("a: .inf\n"), "f.yaml:1:4: '.inf' cannot be written as JSON");
  EXPECT_EQ(json_of("a: 1e999\n"), "f.yaml:1:4: '1e999' is too large");
  EXPECT_EQ(json_of("a: !thing x\n"), "f.yaml:1:4: the tag '!thing' is not supported here");
}

TEST(YamlTest, AliasesAreCopiedIn) {
  EXPECT_EQ(json_of("a: &x {k: [1]}\nb: *x\n").dump(), R"({"a":{"k":[1]},"b":{"k":[1]}})");
}

TEST(YamlTest, SeveralDocumentsAreReadAndEmptyOnesLeftOut) {
  const auto documents = read_text("---\na: 1\n---\n---\nb: 2\n", "f.yaml");
  ASSERT_TRUE(documents);
  ASSERT_EQ(documents->size(), 2U);
  EXPECT_NE(documents->at(1).find("b"), nullptr);
  EXPECT_TRUE(read_text("", "f.yaml")->empty());
  EXPECT_TRUE(read_text("# only a comment\n", "f.yaml")->empty());
}

TEST(YamlTest, WhatIsWrongIsSaidWithItsPlace) {
  EXPECT_EQ(error_of("a: 1\nb: 2\na: 3\n"), "f.yaml:3:1: duplicate key 'a'");
  EXPECT_EQ(error_of("x: {a: 1, 'a': 2}\n"), "f.yaml:1:11: duplicate key 'a'");
  EXPECT_EQ(error_of("{[1]: 2}\n"), "f.yaml:1:2: a key must be text");
  EXPECT_EQ(error_of("a: &x {b: 1}\nc:\n  <<: *x\n"),
            "f.yaml:3:3: merge keys (<<) are not supported");
  EXPECT_EQ(error_of("a: b\n c: d\n").substr(0, 18), "f.yaml:2:3: not YA");
  EXPECT_EQ(error_of("a: [1, 2\n").substr(0, 7), "f.yaml:");
  EXPECT_EQ(error_of("a: *nowhere\n").substr(0, 12), "f.yaml:1:4: ");
  EXPECT_EQ(error_of("a: &x [*x]\n"), "f.yaml:1:8: an alias cannot stand inside what it names");
  EXPECT_EQ(error_of("a: 1\nb: \xFF\n"), "f.yaml:2:4: the text is not valid UTF-8");
}

TEST(YamlTest, AnAliasBombIsRefusedBeforeItIsBuilt) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i)
    bomb += fmt::format("a{0}: &a{0} [*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1}]\n", i, i - 1);
  EXPECT_NE(error_of(bomb).find("more than 400000 values"), std::string::npos);
}

TEST(YamlTest, DeepNestingIsRefusedInEveryStyle) {
  for (const auto* open : {"[", "{a: ", "- "}) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += open;
    EXPECT_NE(error_of(text), "") << open;
  }
  std::string aliases = "a0: &a0 [x]\n";
  for (int i = 1; i < 100; ++i) aliases += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
  EXPECT_NE(error_of(aliases).find("nested more than 64"), std::string::npos);
}

TEST(YamlTest, FilesThatCannotBeReadOrAreTooLargeAreErrors) {
  EXPECT_EQ(read_file("/nonexistent.yaml").error().category, ErrorCategory::kUnavailable);
  EXPECT_EQ(read_file("/tmp").error().category, ErrorCategory::kUnavailable);
  EXPECT_EQ(error_of(std::string(kMaxBytes + 1, ' ')), "f.yaml: larger than 8Mi");
}

}  // namespace
}  // namespace plimsoll::yaml
