// report.html: one self-contained page that loads nothing and runs nothing (its own content
// security policy says so): verdict, claims, timeline, charts, notes, evidence, steps with their
// commands, links to the run's files. Reads on a phone, in the dark and on paper. Every text is
// escaped. Thread-safety: pure function.
#pragma once
#include <string>

#include "reports/run/run.hpp"

namespace plimsoll::reports::run {

[[nodiscard]] std::string to_html(const Run& run);

}  // namespace plimsoll::reports::run
