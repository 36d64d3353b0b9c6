#include "core/verdict/verdict.hpp"

namespace plimsoll::verdict {

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::kPending:
      return "pending";
    case Verdict::kPass:
      return "pass";
    case Verdict::kFail:
      return "fail";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kSkipped:
      return "skipped";
  }
  return "pending";
}

}  // namespace plimsoll::verdict
