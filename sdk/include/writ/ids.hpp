#pragma once

#include <writ/overflow.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace writ {

/// A number that names one kind of thing: no default, no arithmetic, no mixing with another kind.
template <class Tag, std::unsigned_integral Rep>
class StrongId {
 public:
  using rep = Rep;

  explicit constexpr StrongId(Rep raw) noexcept : raw_(raw) {}

  [[nodiscard]] constexpr Rep raw() const noexcept { return raw_; }

  friend constexpr auto operator<=>(StrongId, StrongId) noexcept = default;

 private:
  Rep raw_;
};

// Named by the record that made them: see record_id.
using SnapshotId = StrongId<struct SnapshotIdTag, std::uint64_t>;
using IntentId = StrongId<struct IntentIdTag, std::uint64_t>;
using VerdictId = StrongId<struct VerdictIdTag, std::uint64_t>;
using OrderId = StrongId<struct OrderIdTag, std::uint64_t>;
using FillId = StrongId<struct FillIdTag, std::uint64_t>;
using EntryId = StrongId<struct EntryIdTag, std::uint64_t>;  // of a ledger entry

// Places in the tables of a journal; joins between journals go by name.
using InstrumentId = StrongId<struct InstrumentIdTag, std::uint32_t>;
using AccountId = StrongId<struct AccountIdTag, std::uint32_t>;
using InstanceId = StrongId<struct InstanceIdTag, std::uint32_t>;  // of a plugin
using AssetId = StrongId<struct AssetIdTag, std::uint32_t>;

/// Number of a run within its journal folder, below 2^24.
using RunNumber = StrongId<struct RunNumberTag, std::uint32_t>;
/// Place of a record in its run, below 2^40.
using Seq = StrongId<struct SeqTag, std::uint64_t>;

inline constexpr unsigned kSeqBits = 40;
inline constexpr std::uint64_t kSeqMask = (std::uint64_t{1} << kSeqBits) - 1;

/// The id of what the record `seq` of `run` created: unique across runs, known before any database
/// row exists. Aborts if either number is past its range.
template <class Id>
[[nodiscard]] constexpr Id record_id(RunNumber run, Seq seq) noexcept {
  static_assert(std::is_same_v<typename Id::rep, std::uint64_t>);
  if (seq.raw() > kSeqMask || (run.raw() >> (64 - kSeqBits)) != 0) abort_on_overflow("record_id");
  return Id{(std::uint64_t{run.raw()} << kSeqBits) | seq.raw()};
}

/// The record that created it, and the run of that record.
template <class Tag>
[[nodiscard]] constexpr Seq seq_of(StrongId<Tag, std::uint64_t> id) noexcept {
  return Seq{id.raw() & kSeqMask};
}
template <class Tag>
[[nodiscard]] constexpr RunNumber run_of(StrongId<Tag, std::uint64_t> id) noexcept {
  return RunNumber{static_cast<std::uint32_t>(id.raw() >> kSeqBits)};
}

}  // namespace writ
