#include "tests/support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace writ::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  require(key != nullptr, "make a key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr, "make an extension");
  require(X509_add_ext(certificate, extension, -1) == 1, "add an extension");
  X509_EXTENSION_free(extension);
}

// Not signed yet; of the name, for the key.
Certificate make_certificate(const char* name, EVP_PKEY* key, long serial) {
  Certificate certificate(X509_new(), X509_free);
  require(certificate != nullptr, "make a certificate");
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * 3'600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  require(X509_sign(certificate, key, EVP_sha256()) > 0, "sign a certificate");
}

File create(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "w"), std::fclose);
  require(file != nullptr, "create a certificate's file");
  return file;
}

bool is_address(const std::string& name) {
  return name.find_first_not_of("0123456789.") == std::string::npos ||
         name.find(':') != std::string::npos;
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ',';
    text += (is_address(name) ? "IP:" : "DNS:") + name;
  }
  return text;
}

}  // namespace

Certificates make_certificates(const std::filesystem::path& folder,
                               const std::vector<std::string>& names) {
  std::filesystem::create_directories(folder);
  const Key ca_key = make_key();
  const Certificate ca = make_certificate("authority of a test", ca_key.get(), 1);
  add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign");
  sign(ca.get(), ca.get(), ca_key.get());

  const Key key = make_key();
  const Certificate server = make_certificate("server of a test", key.get(), 2);
  add_extension(server.get(), ca.get(), NID_subject_alt_name, alternative_names(names));
  sign(server.get(), ca.get(), ca_key.get());

  const Certificates files{folder / "ca.pem", folder / "server.pem", folder / "server.key"};
  require(PEM_write_X509(create(files.ca_file).get(), ca.get()) == 1, "write the authority");
  require(PEM_write_X509(create(files.certificate_file).get(), server.get()) == 1,
          "write the certificate");
  require(PEM_write_PrivateKey(create(files.key_file).get(), key.get(), nullptr, nullptr, 0,
                               nullptr, nullptr) == 1,
          "write the key");
  return files;
}

}  // namespace writ::test
