#include "core/load_result/threshold.hpp"

#include <gtest/gtest.h>

#include "core/load_result/fixture.hpp"

namespace plimsoll::load_result {
namespace {

Measured measured(const latency::Histogram& histogram) {
  return {&histogram, static_cast<std::uint64_t>(histogram.count()), 1, 1, 99.5};
}

TEST(ThresholdTest, ComparesWhatWasMeasured) {
  latency::Histogram histogram;
  for (int i = 1; i <= 999; ++i) histogram.record(i * 1'000'000);
  const auto data = measured(histogram);
  struct Row {
    const char* text;
    bool holds;
  };
  for (const auto& row :
       {Row{"p99<1s", true}, Row{"p99<500ms", false}, Row{"p50<=501ms", true},
        Row{"p99.9>998ms", true}, Row{"max<1s", true}, Row{"min>=1ms", true},
        Row{"mean<501ms", true}, Row{"errors<0.3%", true}, Row{"errors<0.1%", false},
        Row{"errors<=0", false}, Row{"rate>=99/s", true}, Row{"rate > 100/s", false},
        Row{"min==1ms", true}, Row{"min!=1ms", false}}) {
    const auto threshold = Threshold::parse(row.text);
    ASSERT_TRUE(threshold) << row.text;
    const auto value = threshold->value(data);
    ASSERT_TRUE(value) << row.text;
    EXPECT_EQ(threshold->holds(*value), row.holds) << row.text << " " << threshold->show(*value);
  }
}

TEST(ThresholdTest, ALoadResultHasTheFiguresOfItsHistogram) {
  std::vector<Sample> samples{{0, 0, 0, 0}};
  latency::Histogram histogram;
  for (int i = 1; i <= 999; ++i) {
    samples.push_back({0, i == 1 ? 503 : 200, i * 1'234'567, 1});
    histogram.record(i * 1'234'567);
  }
  const auto result = result_of(samples);
  const auto data = measured(histogram);
  for (const auto* metric : kMetrics) {
    if (metric == std::string_view{"mean"} || metric == std::string_view{"rate"}) continue;
    const auto threshold = Threshold::of(metric, metric == std::string_view{"errors"} ? "0" : "0s");
    ASSERT_TRUE(threshold) << metric;
    EXPECT_EQ(threshold->value(result), threshold->value(data)) << metric;
  }
  EXPECT_EQ(Threshold::parse("rate>1/s")->value(result), 99.9);
  EXPECT_NEAR(*Threshold::parse("mean<1s")->value(result), histogram.mean(), 0.5);
  // Not among those that the result names.
  const auto unnamed = Threshold::parse("p97.3<1s");
  EXPECT_EQ(unnamed->value(result), unnamed->value(data));
  auto bare = result;
  bare.latency_histogram.clear();
  EXPECT_EQ(unnamed->value(bare), std::nullopt);
  EXPECT_EQ(Threshold::parse("p99<1s")->value(bare), Threshold::parse("p99<1s")->value(data));
}

TEST(ThresholdTest, WithoutDataThereIsNoValue) {
  const latency::Histogram empty;
  const Measured nothing{&empty, 0, 0, 0, 0};
  for (const auto* text : {"p99<1s", "errors<1%", "rate>=1/s", "mean<1s"}) {
    EXPECT_FALSE(Threshold::parse(text)->value(nothing)) << text;
    EXPECT_FALSE(Threshold::parse(text)->value(LoadResult{})) << text;
  }
}

TEST(ThresholdTest, ABoundAloneIsAnEqual) {
  const auto rate = Threshold::of("rate", "15/s");
  ASSERT_TRUE(rate);
  EXPECT_TRUE(rate->holds(15));
  EXPECT_FALSE(rate->holds(15.5));
  const auto p99 = Threshold::of("p99", " < 250ms ");
  ASSERT_TRUE(p99);
  EXPECT_TRUE(p99->holds(249e6));
  EXPECT_FALSE(p99->holds(250e6));
}

TEST(ThresholdTest, BadExpressionsAreRefused) {
  for (const auto* text : {"", "p99", "p99=5ms", "q99<5ms", "p<5ms", "p101<5ms", "p99<5", "p99<",
                           "errors<1", "errors<x%", "rate>=fast", "p99<5ms<6ms", "p99=>5ms"}) {
    const auto threshold = Threshold::parse(text);
    ASSERT_FALSE(threshold) << text;
    EXPECT_EQ(threshold.error().category, ErrorCategory::kInvalidInput) << text;
  }
  for (const auto& [metric, bound] : {std::pair{"p99", "<250"},
                                      {"errors", "<-1%"},
                                      {"errors", "<1"},
                                      {"rate", ""},
                                      {"p99", "=>1s"}}) {
    const auto threshold = Threshold::of(metric, bound);
    ASSERT_FALSE(threshold) << metric << bound;
    EXPECT_NE(threshold.error().message.find(metric), std::string::npos);
  }
}

}  // namespace
}  // namespace plimsoll::load_result
