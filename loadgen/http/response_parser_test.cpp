#include "loadgen/http/response_parser.hpp"

#include <gtest/gtest.h>

namespace plimsoll::loadgen::http {
namespace {

using State = ResponseParser::State;

struct Parsed {
  State state = State::kNeedMore;
  unsigned status = 0;
  bool keep_alive = false;
  std::size_t left = 0;  // bytes behind the response
};

// Feeds text in the pieces that the cut positions make, keeping what was not consumed, as a
// connection does.
Parsed parse(const std::string& text, const std::vector<std::size_t>& cuts, HeaderCache& cache,
             bool head = false) {
  ResponseParser parser;
  parser.start(head);
  std::string pending;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t to = i < cuts.size() ? cuts[i] : text.size();
    pending += text.substr(from, to - from);
    from = to;
    const auto step = parser.consume(pending.data(), pending.size(), cache);
    pending.erase(0, step.consumed);
    if (step.state == State::kComplete)
      return {step.state, parser.status(), parser.keep_alive(), pending.size() + text.size() - to};
    if (step.state == State::kMalformed) return {step.state, 0, false, 0};
  }
  return {};
}

Parsed parse(const std::string& text, bool head = false) {
  HeaderCache cache;
  return parse(text, {}, cache, head);
}

TEST(ResponseParserTest, LengthEndsTheBody) {
  const auto parsed = parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloX");
  EXPECT_EQ(parsed.state, State::kComplete);
  EXPECT_EQ(parsed.status, 200u);
  EXPECT_TRUE(parsed.keep_alive);
  EXPECT_EQ(parsed.left, 1u);
}

const char* const kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nA;ext=\"x\"\r\n0123456789\r\n"
    "0\r\nX-Trailer: yes\r\n\r\n";

TEST(ResponseParserTest, ChunkedIsTheSameSplitAtEveryByte) {
  const std::string text = kChunked;
  HeaderCache cache;
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    const auto parsed = parse(text, {cut}, cache);
    EXPECT_EQ(parsed.state, State::kComplete) << "cut at " << cut;
    EXPECT_EQ(parsed.left, 0u) << "cut at " << cut;
  }
  std::vector<std::size_t> every;
  for (std::size_t cut = 1; cut < text.size(); ++cut) every.push_back(cut);
  EXPECT_EQ(parse(text, every, cache).state, State::kComplete);
}

TEST(ResponseParserTest, LengthIsTheSameSplitAtEveryByteAndWithAWarmCache) {
  const std::string text = "HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\nabc";
  HeaderCache cache;
  ASSERT_EQ(parse(text, {}, cache).status, 404u);
  ASSERT_FALSE(cache.block.empty());
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    const auto parsed = parse(text, {cut}, cache);
    EXPECT_EQ(parsed.state, State::kComplete) << "cut at " << cut;
    EXPECT_EQ(parsed.status, 404u);
  }
}

TEST(ResponseParserTest, TheCacheAnswersAsTheParserDoes) {
  HeaderCache cache;
  const std::string close = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";
  const std::string keep = "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
  for (const auto& text : {close, close, keep, keep, close, keep}) {
    const auto cached = parse(text + "next", {}, cache);
    const auto plain = parse(text + "next");
    EXPECT_EQ(cached.state, plain.state);
    EXPECT_EQ(cached.status, plain.status);
    EXPECT_EQ(cached.keep_alive, plain.keep_alive);
    EXPECT_EQ(cached.left, plain.left);
  }
}

TEST(ResponseParserTest, AnswersWithoutABodyEndAtTheHeader) {
  EXPECT_EQ(parse("HTTP/1.1 204 No Content\r\nContent-Length: 10\r\n\r\n").state, State::kComplete);
  EXPECT_EQ(parse("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n").state,
            State::kComplete);
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", true).state, State::kComplete);
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").state, State::kNeedMore);
}

TEST(ResponseParserTest, InterimAnswersArePassedOver) {
  const std::string text =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      "HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx";
  HeaderCache cache;
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    const auto parsed = parse(text, {cut}, cache);
    EXPECT_EQ(parsed.state, State::kComplete) << "cut at " << cut;
    EXPECT_EQ(parsed.status, 201u);
  }
  EXPECT_TRUE(cache.block.empty());
}

TEST(ResponseParserTest, WithoutALengthTheBodyRunsToTheEndOfTheConnection) {
  ResponseParser parser;
  HeaderCache cache;
  parser.start(false);
  const std::string text = "HTTP/1.0 200 OK\r\n\r\nas much as comes";
  EXPECT_EQ(parser.consume(text.data(), text.size(), cache).state, State::kNeedMore);
  EXPECT_EQ(parser.finish_at_eof(), State::kComplete);
  EXPECT_EQ(parser.status(), 200u);
  EXPECT_FALSE(parser.keep_alive());
}

TEST(ResponseParserTest, AnEndInsideALengthOrAChunkIsNotAResponse) {
  for (const std::string text :
       {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"}) {
    ResponseParser parser;
    HeaderCache cache;
    parser.start(false);
    EXPECT_EQ(parser.consume(text.data(), text.size(), cache).state, State::kNeedMore) << text;
    EXPECT_EQ(parser.finish_at_eof(), State::kMalformed) << text;
  }
}

TEST(ResponseParserTest, AnEndlessHeaderIsRefusedAtTheLimit) {
  ResponseParser parser;
  HeaderCache cache;
  parser.start(false);
  std::string pending = "HTTP/1.1 200 OK\r\n";
  auto step = parser.consume(pending.data(), pending.size(), cache);
  while (step.state == State::kNeedMore && pending.size() < 1'000'000) {
    pending.erase(0, step.consumed);
    pending.append(1000, 'a');
    step = parser.consume(pending.data(), pending.size(), cache);
  }
  EXPECT_EQ(step.state, State::kMalformed);
  EXPECT_LT(pending.size(), 2 * ResponseParser::kLongestHeader);
}

class AcceptedTest : public ::testing::TestWithParam<const char*> {};

TEST_P(AcceptedTest, IsAResponseWholeAndCutAtEveryByte) {
  const std::string text = GetParam();
  const auto whole = parse(text);
  EXPECT_EQ(whole.state, State::kComplete);
  EXPECT_EQ(whole.status, 200u);
  EXPECT_EQ(whole.left, 0u);
  HeaderCache cache;
  for (std::size_t cut = 1; cut < text.size(); ++cut)
    EXPECT_EQ(parse(text, {cut}, cache).state, State::kComplete) << "cut at " << cut;
}

INSTANTIATE_TEST_SUITE_P(
    Unusual, AcceptedTest,
    testing::Values("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nX-Folded: one\r\n two\r\nContent-Length: 1\r\n\r\nx",
                    "HTTP/1.1 200 OK\r\ncontent-length:1\r\n\r\nx",
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));

class MalformedTest : public ::testing::TestWithParam<const char*> {};

TEST_P(MalformedTest, IsRefused) { EXPECT_EQ(parse(GetParam()).state, State::kMalformed); }

INSTANTIATE_TEST_SUITE_P(
    Responses, MalformedTest,
    testing::Values(
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n"));

}  // namespace
}  // namespace plimsoll::loadgen::http
