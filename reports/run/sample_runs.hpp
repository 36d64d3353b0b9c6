// Runs for the tests of the reports, made by hand.
#pragma once
#include "reports/run/run.hpp"

namespace plimsoll::reports::run {

// An OOM whose alert fires and resolves; everything held.
[[nodiscard]] Run passed_run();
// An HPA that scaled out too little: one claim of each verdict, two charts.
[[nodiscard]] Run failed_run();
// The cluster was not there: no steps, claims or series.
[[nodiscard]] Run empty_run();
// Every text is an attack, and times and values are no numbers.
[[nodiscard]] Run hostile_run();

}  // namespace plimsoll::reports::run
