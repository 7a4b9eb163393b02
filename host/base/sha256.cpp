#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_Init and what goes with it

#include "host/base/sha256.hpp"

#include "host/base/assert.hpp"
#include "host/base/hex.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <memory>

namespace writ::base {

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

namespace {

// Looked up once: EVP_sha256() makes the library search its providers at each use.
const EVP_MD* algorithm() noexcept {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  WRIT_ASSERT(kAlgorithm != nullptr);
  return kAlgorithm;
}

}  // namespace

// The digest calls fail only when memory is out or the library was built without SHA-256.
Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  WRIT_ASSERT(context_ != nullptr);
  WRIT_ASSERT(EVP_DigestInit_ex(context_.get(), algorithm(), nullptr) == 1);
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&& other) noexcept = default;
Sha256& Sha256::operator=(Sha256&& other) noexcept = default;

Sha256::Sha256(const Sha256& other) : context_(EVP_MD_CTX_new()) {
  WRIT_ASSERT(context_ != nullptr);
  WRIT_ASSERT(EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) == 1);
}

Sha256& Sha256::operator=(const Sha256& other) {
  if (this != &other) *this = Sha256(other);
  return *this;
}

Sha256& Sha256::update(std::string_view bytes) {
  WRIT_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  return *this;
}

Sha256& Sha256::update(std::span<const std::byte> bytes) {
  WRIT_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  return *this;
}

Sha256Digest Sha256::digest() const {
  Sha256 copy(*this);  // finishing a context ends it
  Sha256Digest result{};
  unsigned size = 0;
  WRIT_ASSERT(EVP_DigestFinal_ex(copy.context_.get(), result.data(), &size) == 1);
  WRIT_ASSERT(size == result.size());
  return result;
}

std::string Sha256::hex() const { return to_hex(digest()); }

// By the calls of old: they need no context of the library's, which costs more than a short text.
Sha256Digest sha256(std::string_view bytes) {
  Sha256Digest result{};
  SHA256_CTX context;
  WRIT_ASSERT(SHA256_Init(&context) == 1);
  WRIT_ASSERT(SHA256_Update(&context, bytes.data(), bytes.size()) == 1);
  WRIT_ASSERT(SHA256_Final(result.data(), &context) == 1);
  return result;
}
std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }

}  // namespace writ::base
