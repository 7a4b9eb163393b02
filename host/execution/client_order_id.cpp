#include "host/execution/client_order_id.hpp"

#include "host/base/sha256.hpp"

#include <writ/decimal.hpp>

namespace writ::execution {
namespace {

constexpr std::size_t kDigestBytes = 15;  // 24 characters of 5 bits, no padding

std::string base32_lower(const base::Sha256Digest& digest) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text;
  text.reserve(kDigestBytes * 8 / 5);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (std::size_t i = 0; i < kDigestBytes; ++i) {
    bits = (bits << 8U) | digest[i];
    held += 8;
    while (held >= 5) {
      held -= 5;
      text.push_back(kAlphabet[(bits >> held) & 31U]);
    }
  }
  return text;
}

}  // namespace

std::string client_order_id(std::string_view run_id, std::string_view strategy, IntentId intent,
                            std::uint32_t leg, std::uint32_t attempt) {
  constexpr std::size_t kNumbers = 40;  // and what stands around them
  std::string preimage;
  preimage.reserve(run_id.size() + strategy.size() + kNumbers);
  preimage += "cid1";
  preimage.push_back('\0');
  preimage += run_id;
  preimage.push_back('\0');
  preimage += strategy;
  if (leg > 0) preimage += "#" + std::to_string(leg);
  preimage.push_back('\0');
  preimage += std::to_string(intent.raw());
  preimage.push_back('\0');
  preimage += std::to_string(attempt);
  return std::string(kClientOrderIdPrefix) + base32_lower(base::sha256(preimage));
}

std::string external_order_id(std::string_view venue, std::string_view venue_order_id) {
  std::string id(kExternalOrderIdPrefix);
  id.append(venue).append("-").append(venue_order_id);
  if (id.size() <= kClientOrderIdMax) return id;
  return std::string(kExternalOrderIdPrefix) + base32_lower(base::sha256(id));
}

std::string cumulative_trade_id(Quantity cumulative) { return "cum-" + to_string(cumulative); }

}  // namespace writ::execution
