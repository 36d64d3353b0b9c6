#include "scenarios/engine/log/observation.hpp"

namespace plimsoll::engine::log {

const char* to_string(Source source) noexcept {
  switch (source) {
    case Source::kKubernetes:
      return "kubernetes";
    case Source::kPrometheus:
      return "prometheus";
    case Source::kReceiver:
      return "receiver";
  }
  return "kubernetes";
}

}  // namespace plimsoll::engine::log
