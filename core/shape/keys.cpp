#include "core/shape/keys.hpp"

#include <fmt/format.h>

#include "core/units/units.hpp"

namespace plimsoll::shape {

Result<Level> parse_level(std::string_view text) {
  if (text.find('/') != std::string_view::npos) {
    const auto rate = units::parse_rate(text);
    if (!rate) return rate.error();
    if (rate->per_second > 1e9) return invalid_input(fmt::format("{} is above 1000000000/s", text));
    return Level{rate->per_second, Unit::kRate};
  }
  const auto percent = units::parse_percent(text);
  if (!percent) return percent.error();
  if (percent->value > 100)
    return invalid_input(fmt::format("{} is a share above 100%; ask for more instead", text));
  return Level{percent->fraction(), Unit::kShare};
}

Keys::Keys(std::string_view whole, std::string_view pairs, std::string_view example)
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

std::optional<std::string> Keys::take(const char* key, bool required) {
  auto node = values_.extract(std::string(key));
  if (!node.empty()) return std::move(node.mapped());
  if (required) refuse(fmt::format("'{}' is missing", key));
  return std::nullopt;
}

double Keys::level(const char* key) {
  const auto text = take(key, true);
  if (!text) return 0;
  const auto level = parse_level(*text);
  if (!level) {
    refuse(fmt::format("{}: {}", key, level.error().message));
    return 0;
  }
  if (level->unit != unit_.value_or(level->unit))
    refuse("its levels must be all shares or all rates");
  unit_ = level->unit;
  return level->value;
}

double Keys::share(const char* key, double otherwise) {
  const auto text = take(key, false);
  if (!text) return otherwise;
  const auto level = parse_level(*text);
  if (!level) refuse(fmt::format("{}: {}", key, level.error().message));
  if (level && level->unit != Unit::kShare) refuse(fmt::format("'{}' must be a percentage", key));
  return level ? level->value : otherwise;
}

double Keys::seconds(const char* key, std::optional<double> otherwise) {
  const auto text = take(key, !otherwise);
  if (!text) return otherwise.value_or(0);
  const auto parsed = units::parse_duration(*text);
  if (!parsed) refuse(fmt::format("{}: {}", key, parsed.error().message));
  return parsed ? units::seconds(*parsed) : 0;
}

double Keys::period() {
  const double period = seconds("period");
  if (period <= 0) refuse("'period' must be above 0");
  if (unit() == Unit::kShare && period < 0.1) refuse("period: 100ms is the shortest");
  return period;
}

void Keys::refuse(std::string_view reason) {
  if (error_.empty())
    error_ = fmt::format("'{}' is not a shape: {}; write it as {}", whole_, reason, example_);
}

Result<void> Keys::finish() {
  if (!values_.empty()) refuse(fmt::format("unknown key '{}'", values_.begin()->first));
  if (!error_.empty()) return invalid_input(error_);
  return {};
}

}  // namespace plimsoll::shape
