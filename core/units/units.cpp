#include "core/units/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

namespace plimsoll::units {
namespace {

struct Suffix {
  std::string_view text;
  double factor;
};

constexpr std::array kDurationSuffixes = {
    Suffix{"ns", 1},   Suffix{"us", 1e3},   Suffix{"ms", 1e6},    Suffix{"s", 1e9},
    Suffix{"m", 60e9}, Suffix{"h", 3600e9}, Suffix{"d", 86400e9},
};
constexpr std::array kByteSuffixes = {
    Suffix{"", 1},
    Suffix{"k", 1e3},
    Suffix{"K", 1e3},
    Suffix{"M", 1e6},
    Suffix{"G", 1e9},
    Suffix{"T", 1e12},
    Suffix{"Ki", 1024},
    Suffix{"Mi", 1048576},
    Suffix{"Gi", 1073741824.0},
    Suffix{"Ti", 1099511627776.0},
};
constexpr std::array kCoreSuffixes = {Suffix{"", 1}, Suffix{"m", 1e-3}};
constexpr std::array kRateSuffixes = {Suffix{"", 1}, Suffix{"/s", 1}, Suffix{"/m", 1.0 / 60},
                                      Suffix{"/h", 1.0 / 3600}};
constexpr std::array kPercentSuffixes = {Suffix{"", 1}, Suffix{"%", 1}};

// The plain decimal number (no exponent, no sign, no nan) that text begins with; cut off from text.
std::optional<double> take_number(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() &&
         ((text[length] >= '0' && text[length] <= '9') || text[length] == '.'))
    ++length;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + length, value);
  if (length == 0 || error != std::errc{} || end != text.data() + length) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

std::optional<double> factor_of(std::string_view text, std::span<const Suffix> suffixes) {
  for (const auto& suffix : suffixes)
    if (suffix.text == text) return suffix.factor;
  return std::nullopt;
}

Error refused(std::string_view what, std::string_view text, std::string_view forms) {
  return invalid_input(fmt::format("'{}' is not a {}: write it as {}", text, what, forms));
}

Result<double> parse_suffixed(std::string_view text, std::span<const Suffix> suffixes,
                              std::string_view what, std::string_view forms) {
  std::string_view rest = text;
  const auto value = take_number(rest);
  const auto factor = factor_of(rest, suffixes);
  if (!value || !factor) return refused(what, text, forms);
  return *value * *factor;
}

constexpr double kLargest = 9.2e18;  // fits int64 and uint64

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  constexpr std::string_view kForms = "250ms, 30s, 2m or 1h30m";
  if (text == "0") return Duration{0};
  if (text.empty()) return refused("duration", text, kForms);
  double total = 0;
  double previous_factor = std::numeric_limits<double>::infinity();
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto value = take_number(rest);
    std::size_t length = 0;
    while (length < rest.size() && rest[length] >= 'a' && rest[length] <= 'z') ++length;
    const auto factor = factor_of(rest.substr(0, length), kDurationSuffixes);
    // Units must come in falling order, each once: 30m1h is a typing error, not one hour and a
    // half.
    if (!value || !factor || *factor >= previous_factor) return refused("duration", text, kForms);
    previous_factor = *factor;
    total += *value * *factor;
    rest.remove_prefix(length);
  }
  if (total > kLargest) return refused("duration", text, "something shorter than 292 years");
  return Duration{static_cast<std::int64_t>(std::llround(total))};
}

Result<Bytes> parse_bytes(std::string_view text) {
  const auto value = parse_suffixed(text, kByteSuffixes, "size", "128Mi, 1.5Gi, 64M or 512");
  if (!value) return value.error();
  if (*value > kLargest) return refused("size", text, "something below 8Ei");
  return Bytes{static_cast<std::uint64_t>(std::llround(*value))};
}

Result<Cores> parse_cores(std::string_view text) {
  const auto value = parse_suffixed(text, kCoreSuffixes, "number of cores", "500m, 1.5 or 2");
  if (!value) return value.error();
  return Cores{*value};
}

Result<Rate> parse_rate(std::string_view text) {
  constexpr std::string_view kForms = "1000/s, 90/m, 0.5/s or 1/10s";
  // "1/10s": so many in that time.
  if (const auto slash = text.find('/'); slash != std::string_view::npos &&
                                         slash + 1 < text.size() && text[slash + 1] >= '0' &&
                                         text[slash + 1] <= '9') {
    std::string_view count = text.substr(0, slash);
    const auto number = take_number(count);
    const auto time = parse_duration(text.substr(slash + 1));
    if (!number || !count.empty() || !time || time->count() <= 0)
      return refused("rate", text, kForms);
    return Rate{*number / seconds(*time)};
  }
  const auto value = parse_suffixed(text, kRateSuffixes, "rate", kForms);
  if (!value) return value.error();
  return Rate{*value};
}

Result<Percent> parse_percent(std::string_view text) {
  const auto value = parse_suffixed(text, kPercentSuffixes, "percentage", "80% or 0.1%");
  if (!value) return value.error();
  return Percent{*value};
}

Result<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() ||
      !std::isfinite(value))
    return refused("number", text, "3 or 0.25");
  return value;
}

std::string format_duration(Duration duration) {
  const auto ns = static_cast<double>(duration.count());
  const double magnitude = std::abs(ns);
  if (magnitude < 1e3) return fmt::format("{}ns", duration.count());
  // Three digits: 1.23, 12.3, 123.
  const auto shown = [](double value, std::string_view unit) {
    const double size = std::abs(value);
    return fmt::format("{:.{}f}{}", value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0, unit);
  };
  if (magnitude < 999.5e3) return shown(ns / 1e3, "us");
  if (magnitude < 999.5e6) return shown(ns / 1e6, "ms");
  if (magnitude < 600e9) return shown(ns / 1e9, "s");
  const auto total = std::chrono::round<std::chrono::seconds>(duration).count();
  if (total < 3600) return fmt::format("{}m{:02}s", total / 60, total % 60);
  return fmt::format("{}h{:02}m", total / 3600, total % 3600 / 60);
}

std::string format_bytes(Bytes bytes) {
  constexpr std::array kUnits = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  auto value = static_cast<double>(bytes.count);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  const double rounded = std::round(value * 10) / 10;
  return rounded == std::floor(rounded) ? fmt::format("{:.0f}{}", rounded, kUnits[unit])
                                        : fmt::format("{:.1f}{}", rounded, kUnits[unit]);
}

std::string format_cores(Cores cores) {
  if (cores.count < 1) return fmt::format("{:.0f}m", cores.count * 1000);
  return fmt::format("{:.4g}", cores.count);
}

std::string format_clock(double seconds) {
  if (!std::isfinite(seconds) || std::abs(seconds) > 1e9) return "-";
  // A time read back from text may be a hair below its second.
  const auto whole = static_cast<long long>(std::floor(std::abs(seconds) + 1e-6));
  const auto* sign = seconds < 0 && whole > 0 ? "-" : "";
  if (whole < 3600) return fmt::format("{}{:02}:{:02}", sign, whole / 60, whole % 60);
  return fmt::format("{}{}:{:02}:{:02}", sign, whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace plimsoll::units
