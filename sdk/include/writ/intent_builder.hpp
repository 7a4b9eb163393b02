#pragma once

#include <writ/abi/host.h>
#include <writ/ids.hpp>
#include <writ/json_object.hpp>
#include <writ/money.hpp>
#include <writ/money_abi.hpp>
#include <writ/plugin.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>
#include <writ/time.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

enum class Side : std::uint16_t {
  kNone = WRIT_SIDE_NONE,
  kBuy = WRIT_SIDE_BUY,
  kSell = WRIT_SIDE_SELL,
};
[[nodiscard]] constexpr Side opposite(Side side) noexcept {
  return side == Side::kBuy ? Side::kSell : side == Side::kSell ? Side::kBuy : Side::kNone;
}

enum class Urgency : std::uint16_t {
  kMaker = WRIT_URGENCY_MAKER,
  kNeutral = WRIT_URGENCY_NEUTRAL,
  kTaker = WRIT_URGENCY_TAKER,
};

/// Texts and bytes of one intent under construction; reused for the next.
struct IntentScratch {
  std::string tags;
  std::string rationale;
  std::vector<std::uint64_t> record;
};

/// An intent under construction, made by a Strategy and ended by submit(). Every step is
/// [[nodiscard]]: one that is not submitted is a warning, not a lost order.
class [[nodiscard]] IntentBuilder {
 public:
  IntentBuilder(const writ_host* host, IntentScratch& scratch, std::uint16_t kind,
                std::uint32_t instrument) noexcept
      : host_(host), scratch_(&scratch) {
    scratch.tags.clear();
    scratch.rationale.clear();
    intent_.kind = kind;
    intent_.instrument = instrument;
    intent_.price = WRIT_NONE;
    intent_.quantity = WRIT_NONE;
    intent_.expire_ts = WRIT_NONE;
  }

