// Which endpoint a path names, and what it allows. Thread-safety: constants and pure functions.
#pragma once
#include <boost/beast/http/verb.hpp>
#include <cstddef>
#include <ostream>  // verb.hpp needs it
#include <string_view>

namespace plimsoll::target::endpoints {

enum class Endpoint : std::size_t {
  kRoot,
  kBye,
  kHealth,
  kReady,
  kRiseload,
  kWork,
  kMemory,
  kWait,
  kStatus,
  kCount,
  kMetrics,
  kOther,  // no such path, or no request that could be understood
};
inline constexpr std::size_t kEndpoints = static_cast<std::size_t>(Endpoint::kOther) + 1;

struct Route {
  Endpoint endpoint;
  std::string_view path;   // exact, or a prefix where it ends in '/' and is longer than that
  std::string_view label;  // the route's template: the bounded label of its metrics
  bool takes_post;         // beside GET and HEAD
  bool observed;           // counted and logged at info; false for what probes and scrapes ask
};

// Without its query. Unknown paths give the route of Endpoint::kOther.
[[nodiscard]] const Route& route_of(std::string_view path) noexcept;
[[nodiscard]] const Route& route_of(Endpoint endpoint) noexcept;

[[nodiscard]] bool allows(const Route& route, boost::beast::http::verb method) noexcept;
// For the Allow header.
[[nodiscard]] std::string_view allowed_methods(const Route& route) noexcept;

// A request target without scheme, authority and fragment, split at the first '?'.
struct Address {
  std::string_view path;
  std::string_view query;
};
[[nodiscard]] Address split_address(std::string_view request_target) noexcept;

}  // namespace plimsoll::target::endpoints
