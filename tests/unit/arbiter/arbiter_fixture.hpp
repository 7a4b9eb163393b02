#pragma once

#include "host/arbiter/arbiter.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/intent.h>
#include <writ/abi/outcome.h>
#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace writ::arbiter::test {

inline Price px(std::string_view text) { return parse_price(text).value; }
inline Quantity qty(std::string_view text) { return parse_quantity(text).value; }
inline Money money(std::string_view text) { return parse_money(text).value; }

inline constexpr std::uint32_t kAccount = 1;
inline constexpr std::uint32_t kInstance = 7;
inline constexpr std::uint32_t kOther = 8;
inline constexpr std::int64_t kNow = 1'000'000'000'000;

inline writ_instrument make_instrument(std::uint32_t number, std::uint32_t kind) {
  auto record = model::make_record<writ_instrument>();
  record.instrument = number;
  record.kind = kind;
  record.base_asset = 2;
  record.quote_asset = 1;
  record.settle_asset = 1;
  record.status = WRIT_INSTRUMENT_ACTIVE;
  record.ladder = WRIT_LADDER_TICK;
  record.tick = 10'000'000;  // 0.01
  record.lot = 1'000'000;    // 0.001
  record.price_min = WRIT_NONE;
  record.price_max = WRIT_NONE;
  record.quantity_min = WRIT_NONE;
  record.quantity_max = WRIT_NONE;
  record.quantity_unit = 1'000'000'000;
  record.start_ts = record.expiry_ts = WRIT_NONE;
  (void)model::set_text(record.venue, "sim");
  const char name[] = {static_cast<char>('A' + static_cast<char>(number)), '\0'};
  (void)model::set_text(record.market, name);
  return record;
}

/// A verdict with the checks behind it, copied out of the record.
struct Judged {
  writ_verdict verdict;
  std::vector<writ_check> checks;

  [[nodiscard]] const writ_check* find(std::uint16_t check) const {
    for (const auto& one : checks) {
      if (one.check == check) return &one;
    }
    return nullptr;
  }
  [[nodiscard]] Int128 value(std::uint16_t check) const { return from_abi(find(check)->value).raw; }
  [[nodiscard]] Int128 limit(std::uint16_t check) const { return from_abi(find(check)->limit).raw; }
};

/// An arbiter over instruments 1 (spot), 2 (perpetual), 3 and 4 (a binary market's tokens) and 5 (a
/// selection), and a view on which everything passes: book 99.99 / 100.01, flat, plenty of cash.
struct Court {
  model::InstrumentTable tables;
  ArbiterOptions options;
  RiskView view;

  Court() {
    for (std::uint32_t number = 1; number <= 5; ++number) {
      static constexpr std::uint32_t kKinds[] = {WRIT_KIND_SPOT, WRIT_KIND_PERP, WRIT_KIND_BINARY,
                                                 WRIT_KIND_BINARY, WRIT_KIND_RUNNER};
      auto instrument = make_instrument(number, kKinds[number - 1]);
      if (number == 3 || number == 4) {
        instrument.complement = 7 - number;
        instrument.market_group = 9;
      }
      (void)tables.apply(instrument.header);
    }
    use(1);
    view.now = kNow;
    view.decided_ts = kNow;
    view.market.bid_price = px("99.99").raw;
    view.market.ask_price = px("100.01").raw;
    view.market.last_trade_price = px("100").raw;
    view.market.in_sync = true;
    view.market.stale = false;
    view.market.age_ns = 1'000;
    view.cash_free = money("1000000");
    view.base_free = money("1000");
    view.marks = {px("99.99"), px("100.01")};
    view.market_payoff = ledger::Payoff::of_position(WRIT_KIND_SPOT, {}, px("100"));
  }

  void use(std::uint32_t instrument) { view.instrument = tables.instrument(instrument); }

  [[nodiscard]] writ_intent place(std::uint16_t side, std::string_view quantity,
                                  std::string_view price) const {
    auto intent = begin(WRIT_INTENT_PLACE);
    intent.side = side;
    intent.order_type = WRIT_ORDER_LIMIT;
    intent.time_in_force = WRIT_TIF_GTC;
    intent.quantity = qty(quantity).raw;
    intent.price = px(price).raw;
    return intent;
  }
  [[nodiscard]] writ_intent begin(std::uint16_t kind) const {
    auto intent = model::make_record<writ_intent>();
    intent.instance = kInstance;
    intent.account = kAccount;
    intent.instrument = view.instrument == nullptr ? 1 : view.instrument->instrument;
    intent.kind = kind;
    intent.urgency = WRIT_URGENCY_NEUTRAL;
    intent.price = WRIT_NONE;
    intent.expire_ts = WRIT_NONE;
    intent.tag = 42;
    return intent;
  }

  [[nodiscard]] Judged judge(const writ_intent& intent) const {
    return judge(Arbiter(tables, options), intent);
  }
  [[nodiscard]] Judged judge(const Arbiter& arbiter, const writ_intent& intent) const {
    model::RecordBuffer buffer;
    arbiter.judge(intent, 1234, view, buffer);
    auto& record = buffer.finish();
    record.ingest_ts = view.now;
    const auto& verdict = *model::as<writ_verdict>(record);
    const auto checks = model::tail_array<writ_check>(verdict, verdict.check_count);
    return {verdict, {checks.begin(), checks.end()}};
  }
  [[nodiscard]] Effect effect(const writ_intent& intent) const {
    return static_cast<Effect>(judge(intent).verdict.effect);
  }
};

}  // namespace writ::arbiter::test
