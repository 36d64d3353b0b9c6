#include "scenarios/engine/log/observation.hpp"

#include <array>
#include <cmath>
#include <ctime>
#include <fstream>

#include "scenarios/engine/log/observation_json.hpp"

namespace plimsoll::engine::log {

using nlohmann::json;

const char* to_string(Source source) noexcept {
  switch (source) {
    case Source::kKubernetes:
      return "kubernetes";
    case Source::kPrometheus:
      return "prometheus";
    case Source::kReceiver:
      return "receiver";
  }
  return "kubernetes";
}

std::string to_line(const Observation& observation) {
  auto line = std::visit([](const auto& what) { return write(what); }, observation.what);
  line["t"] = std::round(observation.t * 1e6) / 1e6;
  line["at"] = format_wall_time(observation.at);
  return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Observation> from_line(std::string_view line) {
  const auto parsed = json::parse(line, nullptr, false);
  if (!parsed.is_object()) return usage_error("not a JSON object");
  try {
    Observation observation;
    observation.t = parsed.at("t").get<double>();
    const auto at = parse_wall_time(parsed.at("at").get<std::string>());
    if (!at) return usage_error("'at' is not a time");
    observation.at = *at;
    observation.what = read(parsed);
    return observation;
  } catch (const json::exception& error) {
    return usage_error(error.what());
  } catch (const UnknownKind& unknown) {
    return usage_error("unknown kind '" + unknown.kind + "'");
  }
}

Result<ReadLog> read_log(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return environment_error(path + ": cannot be read");
  ReadLog log;
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    const bool torn = stream.eof();  // the newline is written last
    auto observation = from_line(line);
    if (observation) {
      log.observations.push_back(std::move(*observation));
      continue;
    }
    const auto where = path + ":" + std::to_string(number) + ": ";
    if (!torn) return usage_error(where + observation.error().message);
    log.note = where + "torn last line dropped";
  }
  if (stream.bad()) return environment_error(path + ": cannot be read");
  return log;
}

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
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, digit /= 10) {
      fraction += digit * (*rest - '0');
    }
  }
  if (std::string_view(rest) != "Z") return std::nullopt;
  // To the millisecond: binary fractions must not turn .123 into .122.
  const auto milliseconds = std::chrono::milliseconds(std::llround(fraction * 1000));
  return std::chrono::system_clock::from_time_t(timegm(&parts)) + milliseconds;
}

}  // namespace plimsoll::engine::log
