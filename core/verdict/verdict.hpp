// What a claim comes to: decided by the judge, shown by the reports. Thread-safety: values.
// Source: docs/scenarios.md, "How it is judged".
#pragma once
#include <string_view>

namespace plimsoll::verdict {

enum class Verdict { kPending, kPass, kFail, kInconclusive, kSkipped };
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;  // "pending", "pass", ...

}  // namespace plimsoll::verdict
