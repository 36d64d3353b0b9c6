#include "loadgen/schedule/think.hpp"

#include <fmt/format.h>

#include "loadgen/request/template.hpp"

namespace plimsoll::loadgen::schedule {
namespace {

// Tell the choices about one number apart.
constexpr std::uint64_t kAfter = 0x7468696e6b;
constexpr std::uint64_t kAtStart = 0x7374617274;

constexpr units::Duration kLongest = std::chrono::hours(24);

Error refused(std::string_view text, std::string_view reason) {
  return invalid_input(
      fmt::format("'{}' is not a think time: {}; write it as 100ms or 50ms..200ms", text, reason));
}

std::int64_t between(std::int64_t low, std::int64_t high, std::uint64_t bits) {
  return low + static_cast<std::int64_t>(bits % static_cast<std::uint64_t>(high - low + 1));
}

}  // namespace

Result<ThinkTime> parse_think(std::string_view text) {
  constexpr std::string_view kTo = "..";
  const auto to = text.find(kTo);
  const auto first = units::parse_duration(text.substr(0, to));
  if (!first) return refused(text, first.error().message);
  ThinkTime think{*first, *first};
  if (to != std::string_view::npos) {
    const auto second = units::parse_duration(text.substr(to + kTo.size()));
    if (!second) return refused(text, second.error().message);
    think.longest = *second;
  }
  if (think.longest < think.shortest) return refused(text, "the shorter one comes first");
  if (think.longest.count() == 0) return refused(text, "it must be above 0");
  if (think.longest > kLongest) return refused(text, "it must be at most a day");
  return think;
}

std::int64_t ThinkTime::after(std::uint64_t seed, std::uint64_t seq) const noexcept {
  return between(shortest.count(), longest.count(),
                 request::mixed(request::mixed(seed, seq), kAfter));
}

std::int64_t ThinkTime::at_start(std::uint64_t seed, std::uint64_t connection) const noexcept {
  return between(0, longest.count(), request::mixed(request::mixed(seed, connection), kAtStart));
}

}  // namespace plimsoll::loadgen::schedule
