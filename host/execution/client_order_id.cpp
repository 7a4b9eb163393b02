#include "host/execution/client_order_id.hpp"

#include "host/base/assert.hpp"
#include "host/base/sha256.hpp"

#include <writ/decimal.hpp>

#include <charconv>
#include <system_error>

namespace writ::execution {
namespace {

constexpr std::size_t kDigestBytes = 15;  // 24 characters of 5 bits, no padding

/// The prefix, and what a digest begins with in 24 characters.
std::string digest_id(std::string_view prefix, const base::Sha256Digest& digest) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  constexpr std::size_t kBytesAtOnce = 5;  // 8 characters
  std::string text(prefix.size() + kDigestBytes * 8 / 5, '\0');
  char* to = text.data() + prefix.copy(text.data(), prefix.size());
  for (std::size_t first = 0; first < kDigestBytes; first += kBytesAtOnce) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < kBytesAtOnce; ++i) bits = (bits << 8U) | digest[first + i];
    for (int shift = 35; shift >= 0; shift -= 5) *to++ = kAlphabet[(bits >> shift) & 31U];
  }
  return text;
}

/// A short text, put together where it stands.
class Preimage {
 public:
  void add(std::string_view text) {
    WRIT_ASSERT(text.size() <= text_.size() - size_);
    size_ += text.copy(text_.data() + size_, text.size());
  }
  void add(char one) { add(std::string_view(&one, 1)); }
  void add_number(std::uint64_t number) {
    const auto end = std::to_chars(text_.data() + size_, text_.data() + text_.size(), number);
    WRIT_ASSERT(end.ec == std::errc{});
    size_ = static_cast<std::size_t>(end.ptr - text_.data());
  }
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, 256> text_;
  std::size_t size_ = 0;
};

}  // namespace

std::string client_order_id(std::string_view run_id, std::string_view strategy, IntentId intent,
                            std::uint32_t leg, std::uint32_t attempt) {
  Preimage preimage;
  preimage.add("cid1");
  preimage.add('\0');
  preimage.add(run_id);
  preimage.add('\0');
  preimage.add(strategy);
  if (leg > 0) {
    preimage.add('#');
    preimage.add_number(leg);
  }
  preimage.add('\0');
  preimage.add_number(intent.raw());
  preimage.add('\0');
  preimage.add_number(attempt);
  return digest_id(kClientOrderIdPrefix, base::sha256(preimage.text()));
}

std::string external_order_id(std::string_view venue, std::string_view venue_order_id) {
  std::string id(kExternalOrderIdPrefix);
  id.append(venue).append("-").append(venue_order_id);
  if (id.size() <= kClientOrderIdMax) return id;
  return digest_id(kExternalOrderIdPrefix, base::sha256(id));
}

std::string cumulative_trade_id(Quantity cumulative) { return "cum-" + to_string(cumulative); }

}  // namespace writ::execution
