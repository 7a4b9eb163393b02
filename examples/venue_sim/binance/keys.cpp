#include "keys.hpp"

#include "refusal.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

namespace writ::venue_sim {
namespace {

std::string hmac_hex(std::string_view secret, std::string_view payload) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(payload.data()), payload.size(), digest.data(),
       &size);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned int at = 0; at < size; ++at) {
    text += kDigits[digest[at] >> 4U];
    text += kDigits[digest[at] & 15U];
  }
  return text;
}

bool verify_ed25519(const std::string& pem, std::string_view payload, std::string_view base64) {
  if (base64.size() != 88) return false;
  std::array<unsigned char, 66> signature{};
  const int decoded =
      EVP_DecodeBlock(signature.data(), reinterpret_cast<const unsigned char*>(base64.data()), 88);
  if (decoded < 64) return false;
  const std::unique_ptr<BIO, int (*)(BIO*)> text(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  return key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), 64,
                          reinterpret_cast<const unsigned char*>(payload.data()),
                          payload.size()) == 1;
}

}  // namespace

bool is_signed(const Key& key, std::string_view payload, std::string_view signature) {
  if (key.secret.empty()) return verify_ed25519(key.public_key_pem, payload, signature);
  std::string given(signature);
  std::transform(given.begin(), given.end(), given.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return given == hmac_hex(key.secret, payload);
}

const Key& KeyRing::find(std::string_view api_key) const {
  if (api_key.empty()) throw Refusal(-2014, "API-key format invalid.", 401);
  for (const Key& key : keys_) {
    if (key.api_key == api_key) return key;
  }
  throw Refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401);
}

void KeyRing::check(const Key& key, const Request& request, std::int64_t now,
                    std::int64_t patience) {
  if (request.signature().empty()) {
    throw Refusal(-1102,
                  "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.");
  }
  if (!is_signed(key, request.payload(), request.signature())) {
    throw Refusal(-1022, "Signature for this request is not valid.");
  }
  check_time(request, now, patience);
}

void KeyRing::check_time(const Request& request, std::int64_t now, std::int64_t patience) {
  const std::int64_t window = request.integer_or("recvWindow", 5'000);
  if (window > 60'000) throw Refusal(-1131, "recvWindow must be less than 60000");
  std::int64_t sent = request.integer("timestamp");
  if (sent > 100'000'000'000'000) sent /= 1'000;  // in microseconds
  const std::int64_t server = now / 1'000'000;
  if (sent >= server + 1'000 * patience) {
    throw Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (server - sent > window * patience) {
    throw Refusal(-1021, "Timestamp for this request is outside of the recvWindow.");
  }
}

}  // namespace writ::venue_sim
