#include "core/shape/stage.hpp"

#include <fmt/format.h>

namespace plimsoll::shape {
namespace {

Error refused(std::string_view text, std::string_view reason) {
  return invalid_input(
      fmt::format("'{}' is not a stage: {}; write it as 30s:1000/s, 30s:=1000/s or NAME=30s:1000/s",
                  text, reason));
}

}  // namespace

Result<Stage> parse_stage(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return refused(text, "the : before the rate is missing");
  auto left = text.substr(0, colon);
  auto right = text.substr(colon + 1);
  Stage stage;
  if (const auto equals = left.find('='); equals != std::string_view::npos) {
    stage.name = left.substr(0, equals);
    left.remove_prefix(equals + 1);
    if (stage.name.empty()) return refused(text, "the name is empty");
  }
  if (right.starts_with('=')) {
    stage.step = true;
    right.remove_prefix(1);
  }
  const auto duration = units::parse_duration(left);
  if (!duration) return refused(text, duration.error().message);
  const auto rate = units::parse_rate(right);
  if (!rate) return refused(text, rate.error().message);
  stage.duration = *duration;
  stage.rate = *rate;
  return stage;
}

}  // namespace plimsoll::shape
