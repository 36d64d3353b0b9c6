#include "core/shape/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace plimsoll::shape {
namespace {

struct Kind {
  std::string_view name;
  std::string_view shares;  // an example
  std::string_view rates;   // empty: none
  Result<Shape> (*parse)(Keys& keys);
};

template <typename T>
Result<Shape> parsed_as(Keys& keys) {
  const auto parsed = T::parse(keys);
  if (!parsed) return parsed.error();
  return Shape{*parsed, keys.unit()};
}

constexpr std::array kKinds = {
    Kind{"square", "square:period=30s,low=10%,duty=50%", "", parsed_as<Square>},
    Kind{"sine", "sine:period=1m,low=10%", "sine:mean=500/s,amplitude=400/s,period=60s",
         parsed_as<Sine>},
    Kind{"sawtooth", "sawtooth:period=1m,low=10%", "", parsed_as<Sawtooth>},
    Kind{"spike", "spike:base=10%,peak=100%,at=30s,for=5s",
         "spike:base=100/s,peak=1000/s,at=30s,for=5s", parsed_as<Spike>},
};

std::string joined(std::string_view Kind::*example) {
  std::string all;
  for (const auto& kind : kKinds)
    if (!(kind.*example).empty()) all += fmt::format("{} or ", kind.*example);
  return all + "trace:FILE";
}

Result<Shape> trace_at(const std::string& path) {
  auto read = read_trace(path);
  if (!read) return read.error();
  return Shape{std::move(read->trace), read->unit};
}

}  // namespace

std::string share_examples() { return joined(&Kind::shares); }
std::string rate_examples() { return joined(&Kind::rates); }

Result<Shape> Shape::parse(std::string_view text) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  const auto rest = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  if (name == "trace") return trace_at(std::string{rest});
  for (const auto& kind : kKinds) {
    if (name != kind.name) continue;
    const bool rates = !kind.rates.empty() && rest.find('/') != std::string_view::npos;
    Keys keys(text, rest, rates ? kind.rates : kind.shares);
    return kind.parse(keys);
  }
  return invalid_input(fmt::format("'{}' is not a shape: write it as {}", text, share_examples()));
}

Result<Shape> Shape::parse_share(std::string_view text) {
  auto parsed = parse(text);
  if (parsed && parsed->unit() == Unit::kRate)
    return invalid_input(
        fmt::format("'{}': its levels must be shares of the goal, such as 40%", text));
  return parsed;
}

double Shape::mean(Duration from, Duration to) const noexcept {
  if (to <= from) return at(from);
  const double start = units::seconds(from);
  const double end = units::seconds(to);
  return (integral(end) - integral(start)) / (end - start);
}

Shape Shape::times(double rate) const {
  Shape scaled = *this;
  std::visit([rate](auto& form) { form.scale(rate); }, scaled.form_);
  scaled.unit_ = Unit::kRate;
  return scaled;
}

double Ramped::at(Duration elapsed) const noexcept {
  elapsed = std::max(elapsed, Duration::zero());
  const double risen = elapsed < ramp_ ? units::seconds(elapsed) / units::seconds(ramp_) : 1.0;
  return risen * shape_.at(elapsed);
}

}  // namespace plimsoll::shape
