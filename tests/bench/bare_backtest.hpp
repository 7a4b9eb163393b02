#pragma once

#include "tests/bench/hot_mapping.hpp"
#include "tests/bench/l2_market.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/plugins/plain.h"
#include "tests/bench/tick_ring.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace writ::bench {

/// The least code that trades the standard market: rows in memory, a flat book, the queue model of
/// the paper exchange (careful: ahead by trades only) without latency, the quoter in a shared
/// object, and each intent, answer and fill in a journal of 256-byte records with CRC32C. No
/// decimals, no risk checks, no ledger.
class BareBacktest {
 public:
  explicit BareBacktest(const PlainObject& object);
  ~BareBacktest();
  BareBacktest(const BareBacktest&) = delete;
  BareBacktest& operator=(const BareBacktest&) = delete;

  void run(std::span<const L2Row> rows);

  [[nodiscard]] std::uint64_t intents() const { return intents_; }
  [[nodiscard]] std::uint64_t fills() const { return fills_; }
  /// In lots.
  [[nodiscard]] std::int64_t position() const { return position_; }
  [[nodiscard]] const HotMapping& journal() const { return journal_; }

 private:
  enum Kind : std::uint32_t { kPlace, kCancel, kAccepted, kCancelled, kTooLate, kFill };
  struct Order {
    std::uint64_t intent;
    std::int64_t price;
    std::int64_t left;
    std::int64_t front;
    bool bid;
  };
  struct Command {
    Kind kind;
    Order order;
  };
  /// One journal record, 256 bytes.
  struct Entry {
    std::uint64_t seq;
    std::int64_t ts;
    std::uint64_t intent;
    std::int64_t price;
    std::int64_t quantity;
    std::uint32_t kind;
    std::uint32_t side;
    std::byte rest[208];
  };
  static_assert(sizeof(Entry) == 256);

  std::uint64_t place(std::uint16_t side, std::int64_t price, std::int64_t quantity);
  void cancel(std::uint64_t intent);
  void arrive();
  void answer();
  void trade(const L2Row& row);
  void book_moved(const L2Row& row);
  void fill(Order& order, std::int64_t quantity);
  void drop_filled();
  void record(Kind kind, const Order& order, std::int64_t quantity);

  bench_orders table_{};
  void* quoter_;
  bench_quoter_on_top on_top_;
  bench_quoter_on_end on_end_;
  bench_quoter_free free_;

  TickRing book_;
  std::vector<Order> resting_;
  std::vector<Command> arriving_;
  std::vector<Command> answers_;
  HotMapping journal_;
  Entry entry_{};
  std::int64_t ts_ = 0;
  std::int64_t position_ = 0;
  std::uint64_t next_intent_ = 1;
  std::uint64_t intents_ = 0;
  std::uint64_t fills_ = 0;
};

}  // namespace writ::bench
