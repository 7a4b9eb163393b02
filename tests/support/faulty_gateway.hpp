#pragma once

#include "host/base/random.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/model/record_words.hpp"

#include <writ/abi/outcome.h>
#include <writ/int128.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace writ::test {

/// How often what goes wrong, each in parts of 10,000.
struct Faults {
  // Of commands, look-ups included.
  std::uint32_t rejected = 0;      ///< refused on the way: RATE_LIMIT, never reaches the venue
  std::uint32_t command_lost = 0;  ///< never reaches the venue, and nobody says so
  std::uint32_t timed_out = 0;     ///< UNKNOWN is reported at once; half of them reach the venue
  std::uint32_t dropped = 0;       ///< the connection drops for `drop_ns` with this command
  // Of answers.
  std::uint32_t answer_lost = 0;  ///< comes only with a look-up
  std::uint32_t duplicate = 0;    ///< comes a second time, up to `late_ns` later
  std::uint32_t late = 0;         ///< up to `late_ns` later, so that later ones overtake it

  std::int64_t answer_ns = 1'000'000;  ///< until this gateway's own answers arrive
  std::int64_t late_ns = 30'000'000'000;
  std::int64_t drop_ns = 20'000'000'000;

  /// Every fault at this rate.
  [[nodiscard]] static Faults all(std::uint32_t rate);
};

/// What went wrong so far.
struct FaultCounts {
  std::uint64_t rejected = 0;
  std::uint64_t command_lost = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t dropped = 0;
  std::uint64_t answer_lost = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t late = 0;
  std::uint64_t lookups = 0;
};

/// A bad connection to a venue: commands and answers of the gateway behind it are lost, late,
/// twice, out of order, refused, or of unknown outcome. A pure function of seed and calls; its
/// state is saved with that of the venue, so a run through it can be replayed and restarted.
///
/// What the venue did is never lost: a look-up (WRIT_COMMAND_LOOKUP) brings every fill and the end
/// of the order once more, says FAILED of an order that never reached the venue, and asks the venue
/// for one that is open. Look-ups and their answers suffer faults too, so one may need several.
///
/// Usage: `PaperVenue venue{options}; FaultyGateway gateway{venue, seed, Faults::all(300)};` and
/// the gateway in the venue's place. To let everything come to rest: `set_faults({})`, then go on
/// until no order works. [sequencer-thread]
class FaultyGateway final : public execution::OrderGateway {
 public:
  /// `venue` must outlive it.
  FaultyGateway(execution::OrderGateway& venue, std::uint64_t seed, const Faults& faults)
      : venue_(venue), seed_(seed), faults_(faults) {}

  void set_faults(const Faults& faults) { faults_ = faults; }
  [[nodiscard]] const FaultCounts& counts() const noexcept { return counts_; }
  /// What the venue filled of an order, whether or not it was heard of.
  [[nodiscard]] Int128 filled_at_venue(std::uint64_t order_id) const;

  void observe(const writ_record& input) override;
  void send(const writ_order& order) override;
  [[nodiscard]] std::optional<std::int64_t> next_due() const override;
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override;

  /// The venue's state is part of it, what went wrong so far and the faults are not.
  [[nodiscard]] std::vector<std::byte> save() const override;
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state) override;

 private:
  /// All the venue ever said of one order.
  struct Told {
    std::vector<model::RecordWords> fills;
    model::RecordWords end;     ///< empty while it has not ended, or ended filled
    std::int64_t price = 0;     ///< as the venue has it
    std::int64_t quantity = 0;  ///< as the venue has it
  };

  [[nodiscard]] bool reaches_venue(const writ_order& order, base::RandomStream& random);
  void pass_on(const writ_order& order);
  void look_up(const writ_order& order, base::RandomStream& random);
  void answer(const writ_order& order, std::uint16_t kind, std::uint16_t reason);
  void answer_filled(const writ_order& order, const Told& told);
  void remember(const writ_record& said);
  void deliver(const writ_record& said, std::int64_t due, base::RandomStream& random);
  void enqueue(const writ_record& said, std::int64_t due);
  void take_from_venue(std::int64_t until);

  execution::OrderGateway& venue_;
  std::uint64_t seed_;
  Faults faults_;
  FaultCounts counts_;

  // What strikes a command or an answer depends on its number alone, not on when it is taken: a
  // replay takes them at other moments.
  std::uint64_t commands_ = 0;
  std::uint64_t answers_ = 0;
  std::int64_t dropped_from_ = 0;
  std::int64_t dropped_until_ = 0;
  std::set<std::uint64_t> arrived_;     ///< orders the venue has heard of
  std::map<std::uint64_t, Told> told_;  ///< by order
  std::uint64_t enqueued_ = 0;
  std::map<std::pair<std::int64_t, std::uint64_t>, model::RecordWords> queue_;  ///< (due, number)
  model::RecordWords taken_;
};

}  // namespace writ::test
