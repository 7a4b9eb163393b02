#pragma once

#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace writ::test {

/// How groups ended, so that a run without them is noticed.
struct GroupTally {
  std::uint64_t approved = 0;
  std::uint64_t whole = 0;        ///< every leg filled
  std::uint64_t refused_leg = 0;  ///< failed as a leg was rejected or never arrived
  std::uint64_t partial_leg = 0;  ///< as a leg ended filled for a part, or not at all
  std::uint64_t late_leg = 0;     ///< as a leg was not at its end in time
  std::uint64_t closed = 0;       ///< legs of which something was closed
  std::uint64_t left_open = 0;    ///< legs of which the venue did not let everything be closed

  /// Adds what another run saw.
  void add(const GroupTally& other);
};

std::ostream& operator<<(std::ostream& out, const GroupTally& tally);

/// The legs of a group are approved all or none. Once a leg ended unfilled, or did not end in time,
/// the group is told of; with an unwind declared, in that event every other leg is being cancelled,
/// in the event in which the last leg ends what filled beyond the share common to all, as far as
/// the strategy still holds it, is sent to be closed (of legs that added; in whole lots), and what
/// could not be is told of. A bet is closed by win units: by the largest stake that moves no more
/// of them at the worst odds it may get, and again by what that left. What only the death of the
/// host kept from being closed is sent again with the next input. All of it within the group's
/// time and what the gateway may take to answer.
class GroupsEndAsDeclared final : public Property {
 public:
  explicit GroupsEndAsDeclared(const RuleBook& rules) : rules_(rules) {}
  void on_record(const writ_record& record, const RunState& run) override;
  void on_event_end(const RunState& run) override;

  [[nodiscard]] const GroupTally& tally() const noexcept { return tally_; }

 private:
  struct Leg {
    Judged judged;
    const KnownOrder* order = nullptr;
    bool bet = false;
    Int128 to_close = 0;                  ///< of a bet in win units
    const KnownOrder* closing = nullptr;  ///< nullptr: nothing to close, or refused
    bool submitted = false;  ///< what is to close it, with this event: looked at with the next
    bool cut_off = false;    ///< what was to close it was not judged, or its order not sent

    /// What an order of the leg moved the position by.
    [[nodiscard]] Int128 moved_by(const KnownOrder& made) const;
    [[nodiscard]] bool is_final() const { return !order->working(); }
    [[nodiscard]] bool is_filled() const { return order->record.filled >= order->record.quantity; }
    [[nodiscard]] bool is_closed() const;
  };
  struct Group {
    std::vector<Leg> legs;
    std::int64_t due_ts = 0;
    bool failed = false;
    bool closing = false;
  };
  /// (instance, group id, policy, size)
  using Name = std::tuple<std::uint32_t, std::uint64_t, std::uint16_t, std::uint32_t>;

  void begin_groups(const RunState& run);
  void expect_nothing_sent(const std::vector<Judged>& legs, const RunState& run);
  /// True once it has ended.
  [[nodiscard]] bool look_after(Group& group, const RunState& run);
  void look_for_failed_leg(Group& group, const RunState& run);
  /// Nothing of it is to be closed any more; what could not be was told.
  [[nodiscard]] bool ends(const Group& group);
  void expect_closings(Group& group, const RunState& run);
  void expect_closing(Leg& leg, const RunState& run);
  [[nodiscard]] Int128 closing_size(const Leg& leg, const RunState& run) const;
  void expect_told(std::uint16_t code, std::uint32_t instance);

  const RuleBook& rules_;
  GroupTally tally_;
  std::vector<Group> groups_;
  // Of the event.
  std::map<Name, std::vector<Judged>> judged_;
  std::vector<writ_intent> by_host_;                             // that close something
  std::set<std::uint64_t> cut_off_;                              // intents not judged
  std::map<std::pair<std::uint16_t, std::uint32_t>, int> told_;  // by incident and instance
};

}  // namespace writ::test
