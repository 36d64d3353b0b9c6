// A run's result as JSON (schema plimsoll.loadgen/v1), as text and as a page for people. Pure.
#pragma once
#include <string>

#include "loadgen/plan/plan.hpp"
#include "loadgen/result/result.hpp"

namespace plimsoll::loadgen::result {

// The whole document, indented, with a newline at the end.
[[nodiscard]] std::string to_json(const plan::Plan& plan, const RunResult& result);
// The summary; color: mark the verdict.
[[nodiscard]] std::string to_text(const plan::Plan& plan, const RunResult& result, bool color);
// One self-contained HTML page with charts; every text in it is escaped.
[[nodiscard]] std::string to_html(const plan::Plan& plan, const RunResult& result);

}  // namespace plimsoll::loadgen::result
