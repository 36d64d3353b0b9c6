// What can become of a request that brings no whole response. Names are part of the JSON contract.
#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace plimsoll::loadgen::net {

enum class ErrorKind : unsigned char {
  kDns,             // the name has no address
  kConnectRefused,  // the target's port is closed
  kConnectTimeout,  // no answer to the connect within --timeout
  kUnreachable,     // no route to the address
  kReset,           // the connection was reset
  kClosedEarly,     // closed before any byte of the response
  kTruncated,       // closed inside the response
  kTimeout,         // no whole response within --timeout
  kTls,             // the handshake failed, or the encryption broke
  kProtocol,        // the answer is not HTTP as RFC 9112, or with HTTP/2 RFC 9113, has it
  kClientFd,        // this process has no file descriptor left
  kClientPorts,     // this machine has no local port left
};

inline constexpr std::size_t kErrorKinds = 12;
inline constexpr std::array<std::string_view, kErrorKinds> kErrorNames = {
    "dns",   "connect_refused", "connect_timeout", "unreachable",
    "reset", "closed_early",    "truncated",       "timeout",
    "tls",   "protocol",        "client_fd",       "client_ports"};

// What went wrong, and in words where the kind does not say it all.
struct Failure {
  ErrorKind kind;
  std::string detail{};
};

[[nodiscard]] constexpr std::size_t index(ErrorKind kind) noexcept {
  return static_cast<std::size_t>(kind);
}
[[nodiscard]] constexpr std::string_view name(ErrorKind kind) noexcept {
  return kErrorNames[index(kind)];
}

}  // namespace plimsoll::loadgen::net
