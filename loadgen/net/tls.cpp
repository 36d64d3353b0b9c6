#include "loadgen/net/tls.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace plimsoll::loadgen::net {
namespace {

std::string last_error() {
  const auto code = ERR_get_error();
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : fmt::format("OpenSSL error {:#x}", code);
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

Result<void> load_files(SSL_CTX* context, const TlsOptions& options) {
  ERR_clear_error();
  if (options.verify) {
    const bool trusted =
        options.ca_file.empty()
            ? SSL_CTX_set_default_verify_paths(context) == 1
            : SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) == 1;
    if (!trusted)
      return invalid_input(fmt::format(
          "cannot use the certificates in {}: {}",
          options.ca_file.empty() ? "the machine's store" : options.ca_file, last_error()));
  }
  if (options.certificate_file.empty()) return {};
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1)
    return invalid_input(fmt::format("cannot use the client certificate in {}: {}",
                                     options.certificate_file, last_error()));
  const auto& key = options.key_file.empty() ? options.certificate_file : options.key_file;
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1)
    return invalid_input(fmt::format("cannot use the client's key in {}: {}", key, last_error()));
  return {};
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::make(const TlsOptions& options,
                                                           const std::string& host) {
  std::shared_ptr<TlsContext> made(new TlsContext);
  made->context_ = SSL_CTX_new(TLS_client_method());
  if (made->context_ == nullptr)
    return internal_error("OpenSSL cannot make a context: " + last_error());
  SSL_CTX_set_min_proto_version(made->context_, TLS1_2_VERSION);
  SSL_CTX_set_session_cache_mode(made->context_, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(made->context_, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                       SSL_MODE_RELEASE_BUFFERS);
  // One read of the socket for many records, instead of two for each.
  SSL_CTX_set_read_ahead(made->context_, 1);
  SSL_CTX_set_verify(made->context_, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (const auto loaded = load_files(made->context_, options); !loaded) return loaded.error();
  made->verify_ = options.verify;
  made->server_name_ = options.server_name.empty() ? host : options.server_name;
  made->server_is_address_ = is_address(made->server_name_);
  if (!options.alpn.empty()) made->alpn_ = static_cast<char>(options.alpn.size()) + options.alpn;
  return std::shared_ptr<const TlsContext>(made);
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

bool TlsSession::start(const TlsContext& context, int fd) {
  end();
  healthy_ = false;
  error_.clear();
  context_ = &context;
  session_ = SSL_new(context.context_);
  if (session_ == nullptr || SSL_set_fd(session_, fd) != 1) return false;
  SSL_set_connect_state(session_);
  const auto& name = context.server_name_;
  // RFC 6066 section 3: an address is never a server name.
  if (!context.server_is_address_) SSL_set_tlsext_host_name(session_, name.c_str());
  if (context.verify_) {
    if (context.server_is_address_)
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_), name.c_str());
    else
      SSL_set1_host(session_, name.c_str());
  }
  if (!context.alpn_.empty())
    SSL_set_alpn_protos(session_, reinterpret_cast<const unsigned char*>(context.alpn_.data()),
                        static_cast<unsigned>(context.alpn_.size()));
  return true;
}

std::string TlsSession::describe() const {
  const long verified = SSL_get_verify_result(session_);
  const auto code = ERR_peek_error();
  if (verified != X509_V_OK && context_->verify_)
    return fmt::format("certificate verify failed: {}", X509_verify_cert_error_string(verified));
  return code == 0 ? "" : last_error();
}

TlsSession::State TlsSession::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(session_);
  if (result == 1) {
    healthy_ = true;
    if (context_->alpn_.empty()) return State::kDone;
    const unsigned char* agreed = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(session_, &agreed, &size);
    const auto wanted = std::string_view(context_->alpn_).substr(1);
    if (std::equal(wanted.begin(), wanted.end(), agreed, agreed + size)) return State::kDone;
    // Speaking HTTP/1.1 is what a server without ALPN means; anything else must be agreed on.
    if (size == 0 && wanted == "http/1.1") return State::kDone;
    error_ = fmt::format("the server does not offer {}", wanted);
    return State::kFailed;
  }
  const int why = SSL_get_error(session_, result);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return State::kAgain;
  const bool ended = why == SSL_ERROR_SYSCALL ||
                     ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  error_ = ended ? "the connection ended during the handshake" : describe();
  if (error_.empty()) error_ = "the handshake failed";
  return State::kFailed;
}

Io TlsSession::outcome(int result) {
  if (result > 0) return {IoState::kDone, static_cast<std::size_t>(result)};
  switch (SSL_get_error(session_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return {IoState::kAgain};
    case SSL_ERROR_ZERO_RETURN:
      return {IoState::kEnd};
    default:
      healthy_ = false;
      // An end without close_notify: the framing of HTTP says whether something is missing.
      if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return {IoState::kEnd};
      error_ = describe();
      return {IoState::kFailed};
  }
}

Io TlsSession::read(char* data, std::size_t size) {
  ERR_clear_error();
  return outcome(
      SSL_read(session_, data, static_cast<int>(std::min<std::size_t>(size, INT32_MAX))));
}

Io TlsSession::write(std::string_view bytes) {
  ERR_clear_error();
  return outcome(SSL_write(session_, bytes.data(),
                           static_cast<int>(std::min<std::size_t>(bytes.size(), INT32_MAX))));
}

void TlsSession::end() noexcept {
  if (session_ == nullptr) return;
  // Sends close_notify without waiting for the peer's. After a failure OpenSSL forbids it.
  if (healthy_) SSL_shutdown(session_);
  ERR_clear_error();
  SSL_free(session_);
  session_ = nullptr;
  healthy_ = false;
}

}  // namespace plimsoll::loadgen::net
