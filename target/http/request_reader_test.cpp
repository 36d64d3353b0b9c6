#include "target/http/request_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace plimsoll::target::http {
namespace {

using State = RequestReader::State;

// Gives the text in pieces, parsing after each; stops when a request is whole or refused. Returns
// what is left to be given.
State feed(RequestReader& reader, std::string_view text, std::size_t piece) {
  auto state = reader.parse();
  while (state == State::kIncomplete && !text.empty()) {
    const auto space = reader.prepare();
    const auto size = std::min({piece, text.size(), space.size()});
    std::memcpy(space.data(), text.data(), size);
    reader.commit(size);
    text.remove_prefix(size);
    state = reader.parse();
  }
  return state;
}

TEST(RequestReaderTest, ReadsARequestHoweverItIsCutUp) {
  const std::string text =
      "POST /work?cpu=1s HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX-Request-ID: 7\r\n\r\nh\nllo";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    RequestReader reader;
    ASSERT_EQ(feed(reader, text, piece), State::kComplete) << piece;
    EXPECT_EQ(reader.message().target(), "/work?cpu=1s");
    EXPECT_EQ(reader.message()["X-Request-ID"], "7");
    EXPECT_TRUE(reader.keep_alive());
  }
}

TEST(RequestReaderTest, ReadsPipelinedRequestsOneByOne) {
  RequestReader reader;
  const std::string text =
      "GET /a HTTP/1.1\r\nHost: a\r\n\r\n\r\n"
      "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
      "GET /c HTTP/1.0\r\n\r\n";
  ASSERT_EQ(feed(reader, text, 1000), State::kComplete);
  EXPECT_EQ(reader.message().target(), "/a");
  reader.next();
  ASSERT_EQ(reader.parse(), State::kComplete);
  EXPECT_EQ(reader.message().target(), "/b");
  reader.next();
  ASSERT_EQ(reader.parse(), State::kComplete);
  EXPECT_EQ(reader.message().target(), "/c");
  EXPECT_FALSE(reader.keep_alive());
  reader.next();
  EXPECT_EQ(reader.parse(), State::kIncomplete);
  EXPECT_FALSE(reader.started());
}

TEST(RequestReaderTest, ThrowsLargeBodiesAwayAsTheyCome) {
  RequestReader reader;
  const std::string text = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" +
                           std::string(kMostBodyBytes, 'x');
  EXPECT_EQ(feed(reader, text, 4096), State::kComplete);
  EXPECT_LE(reader.prepare().size(), 16U << 10U);
}

// "X: x...", so that the header has that many bytes with its empty line.
std::string header_of(std::size_t bytes) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n";
}

TEST(RequestReaderTest, TakesAHeaderUpToItsLimitHoweverItIsCutUp) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, std::size_t{100'000}}) {
    RequestReader reader;
    EXPECT_EQ(feed(reader, header_of(kMostHeaderBytes), piece), State::kComplete) << piece;
    RequestReader other;
    EXPECT_EQ(feed(other, header_of(kMostHeaderBytes + 1), piece), State::kRefused) << piece;
    EXPECT_EQ(other.refusal(), 431U);
  }
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(RequestReaderTest, SaysOnceThatTheClientWaitsForAContinue) {
  RequestReader reader;
  ASSERT_EQ(
      feed(reader,
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", 1000),
      State::kIncomplete);
  EXPECT_TRUE(reader.wants_continue());
  EXPECT_FALSE(reader.wants_continue());
  EXPECT_EQ(feed(reader, "abc", 3), State::kComplete);
}

struct Refused {
  const char* name;
  unsigned status;
  std::string text;
};

class RefusedRequestTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedRequestTest, IsRefusedWhetherItComesAtOnceOrByteByByte) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100'000}}) {
    RequestReader reader;
    ASSERT_EQ(feed(reader, GetParam().text, piece), State::kRefused) << piece;
    EXPECT_EQ(reader.refusal(), GetParam().status) << piece;
    EXPECT_FALSE(reader.refusal_reason().empty());
  }
}

const std::string kPost = "POST / HTTP/1.1\r\nHost: a\r\n";

