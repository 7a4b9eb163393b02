#pragma once

#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>
#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::storage::test {

/// Raw of a decimal at 1e-9, and an amount of money as records carry it.
inline std::int64_t nano(std::string_view text) { return parse_nano(text).value; }
inline writ_money cash(std::string_view text) { return to_abi(parse_money(text).value); }

/// The records of a small run whose money adds up, made as a core would make them: seq from 1, core
/// time one millisecond apart.
class SampleRun {
 public:
  static constexpr std::uint32_t kUsdt = 1;
  static constexpr std::uint32_t kEth = 2;
  static constexpr std::uint32_t kAccount = 1;
  static constexpr std::uint32_t kSpot = 1;
  static constexpr std::uint32_t kPerp = 2;
  static constexpr std::uint32_t kMaker = 1;
  static constexpr std::int64_t kStart = 1'700'000'000'000'000'000;

  explicit SampleRun(
      std::uint64_t run_number = 1, std::uint32_t mode = WRIT_MODE_PAPER,
      std::string manifest = R"({"git_sha":"0123456789012345678901234567890123456789"})")
      : run_number_(run_number), mode_(mode), manifest_(std::move(manifest)) {}

  /// RUN_STARTED and the tables: two assets, an account, a spot and a perpetual market, a stream,
  /// a strategy `mm`.
  SampleRun& begin(std::uint64_t continues = 0);
  /// What a start says of an earlier run that it found without an end.
  SampleRun& found_dead(std::uint64_t run_number);
  /// A CONFIG record with this text.
  SampleRun& config(std::string_view json);
  /// A deposit and its ledger entry; the balance is kept.
  SampleRun& deposit(std::string_view amount);
  /// Snapshot, intent, verdict, order, acknowledgement, fill, filled, cash and result entries,
  /// trade. A sale closes what was bought at `entry`.
  SampleRun& trade(std::uint16_t side, std::string_view quantity, std::string_view price,
                   std::string_view fee, std::string_view entry, std::string_view result = "0");
  /// A portfolio record with `quantity` marked at `mark`.
  SampleRun& portfolio(std::string_view quantity, std::string_view mark,
                       std::string_view unrealized);
  SampleRun& stop(std::uint32_t reason = WRIT_STOP_OPERATOR);
  /// begin, deposit 10000, buy 2 at 100, portfolio, sell 2 at 101, portfolio.
  SampleRun& whole();

  template <class T>
  std::uint64_t add(const T& fixed, std::string_view tail = {}) {
    return add(fixed.header.type, &fixed, sizeof fixed, tail);
  }
  /// Any whole record, stamped; its seq.
  std::uint64_t append(writ_record& record);
  /// From here on every record is of this time; until then they are 1 ms apart.
  SampleRun& at(std::int64_t ts) {
    fixed_ts_ = ts;
    return *this;
  }
  std::uint64_t snapshot();
  std::uint64_t intent(std::uint64_t snapshot_seq);
  writ_intent make_intent(std::uint64_t snapshot_seq) const;
  std::uint64_t verdict(std::uint64_t intent_seq, bool approved = true);
  writ_verdict make_verdict(std::uint64_t intent_seq, bool approved) const;
  writ_order make_order(std::uint64_t intent_seq, std::uint64_t verdict_seq) const;
  writ_fill make_fill(std::uint64_t order_id) const;
  void entry(std::uint16_t ledger, std::uint16_t kind, std::string_view amount,
             std::uint16_t ref_kind, std::uint64_t ref);

  [[nodiscard]] const std::vector<std::vector<std::uint64_t>>& records() const { return records_; }
  [[nodiscard]] const writ_record& record(std::size_t index) const {
    return *reinterpret_cast<const writ_record*>(records_[index].data());
  }
  [[nodiscard]] std::size_t size() const { return records_.size(); }
  [[nodiscard]] std::uint64_t next_seq() const { return let_go_ + records_.size() + 1; }
  /// Keeps no record made so far: a run may be longer than the memory.
  void let_go() {
    let_go_ += records_.size();
    records_.clear();
  }
  [[nodiscard]] std::uint64_t id(std::uint64_t seq) const { return (run_number_ << 40U) | seq; }
  [[nodiscard]] std::string run_id() const;
  void run_id_bytes(std::uint8_t (&bytes)[16]) const;

 private:
  std::uint64_t add(std::uint16_t type, const void* fixed, std::size_t size, std::string_view tail);

  std::uint64_t run_number_;
  std::uint32_t mode_;
  std::string manifest_;
  std::vector<std::vector<std::uint64_t>> records_;
  std::uint64_t let_go_ = 0;  // records that are no longer here
  std::optional<std::int64_t> fixed_ts_;
  Money balance_;
  Money deposited_;
  Money realized_;
  Money fees_;
};

}  // namespace writ::storage::test
