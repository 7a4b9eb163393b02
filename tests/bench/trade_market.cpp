#include "tests/bench/trade_market.hpp"

#include "tests/bench/checked_data.hpp"

#include <span>

namespace writ::bench {

L2Row TradeMarket::next() {
  ts_ += 1 + random_.below(40'000'000);
  const auto action = random_.below(100);
  if (action < 18) {
    ++price_;
  } else if (action < 36) {
    --price_;
  } else if (action < 38) {
    price_ += random_.below(11) - 5;
  }
  if (price_ < kPriceMin) price_ += 10;
  if (price_ > kPriceMax) price_ -= 10;
  const char side = random_.below(2) != 0 ? 'B' : 'S';
  const bool large = random_.below(20) == 0;
  const auto quantity = 1 + random_.below(large ? 5'000 : 200);
  return {ts_, price_, quantity, ++seq_, 'T', side, 0};
}

std::vector<L2Row> first_trades(std::size_t count) {
  TradeMarket market(1);
  std::vector<L2Row> rows(count);
  for (auto& row : rows) row = market.next();
  return rows;
}

std::vector<L2Row> standard_trades() {
  auto rows = first_trades(5'000'000);
  check_data("trades", std::as_bytes(std::span(rows)),
             "5a118a0969400f1e78d5452319b0786a955173ee198599925861f7f16a49e501");
  return rows;
}

std::string trades_csv(const std::vector<L2Row>& rows) {
  std::string text = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n";
  const auto decimal = [&text](std::int64_t value, std::size_t places) {
    auto digits = std::to_string(value);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    text.append(digits, 0, digits.size() - places) += '.';
    text.append(digits, digits.size() - places);
  };
  for (const auto& row : rows) {
    const auto ts_us = std::to_string(row.ts_ns / 1000);
    text.append("binance-futures,BTCUSDT,").append(ts_us).append(",").append(ts_us).append(",");
    text.append(std::to_string(row.seq)).append(row.side == 'B' ? ",buy," : ",sell,");
    decimal(row.price_ticks, 1);
    text += ',';
    decimal(row.quantity_lots, 3);
    text += '\n';
  }
  return text;
}

}  // namespace writ::bench
