#include "scenarios/engine/console/console.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "core/units/units.hpp"

namespace plimsoll::engine::console {
namespace {

const char* color_of(Tone tone) {
  switch (tone) {
    case Tone::kGood:
      return "\x1b[32m";
    case Tone::kBad:
      return "\x1b[31m";
    case Tone::kDoubtful:
      return "\x1b[33m";
    case Tone::kPlain:
      break;
  }
  return "";
}

}  // namespace

void Console::say(std::string_view text, Tone tone) const {
  if (quiet_) return;
  const std::string front =
      prefix_ + (elapsed_ ? units::format_clock(elapsed_()) + " " : std::string{});
  if (color_ && tone != Tone::kPlain)
    fmt::print(stderr, "{}{}{}\x1b[0m\n", front, color_of(tone), text);
  else
    fmt::print(stderr, "{}{}\n", front, text);
}

void Console::insist(std::string_view text) const {
  fmt::print(stderr, "plimsoll: {}{}\n", prefix_, text);
}

}  // namespace plimsoll::engine::console
