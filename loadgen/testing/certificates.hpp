// For tests: a certificate authority, what it signs, and what it does not, as PEM files in a folder
// of its own that goes away with the object; and the server's end of TLS. Errors: exceptions.
// Source: X509_sign(3), X509V3_EXT_conf_nid(3), SSL_CTX_set_alpn_select_cb(3).
#pragma once
#include <filesystem>
#include <memory>
#include <string>

struct evp_pkey_st;
struct ssl_ctx_st;
struct x509_st;

namespace plimsoll::loadgen::testing {

// Paths of PEM files.
struct Identity {
  std::string certificate;
  std::string key;
};

class Certificates {
 public:
  struct Subject {
    std::string names = "DNS:localhost,IP:127.0.0.1";
    long valid_from_s = -3600;  // from now
    long valid_to_s = 3600;
    bool self_signed = false;
  };

  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  // The file to trust.
  [[nodiscard]] const std::string& ca() const noexcept { return ca_.certificate; }
  [[nodiscard]] Identity make(const Subject& subject);
  [[nodiscard]] Identity make() { return make(Subject{}); }

 private:
  [[nodiscard]] Identity write(x509_st* certificate, evp_pkey_st* key);

  std::filesystem::path folder_;
  int number_ = 0;
  std::shared_ptr<evp_pkey_st> ca_key_;
  std::shared_ptr<x509_st> ca_certificate_;
  Identity ca_;
};

struct ServerTls {
  std::string client_ca{};  // demand a certificate that this file vouches for; empty: none
  int highest_version = 0;  // as TLS1_2_VERSION; 0: any
  int lowest_version = 0;
  std::string alpn{};  // offered; empty: the server ignores ALPN
};
[[nodiscard]] std::shared_ptr<ssl_ctx_st> server_tls(const Identity& identity,
                                                     const ServerTls& options = {});

}  // namespace plimsoll::loadgen::testing
