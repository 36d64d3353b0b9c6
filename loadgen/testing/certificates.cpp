#include "loadgen/testing/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <stdexcept>

namespace plimsoll::loadgen::testing {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using X509Pointer = std::shared_ptr<X509>;

void expect(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(what);
}

Key make_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  expect(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "extension");
  X509_EXTENSION_free(extension);
}

X509Pointer make_certificate(EVP_PKEY* key, const std::string& name, long serial) {
  X509Pointer certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  expect(X509_sign(certificate, issuer_key, EVP_sha256()) != 0, "sign");
}

int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned in_size, void* offered) {
  const auto& wire = *static_cast<const std::string*>(offered);
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(wire.data()),
                            static_cast<unsigned>(wire.size()), in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

Certificates::Certificates() : ca_key_(make_key()) {
  char folder[] = "/tmp/plimsoll-certificates-XXXXXX";
  expect(::mkdtemp(folder) != nullptr, "mkdtemp");
  folder_ = folder;
  ca_certificate_ = make_certificate(ca_key_.get(), "Plimsoll test authority", 1);
  extend(ca_certificate_.get(), ca_certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  sign(ca_certificate_.get(), ca_certificate_.get(), ca_key_.get());
  ca_ = write(ca_certificate_.get(), ca_key_.get());
}

Certificates::~Certificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Identity Certificates::make(const Subject& subject) {
  const auto key = make_key();
  const auto certificate = make_certificate(key.get(), "somebody", number_ + 2);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), subject.valid_from_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), subject.valid_to_s);
  auto* issuer = subject.self_signed ? certificate.get() : ca_certificate_.get();
  extend(certificate.get(), issuer, NID_subject_alt_name, subject.names);
  sign(certificate.get(), issuer, subject.self_signed ? key.get() : ca_key_.get());
  return write(certificate.get(), key.get());
}

Identity Certificates::write(x509_st* certificate, evp_pkey_st* key) {
  const auto path = (folder_ / std::to_string(number_++)).string();
  Identity identity{path + ".crt", path + ".key"};
  const std::shared_ptr<BIO> out(BIO_new_file(identity.certificate.c_str(), "w"), BIO_free);
  expect(out && PEM_write_bio_X509(out.get(), certificate) == 1, "certificate");
  const std::shared_ptr<BIO> secret(BIO_new_file(identity.key.c_str(), "w"), BIO_free);
  expect(secret && PEM_write_bio_PrivateKey(secret.get(), key, nullptr, nullptr, 0, nullptr,
                                            nullptr) == 1,
         "key");
  return identity;
}

std::shared_ptr<ssl_ctx_st> server_tls(const Identity& identity, const ServerTls& options) {
  // The ALPN callback needs its list as long as the context lives.
  auto wire = std::make_shared<std::string>();
  if (!options.alpn.empty()) *wire = static_cast<char>(options.alpn.size()) + options.alpn;
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()),
                                   [wire](SSL_CTX* made) { SSL_CTX_free(made); });
  expect(
      context &&
          SSL_CTX_use_certificate_chain_file(context.get(), identity.certificate.c_str()) == 1 &&
          SSL_CTX_use_PrivateKey_file(context.get(), identity.key.c_str(), SSL_FILETYPE_PEM) == 1,
      "server certificate");
  // TLS 1.1 needs a level that modern clients do not allow.
  if (options.highest_version != 0 && options.highest_version < TLS1_2_VERSION)
    SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_max_proto_version(context.get(), options.highest_version);
  SSL_CTX_set_min_proto_version(context.get(), options.lowest_version);
  if (!options.client_ca.empty()) {
    expect(SSL_CTX_load_verify_locations(context.get(), options.client_ca.c_str(), nullptr) == 1,
           "client authority");
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  if (!wire->empty()) SSL_CTX_set_alpn_select_cb(context.get(), choose_alpn, wire.get());
  return context;
}

}  // namespace plimsoll::loadgen::testing
