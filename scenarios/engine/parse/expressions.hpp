// The small languages inside a scenario's strings: comparisons, marks, conditions, addresses, and
// ${...}. Errors: exit code 2; the message quotes the text and names the accepted forms, without a
// place. Thread-safety: pure functions. Source: docs/scenarios.md.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/result/result.hpp"
#include "core/units/units.hpp"
#include "scenarios/engine/model/model.hpp"

namespace plimsoll::engine::parse {

// What the right-hand side of a comparison is.
enum class Quantity {
  kCount,     // a whole number, not negative
  kRestarts,  // "+1", ">=+1": whole, from the start of the run
  kNumber,    // any finite number
};
[[nodiscard]] Result<model::Comparison> parse_comparison(std::string_view text, Quantity quantity);

// "start", "end", "bloat.start", "oom.at", "load.start+30s", "load.end-10s". Does not check whether
// the step or the claim is there.
[[nodiscard]] Result<model::Mark> parse_mark(std::string_view text);

// "ScalingActive=True"
[[nodiscard]] Result<model::Condition> parse_condition(std::string_view text);

// "monitoring/prometheus:9090"
[[nodiscard]] Result<model::ServiceAddress> parse_service_address(std::string_view text);

// "deployment/target"
[[nodiscard]] Result<model::Workload> parse_workload(std::string_view text);

// Replaces ${name} by its value; "$${" stands for "${". Error: a name that is not there.
[[nodiscard]] Result<std::string> substitute(std::string_view text,
                                             const std::map<std::string, std::string>& values);

// A whole number from lowest to highest, digits only; nullopt for any other text.
[[nodiscard]] std::optional<int> parse_whole(std::string_view text, int lowest, int highest);

// A name that Kubernetes takes as part of an object's name (RFC 1123 label).
[[nodiscard]] bool is_label_name(std::string_view text) noexcept;
// A name for a step or a claim: letters, digits, "-", "_".
[[nodiscard]] bool is_reference_name(std::string_view text) noexcept;

// "a, b or c"
[[nodiscard]] std::string either(const std::vector<std::string>& words);

// The candidate that is nearest to what was written, "" where none is near.
[[nodiscard]] std::string nearest(std::string_view text,
                                  const std::vector<std::string>& candidates);

// "60s", "2m", "1h30m", "1.5s": exact, for messages.
[[nodiscard]] std::string short_duration(units::Duration duration);

}  // namespace plimsoll::engine::parse
