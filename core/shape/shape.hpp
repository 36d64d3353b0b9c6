// Load over time: a share of a goal (0 to 1), or a rate. What cpuburn does with cores, membloat
// with bytes and loadgen with requests per second. Each form, in a file of its own, has its value,
// the integral of it and the inverse of that. Written by users as
//   square:period=30s[,low=10%][,duty=50%]          high first, for duty of the period, then low
//   sine:period=1m[,low=10%]                        from low up to the goal and back
//   sine:mean=50%,amplitude=40%,period=1m[,shift=15s]
//   sawtooth:period=1m[,low=10%]                    rises from low to the goal, falls at once
//   spike:base=10%,peak=100%,at=30s,for=5s
//   trace:FILE                                      lines "TIME SHARE", straight between them
// where every level of the second sine, of spike and of a trace may be a rate instead ("500/s").
// Units: seconds from the start of the shape. Errors: invalid input, naming the key, or the file
// and line. Thread-safety: const calls are safe.
#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/result/result.hpp"
#include "core/shape/level.hpp"
#include "core/shape/linear.hpp"
#include "core/shape/periodic.hpp"
#include "core/shape/sine.hpp"
#include "core/shape/spike.hpp"
#include "core/shape/trace.hpp"
#include "core/units/units.hpp"

namespace plimsoll::shape {

using units::Duration;

class Shape {
 public:
  using Form = std::variant<Linear, Spike, Sine, Square, Sawtooth, Trace>;

  // Always at the goal.
  Shape() : form_(Linear{1, 1, 1}) {}
  explicit Shape(Form form, Unit unit = Unit::kShare) : form_(std::move(form)), unit_(unit) {}
  // Any form is a shape.
  template <typename T>
  requires(!std::same_as<T, Shape> && std::constructible_from<Form, T>) Shape(T form)
      : form_(std::move(form)) {}

  // Shares or rates.
  [[nodiscard]] static Result<Shape> parse(std::string_view text);
  // Shares alone: where there is a goal, and no rate.
  [[nodiscard]] static Result<Shape> parse_share(std::string_view text);

  [[nodiscard]] double value(double t) const noexcept {
    return std::visit([t](const auto& form) { return form.value(t); }, form_);
  }
  // From 0 to t.
  [[nodiscard]] double integral(double t) const noexcept {
    return std::visit([t](const auto& form) { return form.integral(t); }, form_);
  }
  // When the integral reaches x; below the integral of the whole.
  [[nodiscard]] double time_of(double x) const noexcept {
    return std::visit([x](const auto& form) { return form.time_of(x); }, form_);
  }
  // The largest value that it ever has.
  [[nodiscard]] double peak() const noexcept {
    return std::visit([](const auto& form) { return form.highest(); }, form_);
  }
  [[nodiscard]] double at(Duration elapsed) const noexcept {
    return value(units::seconds(std::max(elapsed, Duration::zero())));
  }
  // The average over a stretch of time.
  [[nodiscard]] double mean(Duration from, Duration to) const noexcept;
  // Shares of this rate as rates.
  [[nodiscard]] Shape times(double rate) const;

  [[nodiscard]] Unit unit() const noexcept { return unit_; }
  [[nodiscard]] const Form& form() const noexcept { return form_; }

 private:
  Form form_;
  Unit unit_ = Unit::kShare;
};

// A shape that a rise from 0 bends in the beginning.
class Ramped {
 public:
  Ramped(Shape shape, Duration ramp = {}) : shape_(std::move(shape)), ramp_(ramp) {}
  [[nodiscard]] double at(Duration elapsed) const noexcept;

 private:
  Shape shape_;
  Duration ramp_;
};

// One right text of each form that takes shares, and of each that takes rates; for help.
[[nodiscard]] std::string share_examples();
[[nodiscard]] std::string rate_examples();

}  // namespace plimsoll::shape
