#include "target/endpoints/parameters.hpp"

#include <gtest/gtest.h>

#include <tuple>

namespace plimsoll::target::endpoints {
namespace {

using namespace std::chrono_literals;

TEST(ParametersTest, AreReadWithTheirUnits) {
  EXPECT_EQ(parse_work("cpu=20ms")->cpu, 20ms);
  EXPECT_EQ(parse_wait("for=100ms")->length, 100ms);
  const auto memory = parse_memory("hold=30s&bytes=64Mi");
  EXPECT_EQ(memory->bytes.count, 64U << 20U);
  EXPECT_EQ(memory->hold, 30s);
  EXPECT_EQ(parse_status("/status/503").value(), 503U);
}

TEST(ParametersTest, TakeAPercentageAsItIsWrittenAndEscaped) {
  for (const auto* query : {"cpu=150%&for=2m", "for=2m&cpu=150%", "cpu=150%25&for=2m"}) {
    const auto request = parse_rise(query);
    ASSERT_TRUE(request) << query << ": " << request.error().message;
    EXPECT_EQ(std::get<units::Percent>(request->cpu).value, 150) << query;
    EXPECT_EQ(request->length, 2min);
  }
  EXPECT_EQ(std::get<units::Cores>(parse_rise("cpu=500m&for=1s")->cpu).count, 0.5);
}

struct Refused {
  const char* name;
  Error (*parse)(std::string_view query);
  const char* query;
  const char* message;
};

template <typename T, Result<T> (*kParse)(std::string_view)>
Error error_of(std::string_view query) {
  const auto result = kParse(query);
  return result ? internal_error("accepted") : result.error();
}

constexpr auto kWork = error_of<WorkRequest, parse_work>;
constexpr auto kMemory = error_of<MemoryRequest, parse_memory>;
constexpr auto kRise = error_of<RiseRequest, parse_rise>;
constexpr auto kStatus = error_of<unsigned, parse_status>;

class RefusedParametersTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedParametersTest, SayWhatIsWrongAndWhatIsRight) {
  const auto error = GetParam().parse(GetParam().query);
  EXPECT_EQ(error.category, ErrorCategory::kInvalidInput);
  EXPECT_NE(error.message.find(GetParam().message), std::string::npos) << error.message;
  EXPECT_NE(error.message.find("for example /"), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Queries, RefusedParametersTest,
    testing::Values(Refused{"Missing", kWork, "", "parameter 'cpu' is missing"},
                    Refused{"WithoutUnit", kWork, "cpu=20", "'20' is not a duration"},
                    Refused{"Empty", kWork, "cpu", "cpu: "},
                    Refused{"Unknown", kWork, "cpu=20ms&cpus=2", "unknown parameter 'cpus'"},
                    Refused{"Twice", kWork, "cpu=20ms&cpu=30ms", "parameter 'cpu' is given twice"},
                    Refused{"TooLong", kWork, "cpu=61s", "at most"},
                    Refused{"Negative", kWork, "cpu=-1s", "'-1s'"},
                    Refused{"BytesMissing", kMemory, "hold=1s", "parameter 'bytes' is missing"},
                    Refused{"NoBytes", kMemory, "bytes=0&hold=1s", "more than 0"},
                    Refused{"BadUnit", kMemory, "bytes=64MB&hold=1s", "'64MB'"},
                    Refused{"BadPercent", kRise, "cpu=x%&for=1s", "'x%'"},
                    Refused{"LengthMissing", kRise, "cpu=150%", "parameter 'for' is missing"},
                    Refused{"StatusTooSmall", kStatus, "/status/199", "from 200 to 599"},
                    Refused{"StatusTooLarge", kStatus, "/status/600", "from 200 to 599"},
                    Refused{"StatusText", kStatus, "/status/5o3", "from 200 to 599"},
                    Refused{"StatusNone", kStatus, "/status/", "from 200 to 599"},
                    Refused{"StatusDeeper", kStatus, "/status/1/503", "from 200 to 599"}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace plimsoll::target::endpoints
