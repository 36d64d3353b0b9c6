#include "target/endpoints/routes.hpp"

#include <array>

namespace plimsoll::target::endpoints {
namespace {

using boost::beast::http::verb;

constexpr std::array<Route, kEndpoints> kRoutes{{
    {Endpoint::kRoot, "/", "/", true, true},
    {Endpoint::kBye, "/bye", "/bye", false, true},
    {Endpoint::kHealth, "/health", "/health", false, false},
    {Endpoint::kReady, "/ready", "/ready", false, false},
    {Endpoint::kRiseload, "/riseload", "/riseload", true, true},
    {Endpoint::kWork, "/work", "/work", true, true},
    {Endpoint::kMemory, "/memory", "/memory", true, true},
    {Endpoint::kWait, "/wait", "/wait", true, true},
    {Endpoint::kStatus, "/status/", "/status/{code}", true, true},
    {Endpoint::kCount, "/count", "/count", true, true},
    {Endpoint::kMetrics, "/metrics", "/metrics", false, false},
    {Endpoint::kOther, "", "other", true, true},
}};

bool names(const Route& route, std::string_view path) noexcept {
  if (route.path.size() > 1 && route.path.back() == '/') return path.starts_with(route.path);
  return path == route.path;
}

}  // namespace

const Route& route_of(Endpoint endpoint) noexcept {
  return kRoutes[static_cast<std::size_t>(endpoint)];
}

const Route& route_of(std::string_view path) noexcept {
  for (const auto& route : kRoutes)
    if (route.endpoint != Endpoint::kOther && names(route, path)) return route;
  return route_of(Endpoint::kOther);
}

bool allows(const Route& route, verb method) noexcept {
  return method == verb::get || method == verb::head || (method == verb::post && route.takes_post);
}

std::string_view allowed_methods(const Route& route) noexcept {
  return route.takes_post ? "GET, HEAD, POST" : "GET, HEAD";
}

Address split_address(std::string_view request_target) noexcept {
  if (const auto scheme = request_target.find("://");
      scheme != std::string_view::npos && scheme < request_target.find_first_of("/?")) {
    const auto path = request_target.find_first_of("/?#", scheme + 3);
    request_target = path == std::string_view::npos ? "/" : request_target.substr(path);
    if (request_target.front() != '/') return {"/", split_address(request_target).query};
  }
  request_target = request_target.substr(0, request_target.find('#'));
  const auto question = request_target.find('?');
  if (question == std::string_view::npos) return {request_target, {}};
  return {request_target.substr(0, question), request_target.substr(question + 1)};
}

}  // namespace plimsoll::target::endpoints
