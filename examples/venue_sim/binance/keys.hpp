#pragma once

#include "request.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue_sim {

/// One API key of an account.
struct Key {
  std::string api_key;
  std::uint32_t account = 0;
  std::string secret;          ///< of an HMAC key; empty: it is an Ed25519 key
  std::string public_key_pem;  ///< of an Ed25519 key
};

/// Whether `signature` is the key's of the payload: hexadecimal of either case, or base64.
[[nodiscard]] bool is_signed(const Key& key, std::string_view payload, std::string_view signature);

/// Who may ask what.
class KeyRing {
 public:
  void add(Key key) { keys_.push_back(std::move(key)); }
  /// Refuses with -2014 or -2015.
  [[nodiscard]] const Key& find(std::string_view api_key) const;
  /// Refuses a request that is not signed by the key (-1022) or not of this moment (-1021, -1131).
  /// `patience` stretches the window where the venue's clock runs faster than the world's.
  static void check(const Key& key, const Request& request, std::int64_t now,
                    std::int64_t patience);
  /// The second half of it: its timestamp alone.
  static void check_time(const Request& request, std::int64_t now, std::int64_t patience);

 private:
  std::vector<Key> keys_;
};

}  // namespace writ::venue_sim
