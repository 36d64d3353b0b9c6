// A level over time as it was recorded: points with straight lines between them. Before the first
// and after the last point its level stays. Errors of the readers: invalid input, naming the file
// and the line. Thread-safety: values, pure functions.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result/result.hpp"
#include "core/shape/level.hpp"
#include "core/shape/linear.hpp"
#include "core/units/units.hpp"

namespace plimsoll::shape {

class Trace {
 public:
  // At least one, times rising.
  explicit Trace(const std::vector<std::pair<units::Duration, double>>& points);

  [[nodiscard]] double value(double t) const noexcept;
  [[nodiscard]] double integral(double t) const noexcept;
  [[nodiscard]] double time_of(double x) const noexcept;
  [[nodiscard]] double highest() const noexcept;
  void scale(double factor) noexcept;

 private:
  struct Piece {
    double start = 0;   // seconds
    double before = 0;  // the integral up to start
    Linear line;
  };
  std::vector<Piece> pieces_;  // from 0 on; the last one has no end
};

struct ReadTrace {
  Trace trace;
  Unit unit = Unit::kShare;
};
// Lines "TIME LEVEL", such as "1m30s 40%"; the text of a file, whose name is for messages.
[[nodiscard]] Result<ReadTrace> parse_trace(const std::string& name, std::string_view text);
[[nodiscard]] Result<ReadTrace> read_trace(const std::string& path);

}  // namespace plimsoll::shape
