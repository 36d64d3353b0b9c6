// The frame that all HTML reports share: one self-contained page that loads nothing and runs
// nothing (its own content security policy says so), a banner with the verdict, headed sections.
// Arguments called `html` are put in as they are, all others are escaped and put on one line.
// Thread-safety: pure functions.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/exit_code/exit_code.hpp"

namespace plimsoll::reports::page {

// more_style_html: a <style> element of the report's own, or empty.
[[nodiscard]] std::string page(std::string_view title, std::string_view body_html,
                               std::string_view more_style_html = "");

// The class that colours a whole run: pass, inconclusive or fail.
[[nodiscard]] std::string_view tone(ExitCode exit) noexcept;

// The mark of a whole run: "✓" passed, "?" inconclusive, "✗" everything else.
[[nodiscard]] std::string_view mark(ExitCode exit) noexcept;

// "✓ passed oom-alert", and a sentence below.
[[nodiscard]] std::string banner(ExitCode exit, std::string_view verdict, std::string_view subject,
                                 std::string_view sentence);

// Terms with their values, side by side; leaves out those without a value.
[[nodiscard]] std::string facts(const std::vector<std::pair<std::string, std::string>>& facts);

// Empty where there is no content.
[[nodiscard]] std::string section(std::string_view title, std::string_view content_html);

// The text for between tags and in quotes.
[[nodiscard]] std::string line(std::string_view text);

}  // namespace plimsoll::reports::page
