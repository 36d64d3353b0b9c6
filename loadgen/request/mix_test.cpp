// Mix files, and which request comes when.
#include "loadgen/request/mix.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace plimsoll::loadgen::request {
namespace {

const Url& url() {
  static const Url parsed = *parse_url("http://h/default?q");
  return parsed;
}

std::shared_ptr<const DataFile> people() {
  return std::make_shared<const DataFile>(
      *parse_data("people.csv", "id,name\n1,Ada\n2,Grace\n3,Barbara\n"));
}

Mix mix_of(std::string_view text, const RequestOptions& common = {},
           std::shared_ptr<const DataFile> data = nullptr, bool random_rows = false) {
  auto file = parse_mix("mix.json", text);
  EXPECT_TRUE(file) << file.error().message;
  file->data = std::move(data);
  file->random_rows = random_rows;
  auto mix = make_mix(url(), common, *file);
  EXPECT_TRUE(mix) << mix.error().message;
  return *mix;
}

std::string bytes(RequestSource& source, const RequestChoice& choice, bool last = false) {
  std::string out;
  return std::string(source.render(choice, last, out).bytes);
}

TEST(MixFileTest, EveryKeyReachesTheRequest) {
  auto mix = mix_of(R"({"requests": [
      {"name": "home", "weight": 2.5},
      {"name": "buy", "method": "POST", "path": "/buy?x=1", "headers": {"A": "b"}, "body": "hi"},
      {"name": "gone", "method": "HEAD", "path": "/gone"}]})",
                    {"GET", {"X-All: 1", "a: common"}, ""});
  ASSERT_EQ(mix.entries.size(), 3u);
  EXPECT_EQ(mix.entries[0].until, 2.5);
  EXPECT_EQ(mix.entries[1].until, 3.5);
  EXPECT_TRUE(mix.entries[0].request.bytes.starts_with(
      "GET /default?q HTTP/1.1\r\nHost: h\r\nX-All: 1\r\na: common\r\n"));
  EXPECT_EQ(mix.entries[1].request.bytes,
            "POST /buy?x=1 HTTP/1.1\r\nHost: h\r\nA: b\r\nX-All: 1\r\n"
            "User-Agent: plimsoll-loadgen/" PLIMSOLL_VERSION "\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_FALSE(mix.entries[1].request.idempotent);
  EXPECT_TRUE(mix.entries[2].request.head);
  EXPECT_TRUE(mix.entries[2].request.idempotent);
}

TEST(MixFileTest, ABodyThatIsAnObjectIsSentAsJson) {
  const auto mix = mix_of(R"({"requests": [
      {"name": "a", "method": "POST", "body": {"z": 1, "a": ["x"]}},
      {"name": "b", "method": "POST", "headers": {"content-type": "x/y"}, "body": []}]})");
  const auto& sent = mix.entries[0].request.bytes;
  EXPECT_TRUE(sent.ends_with("\r\n\r\n{\"z\":1,\"a\":[\"x\"]}")) << sent;
  EXPECT_NE(sent.find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_EQ(mix.entries[1].request.bytes.find("application/json"), std::string::npos);
}

