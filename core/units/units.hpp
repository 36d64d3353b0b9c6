// Quantities as users write them: 500m, 128Mi, 1.5, 30s, 1h30m, 1000/s, 80%.
// Sources: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ and
// https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations (plus ns, us;
// fractions allowed). Errors: exit code 2; the message quotes the text and names the accepted
// forms. Nothing overflows silently. Thread-safety: pure functions.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result/result.hpp"

namespace plimsoll::units {

using Duration = std::chrono::nanoseconds;

struct Bytes {
  std::uint64_t count = 0;
  auto operator<=>(const Bytes&) const = default;
};

struct Cores {
  double count = 0;  // 0.5 = half of one CPU
  auto operator<=>(const Cores&) const = default;
};

struct Rate {
  double per_second = 0;
  auto operator<=>(const Rate&) const = default;
};

struct Percent {
  double value = 0;  // 80 for "80%"
  [[nodiscard]] double fraction() const noexcept { return value / 100.0; }
  auto operator<=>(const Percent&) const = default;
};

// "250ms", "30s", "2m", "1h30m", "1.5s", "0s"; a bare number is refused, except 0. Not negative.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);
// "128Mi", "1.5Gi", "64M", "512" (bytes). Not negative.
[[nodiscard]] Result<Bytes> parse_bytes(std::string_view text);
// "500m", "1.5", "2". Not negative.
[[nodiscard]] Result<Cores> parse_cores(std::string_view text);
// "1000/s", "90/m", "0.5/s", "10/h", "1/10s" or a bare number (per second). Not negative.
[[nodiscard]] Result<Rate> parse_rate(std::string_view text);
// "80%", "0.1%" or a bare number (percent). Not negative.
[[nodiscard]] Result<Percent> parse_percent(std::string_view text);
// A finite decimal number, the whole text.
[[nodiscard]] Result<double> parse_number(std::string_view text);

// For people: "1.50s", "250ms", "12.3us"; three significant digits.
[[nodiscard]] std::string format_duration(Duration duration);
// For people and for Kubernetes: the largest binary unit that keeps it short, "128Mi", "1.5Gi",
// "512".
[[nodiscard]] std::string format_bytes(Bytes bytes);
// "500m", "1.5".
[[nodiscard]] std::string format_cores(Cores cores);

[[nodiscard]] inline double seconds(Duration duration) noexcept {
  return std::chrono::duration<double>(duration).count();
}
[[nodiscard]] inline Duration from_seconds(double value) noexcept {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

// Seconds since the start of a run, rounded down: "00:12", "59:59", "1:02:03"; "-" if not a time.
[[nodiscard]] std::string format_clock(double seconds);

}  // namespace plimsoll::units
