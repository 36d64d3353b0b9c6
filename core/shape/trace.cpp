#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

#include "core/shape/shape.hpp"

namespace plimsoll::shape {
namespace {

constexpr std::string_view kBlanks = " \t\r,";

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const auto word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

// nullopt: no point on this line.
Result<std::optional<std::pair<Duration, double>>> parse_point(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const auto time = take_word(line);
  if (time.empty()) return std::optional<std::pair<Duration, double>>{};
  const auto share = take_word(line);
  if (share.empty() || !take_word(line).empty())
    return invalid_input("expected 'TIME SHARE', such as '30s 80%'");
  const auto at = units::parse_duration(time);
  if (!at) return at.error();
  const auto percent = units::parse_percent(share);
  if (!percent) return percent.error();
  if (percent->value > 100) return invalid_input("a share above 100%; ask for more instead");
  return std::optional{std::pair{*at, percent->fraction()}};
}

}  // namespace

Result<Trace> parse_trace(const std::string& name, std::string_view text) {
  Trace trace;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    const auto point = parse_point(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!point) return invalid_input(fmt::format("{}:{}: {}", name, number, point.error().message));
    if (!*point) continue;
    if (!trace.points.empty() && (*point)->first <= trace.points.back().first)
      return invalid_input(fmt::format("{}:{}: times must rise", name, number));
    trace.points.push_back(**point);
  }
  if (trace.points.empty())
    return invalid_input(name + ": no line 'TIME SHARE', such as '30s 80%', in it");
  return trace;
}

Result<Trace> read_trace(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()))
    return invalid_input(
        fmt::format("cannot read {}: {}", path, errno != 0 ? std::strerror(errno) : "it is empty"));
  return parse_trace(path, text.str());
}

}  // namespace plimsoll::shape
