#include "loadgen/request/template.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <regex>
#include <set>

namespace plimsoll::loadgen::request {
namespace {

const std::vector<std::string> kColumns = {"id", "name"};

Template compiled(std::string_view text, std::uint64_t stream = 0) {
  Template made(stream);
  const auto added = made.add(text, kColumns);
  EXPECT_TRUE(added) << text;
  return made;
}

std::string rendered(const Template& made, std::uint64_t seq = 0, std::uint64_t seed = 1) {
  const std::vector<std::string> row = {"7", "Ada"};
  std::string out;
  made.render({seq, seed, 99, &row}, out);
  return out;
}

TEST(TemplateTest, TextWithoutPlaceholdersIsConstant) {
  const auto made = compiled("{\"a\":{\"b\":1}}");
  EXPECT_TRUE(made.constant());
  EXPECT_EQ(rendered(made), "{\"a\":{\"b\":1}}");
}

TEST(TemplateTest, PlaceholdersAreFilledFromTheRequest) {
  const auto made = compiled("/u/{{data.id}}/{{ data.name }}?n={{seq}}");
  EXPECT_FALSE(made.constant());
  EXPECT_EQ(made.used_columns(), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(rendered(made, 41), "/u/7/Ada?n=41");
}

TEST(TemplateTest, TwoBracesAreWrittenTwice) {
  const auto made = compiled("{{{{seq}}");
  EXPECT_TRUE(made.constant());
  EXPECT_EQ(rendered(made), "{{seq}}");
}

TEST(TemplateTest, RandomNumbersFillTheirRangeEvenlyAndFollowTheSeed) {
  const auto made = compiled("{{random:-2:7}}");
  std::vector<int> seen(10);
  for (std::uint64_t seq = 0; seq < 10'000; ++seq)
    ++seen.at(static_cast<std::size_t>(std::stoi(rendered(made, seq)) + 2));
  // Five standard deviations of a binomial of 10000 and 1/10.
  for (const auto count : seen) EXPECT_NEAR(count, 1000, 150);
  std::string one;
  std::string two;
  for (std::uint64_t seq = 0; seq < 20; ++seq) {
    EXPECT_EQ(rendered(made, seq, 5), rendered(made, seq, 5));
    one += rendered(made, seq, 5);
    two += rendered(made, seq, 6);
  }
  EXPECT_NE(one, two);
}

TEST(TemplateTest, RandomRangesMayBeOneNumberOrAllOfThem) {
  EXPECT_EQ(rendered(compiled("{{random:5:5}}")), "5");
  const auto all = compiled("{{random:-9223372036854775808:9223372036854775807}}");
  std::set<std::string> seen;
  for (std::uint64_t seq = 0; seq < 100; ++seq) seen.insert(rendered(all, seq));
  EXPECT_EQ(seen.size(), 100u);
}

TEST(TemplateTest, PlacesOfOneRequestHaveValuesOfTheirOwn) {
  const auto text = rendered(compiled("{{random:1:1000000000}} {{random:1:1000000000}}"));
  const auto space = text.find(' ');
  EXPECT_NE(text.substr(0, space), text.substr(space + 1));
  EXPECT_NE(rendered(compiled("{{uuid}}", 0)), rendered(compiled("{{uuid}}", 1)));
}

TEST(TemplateTest, UuidsAreOfVersionFourAndNeverTheSame) {
  const auto made = compiled("{{uuid}}");
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (std::uint64_t seq = 0; seq < 1000; ++seq) {
    const auto uuid = rendered(made, seq);
    ASSERT_TRUE(std::regex_match(uuid, form)) << uuid;
    seen.insert(uuid);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(TemplateTest, BadPlaceholdersAreRefusedWithTheirText) {
  for (const auto* name :
       {"sek", "", "random", "random:1", "random:9:1", "random:1:x", "random:1:2:3",
        "random:1:9223372036854775808", "data.city", "data", "uuid:7"}) {
    Template made;
    const auto text = fmt::format("{{{{{}}}}}", name);
    const auto added = made.add("/a/" + text, kColumns);
    ASSERT_FALSE(added) << name;
    EXPECT_EQ(added.error().category, ErrorCategory::kInvalidInput);
    EXPECT_NE(added.error().message.find("'" + text + "'"), std::string::npos)
        << added.error().message;
  }
  Template made;
  EXPECT_FALSE(made.add("/{{seq", kColumns));
  EXPECT_FALSE(made.add("/{{data.id}}", {}));
}

}  // namespace
}  // namespace plimsoll::loadgen::request
