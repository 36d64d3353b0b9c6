// The bytes of one connection: a non-blocking TCP or UNIX stream socket, with TLS on top where a
// context is given. Says what happened and keeps no state of HTTP. Every call returns at once; the
// event loop tells when to call again. Thread-safety: none.
// Source: connect(2) EINPROGRESS, SSL_get_error(3).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "loadgen/net/endpoint.hpp"
#include "loadgen/net/error_kind.hpp"
#include "loadgen/net/event_loop.hpp"
#include "loadgen/net/tls.hpp"

namespace plimsoll::loadgen::net {

class Transport {
 public:
  // tls: null for plain text; otherwise it must outlive this.
  explicit Transport(const TlsContext* tls) : tls_(tls) {}
  ~Transport() { close(); }
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // Starts to connect; kDone means: call finish_opening when writable.
  [[nodiscard]] IoState open(const Endpoint& endpoint, EventLoop& loop, Readiness& owner);
  // Goes on with the connect and the TLS handshake; kDone when both are through.
  [[nodiscard]] IoState finish_opening();
  [[nodiscard]] Io read(char* data, std::size_t size);
  [[nodiscard]] Io write(std::string_view bytes);
  void close() noexcept;

  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  // While it is being opened: what it waits for when that is not the connect itself.
  [[nodiscard]] std::string waits_for() const {
    return connected_ ? "connected, but the TLS handshake did not end" : "";
  }
  // A short read may leave something behind, in the TLS layer's own buffer.
  [[nodiscard]] bool buffers() const noexcept { return tls_ != nullptr; }
  // After kFailed.
  [[nodiscard]] Failure failure() const { return {failure_, detail_}; }

 private:
  [[nodiscard]] IoState failed_to_open(int error);
  [[nodiscard]] IoState ended(int error);

  const TlsContext* tls_;
  int fd_ = -1;
  TlsSession session_;
  bool connected_ = false;
  ErrorKind failure_ = ErrorKind::kReset;
  std::string detail_;
};

}  // namespace plimsoll::loadgen::net
