// The pictures of a report: inline SVG that keeps its text size at any width (places in percent,
// lines in a stretched inner picture), so that the same file reads on a phone and on a wall.
// Colours come from the page's style sheet by class. All pictures of one time axis have the same
// width, so that a moment is at the same place in each. Thread-safety: pure functions.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "reports/page/axis.hpp"
#include "reports/run/run.hpp"

namespace plimsoll::reports::run {

// Steps as bars, then claims: the window as a band, the decision as a marker. Empty where there is
// neither.
[[nodiscard]] std::string timeline_svg(const Run& run, const page::Axis& time);

// The series as lines, with the claims' decisions as dotted lines. One unit per chart.
[[nodiscard]] std::string chart_svg(const Run& run, const std::vector<const Series*>& series,
                                    const page::Axis& time);

// From the start of the run to its end, or to the last thing that has a time in it.
[[nodiscard]] page::Axis time_axis(const Run& run);

// When a claim was decided: by what was seen, else at the end of its window. None where skipped.
[[nodiscard]] std::optional<double> decided(const Claim& claim);

}  // namespace plimsoll::reports::run
