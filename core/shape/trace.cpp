#include "core/shape/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

namespace plimsoll::shape {
namespace {

using Points = std::vector<std::pair<units::Duration, double>>;

constexpr std::string_view kBlanks = " \t\r,";

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const auto word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

// nullopt: no point on this line.
Result<std::optional<std::pair<units::Duration, Level>>> parse_point(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const auto time = take_word(line);
  if (time.empty()) return std::optional<std::pair<units::Duration, Level>>{};
  const auto share = take_word(line);
  if (share.empty() || !take_word(line).empty())
    return invalid_input("expected 'TIME SHARE', such as '30s 80%'");
  const auto at = units::parse_duration(time);
  if (!at) return at.error();
  const auto level = parse_level(share);
  if (!level) return level.error();
  return std::optional{std::pair{*at, *level}};
}

}  // namespace

Trace::Trace(const Points& points) {
  double from = 0;
  double level = points.front().second;
  double before = 0;
  for (const auto& [at, next] : points) {
    const double to = units::seconds(at);
    if (to > from) {
      pieces_.push_back({from, before, {to - from, level, next}});
      before += pieces_.back().line.integral(to - from);
    }
    from = to;
    level = next;
  }
  pieces_.push_back({from, before, {1, level, level}});
}

double Trace::value(double t) const noexcept {
  const auto after = std::upper_bound(pieces_.begin() + 1, pieces_.end(), t,
                                      [](double time, const Piece& p) { return time < p.start; });
  return (after - 1)->line.value(t - (after - 1)->start);
}

double Trace::integral(double t) const noexcept {
  const auto after = std::upper_bound(pieces_.begin() + 1, pieces_.end(), t,
                                      [](double time, const Piece& p) { return time < p.start; });
  return (after - 1)->before + (after - 1)->line.integral(t - (after - 1)->start);
}

// Of pieces at level 0 the end counts: that is where more comes.
double Trace::time_of(double x) const noexcept {
  const auto after = std::upper_bound(pieces_.begin() + 1, pieces_.end(), x,
                                      [](double sum, const Piece& p) { return sum < p.before; });
  const auto& piece = *(after - 1);
  const double inside = piece.line.time_of(x - piece.before);
  return piece.start + (after == pieces_.end() ? inside : std::min(inside, piece.line.length));
}

double Trace::highest() const noexcept {
  double highest = 0;
  for (const auto& piece : pieces_) highest = std::max(highest, piece.line.highest());
  return highest;
}

void Trace::scale(double factor) noexcept {
  for (auto& piece : pieces_) {
    piece.before *= factor;
    piece.line.scale(factor);
  }
}

Result<ReadTrace> parse_trace(const std::string& name, std::string_view text) {
  Points points;
  std::optional<Unit> unit;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto point = parse_point(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto wrong = [&](std::string_view reason) {
      return invalid_input(fmt::format("{}:{}: {}", name, number, reason));
    };
    if (!point) return wrong(point.error().message);
    if (!*point) continue;
    const auto& [at, level] = **point;
    if (!points.empty() && at <= points.back().first) return wrong("times must rise");
    if (level.unit != unit.value_or(level.unit)) return wrong("all shares or all rates");
    unit = level.unit;
    points.emplace_back(at, level.value);
  }
  if (points.empty())
    return invalid_input(name + ": no line 'TIME SHARE', such as '30s 80%', in it");
  return ReadTrace{Trace{points}, *unit};
}

Result<ReadTrace> read_trace(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()))
    return invalid_input(
        fmt::format("cannot read {}: {}", path, errno != 0 ? std::strerror(errno) : "it is empty"));
  return parse_trace(path, text.str());
}

}  // namespace plimsoll::shape
