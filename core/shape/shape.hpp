// Load over time as a share of the goal, 0 to 1: what cpuburn does with cores and membloat with
// bytes. Written by users as
//   square:period=30s[,low=10%][,duty=50%]   high first, for duty of the period, then low
//   sine:period=1m[,low=10%]                 from low up to the goal and back
//   sawtooth:period=1m[,low=10%]             rises from low to the goal, then falls at once
//   trace:FILE                               lines "TIME SHARE" ("1m30s 40%"), straight between
//   them
// low is 0 where it is not given. Errors: exit code 2, naming the key, or the file and line.
// Thread-safety: const calls are safe.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result/result.hpp"
#include "core/units/units.hpp"

namespace plimsoll::shape {

using units::Duration;

struct Constant {};
struct Square {
  Duration period;
  double low = 0;
  double duty = 0.5;
};
struct Sine {
  Duration period;
  double low = 0;
};
struct Sawtooth {
  Duration period;
  double low = 0;
};
struct Trace {
  // Times rise. Before the first and after the last its share stays.
  std::vector<std::pair<Duration, double>> points;
};

class Shape {
 public:
  // Always at the goal.
  Shape() = default;
  explicit Shape(std::variant<Constant, Square, Sine, Sawtooth, Trace> form)
      : form_(std::move(form)) {}

  [[nodiscard]] static Result<Shape> parse(std::string_view text);

  // The same, rising from 0 in the first while.
  [[nodiscard]] Shape with_ramp(Duration ramp) const;

  // The share at this time since the start.
  [[nodiscard]] double at(Duration elapsed) const;
  // The average over a stretch of time, sampled every 10 ms.
  [[nodiscard]] double mean(Duration from, Duration to) const;
  // The largest share that it ever has: 1, except in a trace.
  [[nodiscard]] double peak() const;
  [[nodiscard]] bool is_constant() const { return std::holds_alternative<Constant>(form_); }

 private:
  std::variant<Constant, Square, Sine, Sawtooth, Trace> form_;
  Duration ramp_{0};
};

// The text of a trace file; name is for messages.
[[nodiscard]] Result<Trace> parse_trace(const std::string& name, std::string_view text);
[[nodiscard]] Result<Trace> read_trace(const std::string& path);

}  // namespace plimsoll::shape
