// TLS for the client's end of a connection, by OpenSSL: at least 1.2, the server's certificate and
// name verified unless told otherwise, the session cache off, so that every new connection costs a
// whole handshake, as a new client's would. Thread-safety: a context may be used by many threads, a
// session by one. Source: SSL_CTX_new(3), SSL_set1_host(3), RFC 6125.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "core/result/result.hpp"
#include "loadgen/net/io_state.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace plimsoll::loadgen::net {

struct TlsOptions {
  bool verify = true;
  std::string ca_file;           // PEM; empty: the machine's trusted certificates
  std::string certificate_file;  // PEM chain of the client; empty: none
  std::string key_file;          // PEM; empty: the key is in certificate_file
  std::string server_name;       // asked for (SNI) and verified; empty: the URL's host
  std::string alpn;              // the protocol to agree on, as in "http/1.1"; empty: none
  bool operator==(const TlsOptions&) const = default;
};

class TlsContext {
 public:
  // host: the URL's. Errors: exit code 2 for a file that cannot be used, naming it.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> make(const TlsOptions& options,
                                                                      const std::string& host);

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class TlsSession;
  TlsContext() = default;

  ssl_ctx_st* context_ = nullptr;
  std::string server_name_;
  bool server_is_address_ = false;
  bool verify_ = true;
  std::string alpn_;
};

class TlsSession {
 public:
  enum class State { kDone, kAgain, kFailed };

  TlsSession() = default;
  ~TlsSession() { end(); }
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // On a connected socket. False when there is no memory for it.
  [[nodiscard]] bool start(const TlsContext& context, int fd);
  [[nodiscard]] State handshake();
  [[nodiscard]] Io read(char* data, std::size_t size);
  [[nodiscard]] Io write(std::string_view bytes);
  void end() noexcept;

  // What failed, in OpenSSL's words; empty when the socket did.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }

 private:
  [[nodiscard]] Io outcome(int result);
  [[nodiscard]] std::string describe() const;

  ssl_st* session_ = nullptr;
  const TlsContext* context_ = nullptr;
  bool healthy_ = false;  // the handshake is done, and nothing failed since
  std::string error_;
};

}  // namespace plimsoll::loadgen::net
