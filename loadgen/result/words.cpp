#include "loadgen/result/words.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace plimsoll::loadgen::result {

std::string shown_ns(std::int64_t ns, bool empty) {
  return empty ? "-" : units::format_duration(units::Duration{ns});
}

std::string shown_seconds(double seconds) {
  return units::format_duration(units::from_seconds(seconds));
}

std::string shown_percentile(const latency::Histogram& histogram, double percent) {
  return shown_ns(histogram.percentile(percent), histogram.count() == 0);
}

std::string subject_of(const plan::Plan& plan) {
  const auto& options = plan.options;
  if (options.mix)
    return fmt::format("a mix of {} requests to {}", plan.mix.entries.size(), options.url);
  return fmt::format("{} {}", options.request.method, options.url);
}

std::string loop_of(const plan::Plan& plan) {
  const auto& options = plan.options;
  if (const auto& think = options.think)
    return fmt::format("closed loop, think time {}..{}", units::format_duration(think->shortest),
                       units::format_duration(think->longest));
  if (!plan.open_loop) return "closed loop";
  const auto rates = options.shape            ? options.shape->text
                     : options.stages.empty() ? fmt::format("{:g}/s", options.rate->per_second)
                                              : fmt::format("{} stages", options.stages.size());
  return fmt::format("open loop, {}, {} arrivals", rates,
                     options.arrivals == schedule::ArrivalKind::kPoisson ? "Poisson" : "constant");
}

std::string_view meaning(net::ErrorKind kind) noexcept {
  switch (kind) {
    case net::ErrorKind::kDns:
      return "the name has no address";
    case net::ErrorKind::kConnectRefused:
      return "the port is closed";
    case net::ErrorKind::kConnectTimeout:
      return "no answer to the connect within the time-out";
    case net::ErrorKind::kUnreachable:
      return "no route to the address";
    case net::ErrorKind::kReset:
      return "the connection was reset";
    case net::ErrorKind::kClosedEarly:
      return "closed before any byte of the response";
    case net::ErrorKind::kTruncated:
      return "closed inside the response";
    case net::ErrorKind::kTimeout:
      return "no whole response within the time-out";
    case net::ErrorKind::kTls:
      return "the TLS handshake failed, or the encryption broke";
    case net::ErrorKind::kProtocol:
      return "the answer is not valid HTTP";
    case net::ErrorKind::kClientFd:
      return "loadgen has no file descriptor left";
    case net::ErrorKind::kClientPorts:
      return "this machine has no local port left";
  }
  return "";
}

std::vector<Figure> figures_of(const latency::Histogram& histogram) {
  const bool empty = histogram.count() == 0;
  std::vector<Figure> figures;
  const auto add = [&](std::string_view name, std::int64_t ns) {
    figures.push_back({name, shown_ns(ns, empty)});
  };
  add("min", histogram.min());
  add("mean", std::llround(histogram.mean()));
  add("stddev", std::llround(histogram.stddev()));
  for (const auto& [name, percent] : {std::pair{"p50", 50.0},
                                      {"p75", 75.0},
                                      {"p90", 90.0},
                                      {"p95", 95.0},
                                      {"p99", 99.0},
                                      {"p99.9", 99.9},
                                      {"p99.99", 99.99}})
    add(name, histogram.percentile(percent));
  add("max", histogram.max());
  return figures;
}

}  // namespace plimsoll::loadgen::result
