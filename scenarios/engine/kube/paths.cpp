#include "scenarios/engine/kube/paths.hpp"

#include <fmt/format.h>

#include <cctype>

namespace plimsoll::engine::kube {

std::string group_path(const std::string& api_version) {
  return (api_version.find('/') == std::string::npos ? "/api/" : "/apis/") + api_version;
}

std::string proxy_path(const model::ServiceAddress& service) {
  return fmt::format("/api/v1/namespaces/{}/services/{}:{}/proxy", service.namespace_name,
                     service.service, service.port);
}

std::string to_string(const model::ServiceAddress& service) {
  return fmt::format("{}/{}:{}", service.namespace_name, service.service, service.port);
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~')
      encoded += c;
    else
      encoded += fmt::format("%{:02X}", byte);
  }
  return encoded;
}

}  // namespace plimsoll::engine::kube
