#pragma once

#include "host/base/byte_stream.hpp"
#include "host/execution/orders.hpp"

#include <writ/abi/intent.h>
#include <writ/ids.hpp>
#include <writ/quantity.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace writ::execution {

/// A FLATTEN by the host that sends what an earlier one, its target_intent, held back: it cancels
/// nothing and closes no more than its quantity.
[[nodiscard]] constexpr bool continues_exit(const writ_intent& intent) noexcept {
  return intent.kind == WRIT_INTENT_FLATTEN && (intent.flags & WRIT_INTENT_BY_HOST) != 0 &&
         intent.target_intent != 0;
}

/// What a strategy's targets and flattenings hold back. An order that a cancel was sent for may
/// fill all the same, so the first order covers only what is missing once all of them filled; the
/// rest follows as each is known to have ended, so that no set of fills goes beyond the target.
/// What is more than the venue takes in an order follows in parts, each once the one before filled.
/// How its own orders end is the strategy's affair: where a part ends otherwise, nothing follows.
/// [sequencer-thread]
class OpenTargets {
 public:
  /// `orders` must outlive it.
  explicit OpenTargets(const Orders& orders) : orders_(orders) {}

  /// A TARGET or FLATTEN was carried out, from this position of the strategy's: takes the place of
  /// its earlier one in the instrument. Nothing to remember where nothing else may fill.
  void begin(const Approved& approved, Quantity position);

  /// How much of the order such an intent asks for the venue takes at once: > 0.
  using PartOf = std::function<Quantity(const writ_intent&)>;
  /// Intents that are due, to be submitted on their strategies' behalf: a PLACE for a target, a
  /// FLATTEN that continues for a flattening; without header and tail. Each no larger than a part.
  [[nodiscard]] std::vector<writ_intent> take_due(const PartOf& part_of);
  /// One of these was submitted, and has this id.
  void sent(const writ_intent& rest, IntentId id);

  /// What the scope holds back is not sent any more.
  void stop(const OrderScope& scope);
  /// The same of one intent, or of the one whose part it is.
  void stop(IntentId intent);

  [[nodiscard]] std::size_t count() const noexcept { return targets_.size(); }

  void save(base::ByteWriter& out) const;
  /// False if the bytes are not of this kind.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  /// (account, instrument, instance)
  using Key = std::array<std::uint32_t, 3>;
  struct Target {
    writ_intent intent{};
    std::uint64_t intent_id = 0;
    std::int64_t missing = 0;  ///< signed: no order was made for it, nor did it fill since
    std::map<std::uint64_t, std::int64_t> beside;  ///< orders that may fill, and what they did
    std::uint64_t part = 0;  ///< the intent whose order must fill before the next part; 0 = none
  };

  void follow(Target& target) const;
  [[nodiscard]] std::int64_t due(const Target& target) const;
  [[nodiscard]] bool is_given_up(const Target& target) const;
  [[nodiscard]] bool waits(const Target& target) const;
  void note_part(Target& target, std::uint64_t id) const;

  const Orders& orders_;
  std::map<Key, Target> targets_;
};

}  // namespace writ::execution
