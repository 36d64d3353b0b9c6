#include "scenarios/engine/log/wall_time.hpp"

#include <array>
#include <cmath>
#include <ctime>

namespace plimsoll::engine::log {

std::string format_wall_time(WallTime time) {
  using namespace std::chrono;
  const auto whole = floor<milliseconds>(time);
  const auto day = floor<days>(whole);
  const year_month_day date(day);
  const hh_mm_ss clock(whole - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

std::optional<WallTime> parse_wall_time(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const char* rest = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  // Nanoseconds in 64 bits end in 2262.
  if (rest == nullptr || parts.tm_year < 70 || parts.tm_year > 300) return std::nullopt;
  double fraction = 0;
  if (*rest == '.') {
    double digit = 0.1;
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, digit /= 10)
      fraction += digit * (*rest - '0');
  }
  if (std::string_view(rest) != "Z") return std::nullopt;
  // To the millisecond: binary fractions must not turn .123 into .122.
  const auto milliseconds = std::chrono::milliseconds(std::llround(fraction * 1000));
  return std::chrono::system_clock::from_time_t(timegm(&parts)) + milliseconds;
}

}  // namespace plimsoll::engine::log
