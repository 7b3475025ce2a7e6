// Keys on P-256 and X.509 certificates, by OpenSSL.
#include "tests/kiosk/runtime/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <functional>
#include <stdexcept>

namespace cardrig::test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr long kDay_s = 24L * 3600;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL cannot ") + what);
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  require(key != nullptr, "make a key");
  return key;
}

void set_name(X509_NAME* name, const std::string& common) {
  const auto* text = reinterpret_cast<const unsigned char*>(common.c_str());
  require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1,
          "set a name");
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1,
          "add an extension");
  X509_EXTENSION_free(extension);
}

Certificate begin(const std::string& name, EVP_PKEY* key, bool expired) {
  static long serial = 1;
  Certificate made(X509_new(), &X509_free);
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -2 * kDay_s);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), expired ? -kDay_s : kDay_s);
  set_name(X509_get_subject_name(made.get()), name);
  X509_set_pubkey(made.get(), key);
  return made;
}

void write_file(const std::string& file, const std::function<int(FILE*)>& write) {
  const std::unique_ptr<FILE, decltype(&std::fclose)> out(std::fopen(file.c_str(), "w"),
                                                          &std::fclose);
  require(out != nullptr && write(out.get()) == 1, "write a file");
}

}  // namespace

struct Authority::Impl {
  Key key = make_key();
  Certificate certificate{nullptr, &X509_free};
};

Authority::Authority(const std::string& name) : impl_(std::make_unique<Impl>()) {
  impl_->certificate = begin(name, impl_->key.get(), false);
  X509* made = impl_->certificate.get();
  X509_set_issuer_name(made, X509_get_subject_name(made));
  add_extension(made, made, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(made, made, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(made, made, NID_subject_key_identifier, "hash");
  require(X509_sign(made, impl_->key.get(), EVP_sha256()) > 0, "sign");
}

Authority::~Authority() = default;

void Authority::write_certificate(const std::string& file) const {
  write_file(file, [this](FILE* out) { return PEM_write_X509(out, impl_->certificate.get()); });
}

void Authority::issue(const Subject& subject, const std::string& certificate_file,
                      const std::string& key_file) const {
  const Key key = make_key();
  const Certificate made = begin(subject.name, key.get(), subject.expired);
  X509_set_issuer_name(made.get(), X509_get_subject_name(impl_->certificate.get()));
  X509* issuer = impl_->certificate.get();
  add_extension(made.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(made.get(), issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(made.get(), issuer, NID_ext_key_usage, "serverAuth,clientAuth");
  if (!subject.hosts.empty()) {
    add_extension(made.get(), issuer, NID_subject_alt_name, subject.hosts);
  }
  require(X509_sign(made.get(), impl_->key.get(), EVP_sha256()) > 0, "sign");
  write_file(certificate_file, [&](FILE* out) { return PEM_write_X509(out, made.get()); });
  write_file(key_file, [&](FILE* out) {
    return PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

}  // namespace cardrig::test
