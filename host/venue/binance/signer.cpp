#include "host/venue/binance/signer.hpp"

#include "host/base/assert.hpp"
#include "host/base/hex.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include <array>
#include <cstddef>
#include <utility>

namespace writ::venue::binance {
namespace {

using base::Errc;
using base::Error;

struct FreeBio {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

// An encrypted key is no key: without this OpenSSL would ask the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) { return -1; }

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string text((size + 2) / 3 * 4 + 1, '\0');  // the encoder ends it with a NUL
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace

void Signer::Free::operator()(evp_mac_ctx_st* context) const noexcept { EVP_MAC_CTX_free(context); }
void Signer::Free::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

Signer::Signer(Mac mac, Key key) noexcept : mac_(std::move(mac)), key_(std::move(key)) {}
Signer::~Signer() = default;
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;

KeyKind Signer::kind() const noexcept {
  return mac_ != nullptr ? KeyKind::kHmac : KeyKind::kEd25519;
}

// The library's calls below fail only when memory is out or it was built without the algorithm.
Signer Signer::hmac(std::string_view secret_key) {
  WRIT_ASSERT(!secret_key.empty());
  EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  WRIT_ASSERT(algorithm != nullptr);
  Mac mac(EVP_MAC_CTX_new(algorithm));
  EVP_MAC_free(algorithm);
  WRIT_ASSERT(mac != nullptr);
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 2> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_end()};
  WRIT_ASSERT(EVP_MAC_init(mac.get(), reinterpret_cast<const unsigned char*>(secret_key.data()),
                           secret_key.size(), parameters.data()) == 1);
  return Signer(std::move(mac), nullptr);
}

base::Result<Signer> Signer::ed25519(std::string_view private_key_pem) {
  const std::unique_ptr<BIO, FreeBio> bio(
      BIO_new_mem_buf(private_key_pem.data(), static_cast<int>(private_key_pem.size())));
  WRIT_ASSERT(bio != nullptr);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr) {
    ERR_clear_error();
    return Error(Errc::kInvalid, "read a private key");
  }
  if (EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
    return Error(Errc::kUnsupported, "sign with a key that is not Ed25519");
  }
  return Signer(nullptr, std::move(key));
}

std::string Signer::sign(std::string_view payload) const {
  const auto* bytes = reinterpret_cast<const unsigned char*>(payload.data());
  if (mac_ != nullptr) {
    const Mac mac(EVP_MAC_CTX_dup(mac_.get()));
    WRIT_ASSERT(mac != nullptr);
    std::array<std::uint8_t, 32> code{};
    std::size_t size = 0;
    WRIT_ASSERT(EVP_MAC_update(mac.get(), bytes, payload.size()) == 1);
    WRIT_ASSERT(EVP_MAC_final(mac.get(), code.data(), &size, code.size()) == 1);
    WRIT_ASSERT(size == code.size());
    return base::to_hex(code);
  }
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
  WRIT_ASSERT(context != nullptr);
  WRIT_ASSERT(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
  std::array<unsigned char, 64> signature{};
  std::size_t size = signature.size();
  WRIT_ASSERT(EVP_DigestSign(context.get(), signature.data(), &size, bytes, payload.size()) == 1);
  WRIT_ASSERT(size == signature.size());
  return base64(signature.data(), size);
}

}  // namespace writ::venue::binance
