#include "loadgen/schedule/keys.hpp"

#include <fmt/format.h>

#include "core/units/units.hpp"

namespace plimsoll::loadgen::schedule {

ShapeKeys::ShapeKeys(std::string_view whole, std::string_view pairs, std::string_view example)
    : whole_(whole), example_(example) {
  while (!pairs.empty()) {
    const auto pair = pairs.substr(0, pairs.find(','));
    pairs.remove_prefix(std::min(pair.size() + 1, pairs.size()));
    const auto equals = pair.find('=');
    const std::string key(pair.substr(0, equals));
    if (equals == std::string_view::npos)
      refuse(fmt::format("'{}' is not KEY=VALUE", pair));
    else if (!values_.emplace(key, pair.substr(equals + 1)).second)
      refuse(fmt::format("'{}' is given twice", key));
  }
}

std::optional<std::string> ShapeKeys::take(const char* key, bool required) {
  auto node = values_.extract(std::string(key));
  if (!node.empty()) return std::move(node.mapped());
  if (required) refuse(fmt::format("'{}' is missing", key));
  return std::nullopt;
}

double ShapeKeys::rate(const char* key) {
  const auto text = take(key, true);
  if (!text) return 0;
  const auto parsed = units::parse_rate(*text);
  if (!parsed) refuse(parsed.error().message);
  if (parsed && parsed->per_second > 1e9) refuse(fmt::format("'{}' is above 1000000000/s", key));
  return parsed ? parsed->per_second : 0;
}

double ShapeKeys::seconds(const char* key, std::optional<double> otherwise) {
  const auto text = take(key, !otherwise);
  if (!text) return otherwise.value_or(0);
  const auto parsed = units::parse_duration(*text);
  if (!parsed) refuse(parsed.error().message);
  return parsed ? units::seconds(*parsed) : 0;
}

void ShapeKeys::refuse(std::string_view reason) {
  if (error_.empty())
    error_ = fmt::format("'{}' is not a shape: {}; write it as {}", whole_, reason, example_);
}

Result<void> ShapeKeys::finish() {
  if (!values_.empty()) refuse(fmt::format("unknown key '{}'", values_.begin()->first));
  if (!error_.empty()) return invalid_input(error_);
  return {};
}

}  // namespace plimsoll::loadgen::schedule
