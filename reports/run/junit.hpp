// junit.xml: one testsuite a run, one testcase a claim (classname: the scenario; time: seconds from
// the start of its window to its decision, 0 where not known). fail is a <failure>, inconclusive an
// <error type="inconclusive">, skipped a <skipped>. Where no claim explains the exit code, a
// testcase "run" carries it as an <error>. Always well-formed XML 1.0, whatever the texts hold.
// Source: https://github.com/testmoapp/junitxml. Thread-safety: pure function.
#pragma once
#include <string>
#include <vector>

#include "reports/run/run.hpp"

namespace plimsoll::reports::run {

[[nodiscard]] std::string to_junit(const std::vector<Run>& runs);

}  // namespace plimsoll::reports::run
