#include "target/endpoints/request_metrics.hpp"

#include <gtest/gtest.h>

namespace plimsoll::target::endpoints {
namespace {

using namespace std::chrono_literals;

TEST(RequestMetricsTest, AreByRouteTemplateAndCode) {
  metrics::Registry registry;
  RequestMetrics requests{registry};
  requests.answered(Endpoint::kStatus, 503, 2ms);
  requests.answered(Endpoint::kStatus, 503, 2ms);
  requests.answered(Endpoint::kOther, 404, 1ms);
  requests.started();
  const auto text = registry.text();
  for (const auto* line : {"http_requests_total{endpoint=\"/status/{code}\",code=\"503\"} 2\n",
                           "http_requests_total{endpoint=\"other\",code=\"404\"} 1\n",
                           "http_request_duration_seconds_count{endpoint=\"/status/{code}\"} 2\n",
                           "http_requests_in_flight 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(RequestMetricsTest, LeaveProbesAndScrapesOut) {
  metrics::Registry registry;
  RequestMetrics requests{registry};
  for (const auto endpoint : {Endpoint::kHealth, Endpoint::kReady, Endpoint::kMetrics})
    requests.answered(endpoint, 200, 1ms);
  const auto text = registry.text();
  EXPECT_EQ(text.find("http_requests_total{"), std::string::npos) << text;
  EXPECT_EQ(text.find("/health"), std::string::npos) << text;
}

}  // namespace
}  // namespace plimsoll::target::endpoints