INSTANTIATE_TEST_SUITE_P(
    Forms, RefusedRequestTest,
    testing::Values(
        Refused{"NotHttp", 400, "\x16\x03\x01\x02"}, Refused{"NoVersion", 400, "GET /\r\n\r\n"},
        Refused{"BadMethod", 400, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refused{"SpaceInTarget", 400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refused{"Http2", 400, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
        Refused{"NoHost", 400, "GET / HTTP/1.1\r\n\r\n"},
        Refused{"TwoHosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        Refused{"SpaceBeforeColon", 400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
        Refused{"BareLf", 400, "GET / HTTP/1.1\nHost: a\n\n"},
        Refused{"BareLfInHeader", 400, "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"},
        Refused{"ControlInValue", 400,
                std::string{"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 38}},
        Refused{
            "LargeHeader", 431,
            "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(kMostHeaderBytes, 'x') + "\r\n\r\n"},
        Refused{"ManySmallFields", 431,
                "GET / HTTP/1.1\r\nHost: a\r\n" + repeated("A: b\r\n", 3000) + "\r\n"},
        Refused{"FoldedField", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"},
        Refused{"FoldedCoding", 400, kPost + "Transfer-Encoding:\r\n\tchunked\r\n\r\n0\r\n\r\n"},
        Refused{"HostList", 400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
        Refused{"SpaceInHost", 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        Refused{"LengthList", 400, kPost + "Content-Length: 5, 5\r\n\r\nhello"},
        Refused{"LengthTwice", 400, kPost + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
        Refused{"HexadecimalLength", 400, kPost + "Content-Length: 0x5\r\n\r\nhello"},
        Refused{"SignedLength", 400, kPost + "Content-Length: +5\r\n\r\nhello"},
        Refused{"LengthOverflow", 400, kPost + "Content-Length: 18446744073709551617\r\n\r\nx"},
        Refused{"CodingWithControl", 400,
                kPost + "Transfer-Encoding: \x0b" + "chunked\r\n\r\n0\r\n\r\n"},
        Refused{"AlmostChunked", 501, kPost + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
        Refused{"LongTarget", 431,
                "GET /" + std::string(kMostHeaderBytes, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refused{"LargeBody", 413, kPost + "Content-Length: 1048577\r\n\r\n"},
        Refused{"LargeChunk", 413,
                kPost + "Transfer-Encoding: chunked\r\n\r\n100001\r\n" +
                    std::string(0x100001, 'x') + "\r\n"},
        Refused{"BadLength", 400, kPost + "Content-Length: 1x\r\n\r\n"},
        Refused{"NegativeLength", 400, kPost + "Content-Length: -1\r\n\r\n"},
        Refused{"TwoLengths", 400, kPost + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"},
        Refused{"LengthThenChunked", 400,
                kPost + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Refused{"ChunkedThenLength", 400,
                kPost + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n"},
        Refused{"UnknownCoding", 501, kPost + "Transfer-Encoding: gzip\r\n\r\n"},
        Refused{"CodingList", 501, kPost + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
        Refused{
            "ChunkedTwice", 400,
            kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Refused{"ChunkedInHttp10", 400,
                "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Refused{"BadChunkSize", 400, kPost + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"},
        Refused{"HexadecimalPrefixOfChunk", 400,
                kPost + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n"},
        Refused{"SpaceBeforeChunkSize", 400,
                kPost + "Transfer-Encoding: chunked\r\n\r\n 1\r\na\r\n0\r\n\r\n"},
        Refused{"SpaceAfterChunkSize", 400,
                kPost + "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n"},
        Refused{"UnderscoreInChunkSize", 400,
                kPost + "Transfer-Encoding: chunked\r\n\r\n1_0\r\na\r\n0\r\n\r\n"},
        Refused{"NoChunkSize", 400, kPost + "Transfer-Encoding: chunked\r\n\r\n\r\na\r\n"},
        Refused{"MoreThanTheChunk", 400,
                kPost + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n"},
        Refused{"BareLfAfterChunk", 400,
                kPost + "Transfer-Encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n"},
        Refused{"LengthInTrailer", 400,
                kPost + "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n"},
        Refused{"NegativeChunk", 400, kPost + "Transfer-Encoding: chunked\r\n\r\n-1\r\n"},
        Refused{"ChunkSizeOverflow", 400,
                kPost + "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n"},
        Refused{"BareLfInChunk", 400,
                kPost + "Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n"},
        Refused{"EndlessChunkExtension", 400,
                kPost + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(20'000, 'x')}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace plimsoll::target::http