TEST(MixFileTest, BadFilesAreRefusedWithTheirLine) {
  struct Bad {
    const char* text;
    const char* where;
  };
  for (const auto& bad : {
           Bad{"", "mix.json:1: not JSON"},
           Bad{"{\n\"requests\": [\n{,}]}", "mix.json:3: not JSON"},
           Bad{"[]", "mix.json:1: "},
           Bad{"{}", "mix.json: 'requests'"},
           Bad{R"({"requests": []})", "mix.json: 'requests'"},
           Bad{R"({"requests": [1]})", "mix.json: 'requests'"},
           Bad{R"({"reqests": []})", "mix.json: key 'reqests'"},
           Bad{"{\"requests\": [{\"name\": \"a\"},\n{\"weight\": 1}]}", "mix.json:2: 'name'"},
           Bad{"{\"requests\": [{\"name\": \"a\"},\n\n{\"name\": \"a\"}]}",
               "mix.json:3: request 'a': another"},
           Bad{"{\"requests\": [\n{\"name\": \"a\",\n\"name\": \"b\"}]}", "mix.json:3: key 'name'"},
           Bad{R"({"requests": [{"name": "a", "pth": "/"}]})",
               "mix.json:1: request 'a': key 'pth'"},
           Bad{R"({"requests": [{"name": "a", "weight": 0}]})",
               "mix.json:1: request 'a': 'weight'"},
           Bad{R"({"requests": [{"name": "a", "weight": "1"}]})",
               "mix.json:1: request 'a': 'weight'"},
           Bad{R"({"requests": [{"name": "a", "path": 1}]})", "mix.json:1: request 'a': 'path'"},
           Bad{R"({"requests": [{"name": "a", "headers": ["X: 1"]}]})",
               "mix.json:1: request 'a': 'headers'"},
           Bad{R"({"requests": [{"name": "a", "body": 7}]})", "mix.json:1: request 'a': 'body'"},
           Bad{R"({"requests": [{"name": "a", "bodyFile": "/nowhere/x"}]})",
               "mix.json:1: request 'a': cannot read"},
           Bad{R"({"data": "x.csv", "requests": [{"name": "a"}]})", "mix.json: data: "},
           Bad{R"({"data": {"file": "x.csv", "order": "up"}, "requests": [{"name": "a"}]})",
               "mix.json: data: 'order'"},
           Bad{R"({"data": {"file": "/nowhere/x"}, "requests": [{"name": "a"}]})", "cannot read"},
       }) {
    const auto file = parse_mix("mix.json", bad.text);
    ASSERT_FALSE(file) << bad.text;
    EXPECT_EQ(file.error().category, ErrorCategory::kInvalidInput);
    EXPECT_TRUE(file.error().message.starts_with(bad.where)) << file.error().message;
    EXPECT_EQ(file.error().message.find('\n'), std::string::npos) << file.error().message;
  }
}

TEST(MixTest, BadRequestsAreRefusedWithTheirLineAndThatOfTheRow) {
  const auto refused = [](const std::string& request, const std::string& reason) {
    auto file = parse_mix("mix.json", "{\"requests\": [\n" + request + "]}");
    ASSERT_TRUE(file) << file.error().message;
    file->data =
        std::make_shared<const DataFile>(*parse_data("d.csv", "p,q\n/a,1\n\"/b c\",\"x\ny\"\n"));
    const auto mix = make_mix(url(), {}, *file);
    ASSERT_FALSE(mix) << request;
    EXPECT_EQ(mix.error().category, ErrorCategory::kInvalidInput);
    const auto whole = "mix.json:2: request 'a': " + reason;
    EXPECT_TRUE(mix.error().message.starts_with(whole)) << mix.error().message;
  };
  refused(R"({"name": "a", "method": "GE T"})", "'GE T'");
  refused(R"({"name": "a", "path": "x"})", "path 'x'");
  refused(R"({"name": "a", "path": "/x y"})", "path '/x y'");
  refused(R"({"name": "a", "path": "/{{sek}}"})", "'{{sek}}'");
  refused(R"({"name": "a", "path": "{{data.p}}"})", "d.csv:3: path '/b c'");
  refused(R"({"name": "a", "path": "{{data.q}}"})", "d.csv:2: path '1'");
  refused(R"({"name": "a", "headers": {"X": "{{data.q}}"}})", "d.csv:3: the value of header 'X'");
  refused(R"({"name": "a", "headers": {"X": "a\r\nEvil: b"}})", "the value of header 'X'");
  refused(R"({"name": "a", "headers": {"Content-Length": "3"}})", "header 'Content-Length'");
  refused(R"({"name": "a", "body": "{{data.r}}"})", "'{{data.r}}'");
}

