#pragma once

#include "host/ledger/ledger.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_sink.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>
#include <writ/decimal.hpp>
#include <writ/ids.hpp>
#include <writ/money_abi.hpp>

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace writ::ledger::test {

inline Price px(std::string_view text) { return parse_price(text).value; }
inline Quantity qty(std::string_view text) { return parse_quantity(text).value; }
inline Money money(std::string_view text) { return parse_money(text).value; }

/// Keeps everything appended, as a journal would.
class KeepingSink final : public model::RecordSink {
 public:
  [[nodiscard]] RunNumber run() const override { return RunNumber{1}; }
  [[nodiscard]] Seq next_seq() const override { return Seq{next_}; }
  std::uint64_t append(writ_record& record) override {
    record.seq = next_++;
    std::vector<std::uint64_t> words(record.size / 8);
    std::memcpy(words.data(), &record, record.size);
    records_.push_back(std::move(words));
    return record_id<EntryId>(run(), Seq{record.seq}).raw();
  }

  template <class T>
  [[nodiscard]] std::vector<const T*> all() const {
    std::vector<const T*> found;
    for (const auto& words : records_) {
      const auto& record = *reinterpret_cast<const writ_record*>(words.data());
      if (const T* one = model::as<T>(record)) found.push_back(one);
    }
    return found;
  }
  [[nodiscard]] const std::vector<std::vector<std::uint64_t>>& records() const { return records_; }
  [[nodiscard]] std::size_t incidents(std::uint16_t code) const {
    std::size_t count = 0;
    for (const auto* incident : all<writ_incident>()) count += incident->code == code ? 1 : 0;
    return count;
  }
  void clear() { records_.clear(); }

 private:
  std::vector<std::vector<std::uint64_t>> records_;
  std::uint64_t next_ = 1;
};

class FixedQuotes final : public QuoteSource {
 public:
  [[nodiscard]] Quote quote(std::uint32_t instrument) const override {
    const auto at = quotes_.find(instrument);
    return at == quotes_.end() ? Quote{} : at->second;
  }
  void set(std::uint32_t instrument, Price bid, Price ask, bool fresh = true) {
    quotes_[instrument] = {bid, ask, fresh};
  }

 private:
  std::map<std::uint32_t, Quote> quotes_;
};

// Assets and instruments of every test.
inline constexpr std::uint32_t kUsdt = 1;
inline constexpr std::uint32_t kEth = 2;
inline constexpr std::uint32_t kBtc = 3;
inline constexpr std::uint32_t kAccount = 1;
inline constexpr std::uint32_t kSpot = 1;  // ETHUSDT
inline constexpr std::uint32_t kPerp = 2;  // BTCUSDT perpetual
inline constexpr std::uint32_t kYes = 3;
inline constexpr std::uint32_t kNo = 4;
inline constexpr std::uint32_t kCross = 5;  // ETHBTC
inline constexpr std::uint32_t kBtcSpot = 6;
inline constexpr std::uint32_t kRunners[] = {7, 8, 9};  // of one market, 5 % commission

inline writ_instrument instrument(std::uint32_t number, std::uint32_t kind, const char* market,
                                  std::uint32_t base, std::uint32_t quote) {
  auto record = model::make_record<writ_instrument>();
  record.instrument = number;
  record.kind = kind;
  record.base_asset = base;
  record.quote_asset = quote;
  record.settle_asset = quote;
  record.status = WRIT_INSTRUMENT_ACTIVE;
  record.ladder = WRIT_LADDER_TICK;
  record.tick = 10'000'000;
  record.lot = 1'000'000;
  record.price_min = record.price_max = WRIT_NONE;
  record.quantity_min = record.quantity_max = WRIT_NONE;
  record.quantity_unit = 1'000'000'000;
  record.start_ts = record.expiry_ts = WRIT_NONE;
  (void)model::set_text(record.venue, "sim");
  (void)model::set_text(record.market, market);
  return record;
}

/// One account reporting in USDT, with instruments of three kinds.
struct World {
  model::InstrumentTable tables;
  KeepingSink sink;
  FixedQuotes quotes;
  std::uint64_t input_seq = 0;

  World() {
    const auto asset = [this](std::uint32_t number, const char* name) {
      auto record = model::make_record<writ_asset>();
      record.asset = number;
      (void)model::set_text(record.name, name);
      (void)tables.apply(record.header);
    };
    asset(kUsdt, "USDT");
    asset(kEth, "ETH");
    asset(kBtc, "BTC");
    auto account = model::make_record<writ_account>();
    account.account = kAccount;
    account.book = WRIT_BOOK_MAIN;
    account.reporting_asset = kUsdt;
    (void)model::set_text(account.name, "main");
    (void)tables.apply(account.header);
    add(instrument(kSpot, WRIT_KIND_SPOT, "ETHUSDT", kEth, kUsdt));
    add(instrument(kPerp, WRIT_KIND_PERP, "BTCUSDT-PERP", kBtc, kUsdt));
    auto yes = instrument(kYes, WRIT_KIND_BINARY, "rain", 0, kUsdt);
    yes.complement = kNo;
    yes.market_group = 1;
    (void)model::set_text(yes.selection, "YES");
    add(yes);
    auto no = instrument(kNo, WRIT_KIND_BINARY, "rain", 0, kUsdt);
    no.complement = kYes;
    no.market_group = 1;
    (void)model::set_text(no.selection, "NO");
    add(no);
    add(instrument(kCross, WRIT_KIND_SPOT, "ETHBTC", kEth, kBtc));
    add(instrument(kBtcSpot, WRIT_KIND_SPOT, "BTCUSDT", kBtc, kUsdt));
    for (const std::uint32_t number : kRunners) {
      auto runner = instrument(number, WRIT_KIND_RUNNER, "race", 0, kUsdt);
      runner.market_group = 2;
      runner.ladder = WRIT_LADDER_CLASSIC;
      runner.taker_fee = 50'000'000;
      runner.winners = 1;
      runner.runners = 3;
      (void)model::set_text(runner.selection, std::to_string(number));
      add(runner);
    }
  }

  void add(const writ_instrument& record) { (void)tables.apply(record.header); }

  void deposit(Ledger& ledger, std::uint32_t asset, Money amount) {
    auto record = model::make_record<writ_deposit>();
    record.header.seq = ++input_seq;
    record.account = kAccount;
    record.asset = asset;
    record.amount = to_abi(amount);
    ledger.on_deposit(record, input_seq, sink);
  }

  [[nodiscard]] writ_fill make_fill(std::uint32_t number, std::uint32_t instance,
                                    Quantity signed_qty, Price price, Money fee) {
    auto record = model::make_record<writ_fill>();
    record.header.seq = ++input_seq;
    record.account = kAccount;
    record.instrument = number;
    record.instance = instance;
    record.side = signed_qty.raw < 0 ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
    record.quantity = abs(signed_qty).raw;
    record.price = price.raw;
    record.fee = to_abi(fee);
    record.book = WRIT_BOOK_MAIN;
    return record;
  }

  bool fill(Ledger& ledger, std::uint32_t number, std::uint32_t instance, Quantity signed_qty,
            Price price, Money fee = {}) {
    const auto record = make_fill(number, instance, signed_qty, price, fee);
    return ledger.on_fill(record, FillId{record.header.seq}, sink);
  }

  [[nodiscard]] writ_settlement make_settlement(std::uint32_t number, std::uint32_t result) {
    auto record = model::make_record<writ_settlement>();
    record.header.seq = ++input_seq;
    record.instrument = number;
    record.result = result;
    record.payout_denominator = 1;
    record.places = record.tied = 1;
    record.starting_price = WRIT_NONE;
    return record;
  }
  void settle(Ledger& ledger, std::uint32_t number, std::uint32_t result) {
    const auto record = make_settlement(number, result);
    ledger.on_settlement(record, record.header.seq, sink);
  }
  /// Of YES and NO, by what YES pays of `whole`.
  void pay_out(Ledger& ledger, std::uint32_t number, std::int64_t paid, std::int64_t whole) {
    auto record = make_settlement(number, WRIT_SETTLED_PAYOUT);
    record.payout_numerator = paid;
    record.payout_denominator = whole;
    ledger.on_settlement(record, record.header.seq, sink);
  }

  const writ_portfolio& portfolio(Ledger& ledger, std::int64_t now = 0) {
    (void)ledger.portfolio(AccountId{kAccount}, now, quotes, 0, sink);
    return *sink.all<writ_portfolio>().back();
  }

  /// Sum of ledger rows.
  [[nodiscard]] Money rows(std::uint16_t book, std::uint32_t asset, std::uint16_t kind = 0) const {
    Money sum;
    for (const auto* row : sink.all<writ_ledger>()) {
      if (row->ledger == book && row->asset == asset && (kind == 0 || row->kind == kind)) {
        sum += from_abi(row->amount);
      }
    }
    return sum;
  }
};

}  // namespace writ::ledger::test
