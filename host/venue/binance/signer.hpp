#pragma once

#include "host/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// OpenSSL's types, known to the .cpp only.
struct evp_mac_ctx_st;
struct evp_pkey_st;

namespace writ::venue::binance {

/// How a key signs. Only an Ed25519 key may log a WebSocket API session on (`session.logon`).
enum class KeyKind : std::uint8_t { kHmac, kEd25519 };

/// Signs requests with one account's key, which it alone holds; OpenSSL wipes it at the end.
/// Source: Binance Spot REST API, "SIGNED request security". [any thread, one at a time]
class Signer {
 public:
  /// HMAC-SHA256 under the secret key, which must not be empty.
  [[nodiscard]] static Signer hmac(std::string_view secret_key);
  /// Ed25519 under an unencrypted PKCS #8 PEM. Errors: kInvalid (no such PEM), kUnsupported (a key
  /// of another kind); neither says a byte of it.
  [[nodiscard]] static base::Result<Signer> ed25519(std::string_view private_key_pem);

  ~Signer();
  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;

  [[nodiscard]] KeyKind kind() const noexcept;

  /// Of the payload exactly as the venue reads it: 64 lower-case hexadecimal digits, or 88
  /// characters of base64, which a query must percent-encode.
  [[nodiscard]] std::string sign(std::string_view payload) const;

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const noexcept;
    void operator()(evp_pkey_st* key) const noexcept;
  };
  using Mac = std::unique_ptr<evp_mac_ctx_st, Free>;
  using Key = std::unique_ptr<evp_pkey_st, Free>;

  Signer(Mac mac, Key key) noexcept;

  Mac mac_;  // keyed, copied for each payload
  Key key_;  // one of the two
};

}  // namespace writ::venue::binance
