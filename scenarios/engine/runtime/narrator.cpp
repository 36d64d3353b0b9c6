#include "scenarios/engine/runtime/narrator.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "scenarios/engine/judge.hpp"

namespace plimsoll::runtime {
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

void Narrator::say(std::string_view text, Tone tone) const {
  if (quiet_) return;
  const std::string time = elapsed_ ? scenario::format_clock(elapsed_()) + " " : "";
  if (color_ && tone != Tone::kPlain)
    fmt::print(stderr, "{}{}{}\x1b[0m\n", time, color_of(tone), text);
  else
    fmt::print(stderr, "{}{}\n", time, text);
}

void Narrator::insist(std::string_view text) const { fmt::print(stderr, "plimsoll: {}\n", text); }

}  // namespace plimsoll::runtime