  [[nodiscard]] IntentBuilder& side(Side side) noexcept {
    intent_.side = static_cast<std::uint16_t>(side);
    return *this;
  }
  [[nodiscard]] IntentBuilder& quantity(Quantity quantity) noexcept {
    intent_.quantity = quantity.raw;
    return *this;
  }
  /// A limit order, good till cancelled unless said otherwise.
  [[nodiscard]] IntentBuilder& limit(Price price) noexcept {
    intent_.price = price.raw;
    intent_.order_type = WRIT_ORDER_LIMIT;
    intent_.time_in_force = WRIT_TIF_GTC;
    return urgency(Urgency::kNeutral);
  }
  /// A market order: what is not filled at once is cancelled.
  [[nodiscard]] IntentBuilder& market() noexcept {
    intent_.order_type = WRIT_ORDER_MARKET;
    intent_.time_in_force = WRIT_TIF_IOC;
    return urgency(Urgency::kTaker);
  }
  [[nodiscard]] IntentBuilder& immediate_or_cancel() noexcept {
    intent_.time_in_force = WRIT_TIF_IOC;
    return urgency(Urgency::kTaker);
  }
  [[nodiscard]] IntentBuilder& fill_or_kill() noexcept {
    intent_.time_in_force = WRIT_TIF_FOK;
    return urgency(Urgency::kTaker);
  }
  [[nodiscard]] IntentBuilder& good_till(ReceiveTime expiry) noexcept {
    intent_.time_in_force = WRIT_TIF_GTD;
    intent_.expire_ts = expiry.ns;
    return *this;
  }
  /// Never takes liquidity: the venue refuses it instead.
  [[nodiscard]] IntentBuilder& post_only() noexcept {
    intent_.flags |= WRIT_INTENT_POST_ONLY;
    return urgency(Urgency::kMaker);
  }
  /// Vetoed rather than approved for less than it asks.
  [[nodiscard]] IntentBuilder& all_or_nothing() noexcept {
    intent_.flags |= WRIT_INTENT_NO_REDUCTION;
    return *this;
  }
  [[nodiscard]] IntentBuilder& reduce_only() noexcept {
    intent_.flags |= WRIT_INTENT_REDUCE_ONLY;
    return *this;
  }
  [[nodiscard]] IntentBuilder& close_position() noexcept {
    intent_.flags |= WRIT_INTENT_CLOSE_POSITION;
    return *this;
  }
  [[nodiscard]] IntentBuilder& urgency(Urgency urgency) noexcept {
    intent_.urgency = static_cast<std::uint16_t>(urgency);
    return *this;
  }
  /// Judged later than this after submit, it is refused as expired.
  [[nodiscard]] IntentBuilder& ttl(Duration ttl) noexcept {
    intent_.ttl_ns = ttl.ns;
    return *this;
  }
  /// The intent whose order this one cancels or replaces.
  [[nodiscard]] IntentBuilder& about(IntentId intent) noexcept {
    intent_.target_intent = intent.raw();
    return *this;
  }
  /// One of `size` intents approved together or not at all.
  [[nodiscard]] IntentBuilder& group(std::uint64_t id, std::uint32_t size,
                                     std::uint16_t policy = WRIT_GROUP_ALL_OR_NONE) noexcept {
    intent_.group_id = id;
    intent_.group_size = size;
    intent_.group_policy = policy;
    return *this;
  }
  /// An account other than the instance's own.
  [[nodiscard]] IntentBuilder& account(AccountId account) noexcept {
    intent_.account = account.raw();
    return *this;
  }
  [[nodiscard]] IntentBuilder& expected_value(Money value) noexcept {
    intent_.expected_value = to_abi(value);
    return *this;
  }
  [[nodiscard]] IntentBuilder& risk_cost(Money cost) noexcept {
    intent_.risk_cost = to_abi(cost);
    return *this;
  }
  /// In [0, 1].
  [[nodiscard]] IntentBuilder& confidence(Rate confidence) noexcept {
    intent_.confidence = confidence.raw;
    return *this;
  }
  /// Echoed in every later event about this intent.
  [[nodiscard]] IntentBuilder& tag(std::uint64_t tag) noexcept {
    intent_.tag = tag;
    return *this;
  }
  /// Words to find it by; plain text without quotes or backslashes.
  [[nodiscard]] IntentBuilder& tags(std::initializer_list<std::string_view> words) {
    scratch_->tags.clear();
    scratch_->tags += '[';
    for (const std::string_view word : words) {
      if (scratch_->tags.size() > 1) scratch_->tags += ',';
      scratch_->tags += '"';
      scratch_->tags += word;
      scratch_->tags += '"';
    }
    scratch_->tags += ']';
    return *this;
  }
  /// Why: goes on record with the intent.
  [[nodiscard]] IntentBuilder& because(JsonObject& rationale) {
    scratch_->rationale = rationale.view();
    return *this;
  }
  /// The same as bytes that only the author can read.
  [[nodiscard]] IntentBuilder& because_opaque(std::string_view bytes) {
    intent_.flags |= WRIT_INTENT_OPAQUE_RATIONALE;
    scratch_->rationale = bytes;
    return *this;
  }

  /// Hands it to the host: on return it is on record; the verdict arrives as an event. Nothing if
  /// the instance has submitted as much as it may for now; nothing was recorded then. Throws
  /// HostError for what is a mistake of the plugin.
  std::optional<IntentId> submit() {
    intent_.tags_size = static_cast<std::uint32_t>(scratch_->tags.size());
    intent_.rationale_size = static_cast<std::uint32_t>(scratch_->rationale.size());
    const std::size_t texts = scratch_->tags.size() + scratch_->rationale.size();
    auto& words = scratch_->record;
    words.assign((sizeof intent_ + texts + 7) / 8, 0);
    intent_.header.size = static_cast<std::uint32_t>(words.size() * 8);
    intent_.header.type = WRIT_RECORD_INTENT;
    auto* bytes = reinterpret_cast<std::byte*>(words.data());
    std::memcpy(bytes, &intent_, sizeof intent_);
    bytes += sizeof intent_;
    std::memcpy(bytes, scratch_->tags.data(), scratch_->tags.size());
    bytes += scratch_->tags.size();
    std::memcpy(bytes, scratch_->rationale.data(), scratch_->rationale.size());

    std::uint64_t id = 0;
    const writ_status status =
        host_->submit(host_, reinterpret_cast<const writ_intent*>(words.data()), &id);
    if (status == WRIT_E_LIMIT) return std::nullopt;
    check("submit", status);
    return IntentId{id};
  }

 private:
  const writ_host* host_;
  IntentScratch* scratch_;
  writ_intent intent_{};
};

}  // namespace writ
