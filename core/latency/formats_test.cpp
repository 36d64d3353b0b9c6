#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/latency/base64.hpp"
#include "core/latency/text.hpp"
#include "core/latency/v2.hpp"

namespace plimsoll::latency {
namespace {

std::string hex(const std::string& bytes) {
  std::ostringstream out;
  for (const char c : bytes)
    out << "0123456789abcdef"[static_cast<unsigned char>(c) >> 4]
        << "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  return out.str();
}

std::string testdata(const std::string& name) {
  std::ifstream file(std::string(TESTDATA) + "/" + name);
  EXPECT_TRUE(file) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What testdata/reader.txt was made from: see testdata/README.md.
Histogram sample() {
  Histogram histogram;
  for (std::int64_t i = 1; i <= 10'000; ++i) histogram.record(i * 1'000'000);
  histogram.record(0, 3);
  histogram.record(1);
  histogram.record(Histogram::kHighest);
  return histogram;
}

TEST(V2Test, PayloadHasTheGoldenBytes) {
  Histogram histogram;
  histogram.record(1);
  histogram.record(3, 100);
  EXPECT_EQ(hex(encode_v2(histogram)),
            "1c849313"          // cookie
            "00000005"          // payload length
            "00000000"          // normalizing offset
            "00000003"          // digits
            "0000000000000001"  // lowest
            "0000034630b8a000"  // highest
            "3ff0000000000000"  // ratio 1.0
            "00"                // no zeros
            "02"                // one 1
            "00"                // no twos
            "c801");            // 100 threes
}

TEST(V2Test, ARunOfZerosIsOneNegativeNumber) {
  Histogram histogram;
  histogram.record(64);
  EXPECT_EQ(hex(encode_counts(histogram)), "7f02");
}

TEST(Base64Test, FollowsTheVectorsOfRfc4648) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_decode("Zm9vYmFy"), "foobar");
  EXPECT_EQ(base64_decode("Zg=="), "f");
  EXPECT_EQ(base64_decode("Zg="), std::nullopt);
  EXPECT_EQ(base64_decode("Z!=="), std::nullopt);
}

TEST(V2Test, RoundTripKeepsEveryBucket) {
  const auto original = sample();
  const auto text = encode_v2_base64(original);
  EXPECT_TRUE(text.starts_with("HISTFAAAA")) << text.substr(0, 12);
  const auto read = decode_v2_base64(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->count(), original.count());
  ASSERT_EQ(read->used_counts().size(), original.used_counts().size());
  EXPECT_TRUE(std::equal(original.used_counts().begin(), original.used_counts().end(),
                         read->used_counts().begin()));
}

TEST(V2Test, CountsAboveFourBillionSurvive) {
  Histogram histogram;
  histogram.record(42, std::int64_t{1} << 60);
  const auto read = decode_v2_base64(encode_v2_base64(histogram));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->count(), std::int64_t{1} << 60);
}

TEST(V2Test, AnEmptyHistogramSurvives) {
  const auto read = decode_v2_base64(encode_v2_base64(Histogram{}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->count(), 0);
}

TEST(V2Test, DamagedTextIsRefused) {
  auto text = encode_v2_base64(sample());
  EXPECT_FALSE(decode_v2_base64(""));
  EXPECT_FALSE(decode_v2_base64("HISTFAAAA"));
  EXPECT_FALSE(decode_v2_base64(text.substr(0, text.size() - 8)));
  text[40] = text[40] == 'A' ? 'B' : 'A';
  const auto damaged = decode_v2_base64(text);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().category, ErrorCategory::kInvalidInput);
}

TEST(V2Test, EncodedCountsAddUpOverIntervals) {
  Histogram whole;
  Histogram total;
  for (int interval = 0; interval < 3; ++interval) {
    Histogram part;
    for (int i = 0; i < 100; ++i) {
      part.record(1000 * (interval + 1) + i);
      whole.record(1000 * (interval + 1) + i);
    }
    ASSERT_TRUE(add_counts(encode_counts(part), total));
  }
  EXPECT_EQ(total.count(), 300);
  EXPECT_EQ(total.percentile(50), whole.percentile(50));
}

// testdata/sample.v2 was read by the npm package hdr-histogram-js; testdata/README.md has its
// answers.
TEST(V2Test, AnIndependentReaderAgreesWithOurs) {
  const auto read = decode_v2_base64(testdata("sample.v2"));
  ASSERT_TRUE(read);
  EXPECT_EQ(encode_v2_base64(*read), testdata("sample.v2"));
  EXPECT_EQ(encode_v2(*read), encode_v2(sample()));
  EXPECT_EQ(read->count(), 10005);
  EXPECT_DOUBLE_EQ(read->mean(), 5357846694.444878);
  EXPECT_DOUBLE_EQ(read->stddev(), 36057619790.437935);
  EXPECT_EQ(read->percentile(50), 4999610367);
  EXPECT_EQ(read->percentile(75), 7503609855);
  EXPECT_EQ(read->percentile(90), 9009364991);
  EXPECT_EQ(read->percentile(99), 9906946047);
  EXPECT_EQ(read->percentile(99.9), 9999220735);
  EXPECT_EQ(read->percentile(99.99), 10007609343);
}

TEST(HgrmTest, LooksAsThePlottersExpect) { EXPECT_EQ(hgrm(sample()), testdata("sample.hgrm")); }

TEST(HgrmTest, AnEmptyHistogramHasNoRows) {
  const auto text = hgrm(Histogram{});
  EXPECT_NE(text.find("Total count    =            0]"), std::string::npos) << text;
  EXPECT_EQ(text.find("inf"), std::string::npos);
}

TEST(IntervalLogTest, CarriesStartLengthAndMaximumInMilliseconds) {
  const auto text = interval_log(std::chrono::system_clock::time_point{std::chrono::seconds{1000}},
                                 {{"main.response", 1, 1.5, 2'500'000, "HISTFAAAA"}});
  EXPECT_NE(text.find("#[Histogram log format version 1.3]\n"), std::string::npos);
  EXPECT_NE(text.find("#[StartTime: 1000.000 (seconds since epoch), 1970-01-01T00:16:40Z]\n"),
            std::string::npos);
  EXPECT_TRUE(text.ends_with("Tag=main.response,1.000,1.500,2.500,HISTFAAAA\n")) << text;
}

}  // namespace
}  // namespace plimsoll::latency
