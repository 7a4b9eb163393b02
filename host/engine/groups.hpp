#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/intent.h>
#include <writ/abi/outcome.h>
#include <writ/int128.hpp>
#include <writ/quantity.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace writ::engine {

/// Groups of intents that were approved, from there until every leg is filled or what came of the
/// others is undone. Knows of orders what their records say. [sequencer-thread]
class IntentGroups {
 public:
  struct Leg {
    std::uint64_t intent = 0;
    std::uint32_t instrument = 0;
    std::uint32_t account = 0;
    std::uint16_t side = 0;
    std::uint16_t state = WRIT_ORDER_NEW;  ///< WRIT_ORDER_* of its order
    bool adds = false;                     ///< what filled of it can be closed
    std::uint64_t order = 0;               ///< 0: none on record yet
    std::int64_t quantity = 0;
    std::int64_t filled = 0;
    bool in_win_units = false;  ///< of a runner: what follows, and `quantity` is a stake
    std::int64_t moved = 0;     ///< its position, by what filled

    // While it is undone.
    std::int64_t to_close = 0;         ///< what filled beyond the part common to all legs
    std::uint64_t closing_intent = 0;  ///< 0: to be submitted
    std::uint16_t closing_state = WRIT_ORDER_NEW;  ///< of its order
    std::int64_t closed = 0;
    std::int64_t closed_before = 0;  ///< by the closings before this one
    std::int64_t counted = 0;        ///< `filled` when `to_close` was found

    [[nodiscard]] bool is_final() const noexcept;
    [[nodiscard]] bool is_filled() const noexcept { return filled >= quantity && order != 0; }
    [[nodiscard]] bool is_closed() const noexcept;
    /// By what filled and was not closed.
    [[nodiscard]] std::int64_t left() const noexcept { return moved - closed_before - closed; }
    /// What all of it moves the position by, at the odds of what filled.
    [[nodiscard]] Int128 whole() const noexcept;
    /// What was to close it ended, and left some of `to_close` open: that is to be closed next.
    void close_the_rest() noexcept;
    /// What was to close it is as good as never submitted.
    void begin_closing_anew() noexcept;
  };
  enum class Stage : std::uint8_t {
    kWorking,  ///< the legs are at the venue
    kGivenUp,  ///< a leg failed: the others are being cancelled
    kClosing,  ///< what is left over is being closed
    kUndone    ///< that is over; a fill that is told of later is closed all the same
  };
  struct Group {
    std::uint64_t name = 0;  ///< writ_intent.group_id
    std::uint32_t instance = 0;
    std::uint16_t policy = WRIT_GROUP_NONE;
    Stage stage = Stage::kWorking;
    std::int64_t due_ts = 0;  ///< a leg not final by then has failed
    std::vector<Leg> legs;

    [[nodiscard]] bool is_whole() const noexcept;
    [[nodiscard]] bool is_final() const noexcept;
    [[nodiscard]] bool is_closed() const noexcept;
    /// More of a leg filled since it was found what is over.
    [[nodiscard]] bool has_late_fill() const noexcept;
    /// The first leg that failed, of a group at work; nullptr: none has.
    [[nodiscard]] const Leg* failed_leg(std::int64_t now) const noexcept;
    /// Sets `to_close` of each leg that adds: what filled of it and was not closed beyond the least
    /// share of its quantity that is left of any leg, in whole lots of its instrument (0 = it has
    /// none). Every leg must be final.
    template <class LotOf>
    void find_what_is_over(LotOf&& lot_of);

   private:
    [[nodiscard]] std::int64_t over(const Leg& leg, const Leg& least, std::int64_t lot) const;
    [[nodiscard]] const Leg& least_filled() const noexcept;
  };

  /// All legs were approved: verdicts and intents of the same place belong together.
  void begin(std::span<const writ_intent* const> legs,
             std::span<const writ_verdict* const> verdicts, const model::InstrumentTable& tables,
             std::int64_t due_ts);
  /// An order of a leg, or of what closes one, is this now. Others are ignored.
  void on_order(const writ_order& order);
  /// An intent that was to close a leg is refused: it is submitted again if only the death of the
  /// host kept it from being judged. Others are ignored.
  void on_verdict(const writ_verdict& verdict);

  /// Groups at work or being undone, by the id of their first intent.
  [[nodiscard]] std::map<std::uint64_t, Group>& all() noexcept { return groups_; }
  [[nodiscard]] const std::map<std::uint64_t, Group>& all() const noexcept { return groups_; }
  void erase(std::uint64_t key) { groups_.erase(key); }
  /// The group was undone. It is kept for as long as `is_known(order)` of any of its legs: a fill
  /// that comes until then brings it back as one to be undone.
  template <class IsKnown>
  void retire(std::uint64_t key, IsKnown&& is_known);
  [[nodiscard]] std::size_t undone() const noexcept { return undone_.size(); }
  /// When the first group at work is late.
  [[nodiscard]] std::optional<std::int64_t> next_due() const;

  [[nodiscard]] std::vector<std::byte> save() const;
  /// Errors: kCorrupt.
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state);

 private:
  static void save(const Group& group, base::ByteWriter& out);
  void keep(std::uint64_t key, Group group);
  Group take_undone(std::uint64_t key);
  void look_for_late_fill(const writ_order& order);

  std::map<std::uint64_t, Group> groups_;
  std::map<std::uint64_t, Group> undone_;
  std::map<std::uint64_t, std::uint64_t> undone_legs_;  // intent to the key of its group
};

template <class LotOf>
void IntentGroups::Group::find_what_is_over(LotOf&& lot_of) {
  for (Leg& leg : legs) {
    leg.closed_before += leg.closed;
    leg.closed = leg.to_close = 0;
    leg.begin_closing_anew();
    leg.counted = leg.filled;
  }
  const Leg least = least_filled();
  for (Leg& leg : legs) {
    if (leg.adds) leg.to_close = over(leg, least, lot_of(leg.instrument));
  }
}

template <class IsKnown>
void IntentGroups::retire(std::uint64_t key, IsKnown&& is_known) {
  auto group = groups_.extract(key);
  group.mapped().stage = Stage::kUndone;
  keep(key, std::move(group.mapped()));
  while (!undone_.empty()) {
    const auto& [oldest, kept] = *undone_.begin();
    bool known = false;
    for (const Leg& leg : kept.legs) known = known || is_known(leg.order);
    if (known) return;
    (void)take_undone(oldest);
  }
}

}  // namespace writ::engine