TEST(RequestSourceTest, PlaceholdersAreFilledAndTheLengthFollows) {
  const auto mix = mix_of(R"({"requests": [{"name": "a", "method": "PUT",
      "path": "/p/{{data.id}}", "headers": {"X-N": "{{seq}}"}, "body": {"who": "{{data.name}}"}}]})",
                          {}, people());
  RequestSource source(mix, 1, 0, 1);
  (void)source.next();
  const auto choice = source.next();
  EXPECT_EQ(bytes(source, choice),
            "PUT /p/2 HTTP/1.1\r\nHost: h\r\nX-N: 1\r\nContent-Type: application/json\r\n"
            "User-Agent: plimsoll-loadgen/" PLIMSOLL_VERSION
            "\r\nContent-Length: 15\r\n\r\n{\"who\":\"Grace\"}");
  EXPECT_NE(bytes(source, choice, true).find("Length: 15\r\nConnection: close\r\n\r\n{"),
            std::string::npos);
}

TEST(RequestSourceTest, TheSameDrawGivesTheSameBytesAgain) {
  const auto mix =
      mix_of(R"({"requests": [{"name": "a", "path": "/{{uuid}}/{{random:1:1000000}}"}]})");
  RequestSource source(mix, 1, 0, 1);
  const auto choice = source.next();
  const auto first = bytes(source, choice);
  const auto other = bytes(source, source.next());
  EXPECT_EQ(bytes(source, choice), first);
  EXPECT_NE(other, first);
}

TEST(RequestSourceTest, EntriesComeByWeightAndFollowTheSeed) {
  const auto mix = mix_of(
      R"({"requests": [{"name": "a", "weight": 6}, {"name": "b", "weight": 3}, {"name": "c"}]})");
  constexpr int kDraws = 10'000;
  std::map<std::uint64_t, std::vector<std::uint32_t>> chosen;
  for (const std::uint64_t seed : {1, 1, 2}) {
    RequestSource source(mix, seed, 0, 1);
    std::vector<std::uint32_t> entries;
    std::vector<int> counts(3);
    for (int i = 0; i < kDraws; ++i) {
      entries.push_back(source.next().entry);
      ++counts.at(entries.back());
    }
    // Five standard deviations of a binomial.
    EXPECT_NEAR(counts[0], 6000, 5 * std::sqrt(kDraws * 0.6 * 0.4));
    EXPECT_NEAR(counts[1], 3000, 5 * std::sqrt(kDraws * 0.3 * 0.7));
    EXPECT_NEAR(counts[2], 1000, 5 * std::sqrt(kDraws * 0.1 * 0.9));
    if (chosen.contains(seed)) {
      EXPECT_EQ(chosen[seed], entries);
    }
    chosen[seed] = entries;
  }
  EXPECT_NE(chosen[1], chosen[2]);
}

class RowOrderTest : public ::testing::TestWithParam<bool> {};

TEST_P(RowOrderTest, TheThreadsTogetherDrawWhatOneWould) {
  const auto mix =
      mix_of(R"({"requests": [{"name": "a", "path": "/{{data.id}}"}]})", {}, people(), GetParam());
  constexpr std::uint64_t kDraws = 30;
  std::vector<std::uint32_t> alone;
  RequestSource one(mix, 3, 0, 1);
  for (std::uint64_t i = 0; i < kDraws; ++i) alone.push_back(one.next().row);
  std::vector<std::uint32_t> together(kDraws);
  for (std::uint64_t thread = 0; thread < 2; ++thread) {
    RequestSource source(mix, 3, thread, 2);
    for (std::uint64_t i = 0; i < kDraws / 2; ++i) {
      const auto choice = source.next();
      together.at(choice.seq) = choice.row;
    }
  }
  EXPECT_EQ(together, alone);
  std::vector<std::uint32_t> in_order;
  for (std::uint64_t i = 0; i < kDraws; ++i) in_order.push_back(static_cast<std::uint32_t>(i % 3));
  EXPECT_EQ(alone == in_order, !GetParam());
}

INSTANTIATE_TEST_SUITE_P(Orders, RowOrderTest, testing::Bool(),
                         [](const auto& random) { return random.param ? "Random" : "Sequential"; });

}  // namespace
}  // namespace plimsoll::loadgen::request
