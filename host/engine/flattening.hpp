#pragma once

#include "host/base/byte_stream.hpp"
#include "host/engine/core_sink.hpp"
#include "host/engine/host_intents.hpp"
#include "host/execution/orders.hpp"
#include "host/ledger/ledger.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>

namespace writ::engine {

/// Closes positions on command, or because the account halts, and does not give up: an order that
/// ends with something left is followed by the next one, at a change of the instrument's best
/// prices, no sooner than a second after the one before, then two, four and so on to 64; one that
/// filled, as the part that was all the venue takes in one order, is followed at once. Each
/// covers what is left once all other orders that may still close the position did, those being
/// cancelled included: it never goes through zero. As such an order ends, what it left open follows
/// at once; while the venue says nothing of it, it is looked up, and an incident tells what is
/// waited for. A position is closed once it has been zero with no order left that could move it
/// from before the command; what its strategy opens later is its own affair. What is less than the
/// venue takes in an order stays open, and an incident tells so, once. What a person deposited
/// belongs to no strategy and stays. [sequencer-thread]
class Flattening {
 public:
  /// All must outlive it.
  Flattening(CoreSink& sink, const execution::Orders& orders, const ledger::Ledger& ledger,
             HostIntents& intents)
      : sink_(sink), orders_(orders), ledger_(ledger), intents_(intents) {}

  /// Begins to close what the strategies of the scope hold and what their working orders may still
  /// fill; cancelling these is the caller's. `why` is the intents' tag. How many positions that is.
  std::size_t begin(const execution::OrderScope& scope, std::string_view why);
  /// What is not closed yet in the scope stays open. How many positions that is.
  std::size_t stop(const execution::OrderScope& scope);

  /// To be called with every input, once orders and ledger know of it: submits what is due.
  /// `top_of` is the instrument whose best prices it changed, 0 = none.
  void go_on(std::uint32_t top_of);

  /// No order can be made of an intent of this, now or later: what is left stays open unless orders
  /// that work still move it.
  void on_unclosable(const writ_intent& intent, std::uint64_t intent_id);

  /// Core time at which orders in the way, whose cancels were refused, are cancelled once more.
  [[nodiscard]] std::optional<std::int64_t> next_due() const;

  /// Positions not closed yet.
  [[nodiscard]] std::size_t open() const noexcept { return closings_.size(); }

  void save(base::ByteWriter& out) const;
  /// False if the bytes are not of this kind.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  /// (account, instrument, instance)
  using Key = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
  struct Closing {
    std::uint64_t since = 0;    ///< orders with a lower id are from before the command
    std::uint64_t intent = 0;   ///< the last one made, 0 = none yet
    std::uint32_t tries = 0;    ///< intents made since the last one that filled
    std::int64_t next_try = 0;  ///< core time
    std::uint32_t beside = 0;   ///< orders from before the command that may fill
    std::uint8_t released = 0;  ///< one of them ended since the last intent
    std::uint8_t by_halt = 0;   ///< whose tag the intents carry
    std::uint8_t goes_on = 0;   ///< told that the first order did not close it
    std::uint8_t waits = 0;     ///< told that an order without an answer is in the way
  };

  [[nodiscard]] static execution::OrderScope scope_of(const Key& key);
  [[nodiscard]] Quantity position(const Key& key) const;
  [[nodiscard]] bool has_more_to_send(const Key& key) const;
  [[nodiscard]] bool has_more_to_cancel(const Key& key, const Closing& closing) const;
  void look_beside(const Key& key, Closing& closing);
  [[nodiscard]] bool is_closed(const Key& key, const Closing& closing) const;
  [[nodiscard]] bool last_one_filled(const Closing& closing) const;
  [[nodiscard]] bool is_due(const Key& key, const Closing& closing, std::uint32_t top_of) const;
  void add(const Key& key, std::string_view why);
  void submit(const Key& key, Closing& closing);
  void tell(std::uint16_t severity, const Key& key, std::string_view text);

  CoreSink& sink_;
  const execution::Orders& orders_;
  const ledger::Ledger& ledger_;
  HostIntents& intents_;
  std::map<Key, Closing> closings_;
  model::RecordBuffer text_;
};

}  // namespace writ::engine
