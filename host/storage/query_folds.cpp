#include "host/storage/query_folds.hpp"

#include "host/model/execution_metrics.hpp"
#include "host/model/names.hpp"

#include <writ/decimal.hpp>
#include <writ/int128.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <string>
#include <tuple>

namespace writ::storage {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;

// Calls `take` for each row.
template <class Take>
base::Result<void> each_row(Statement& rows, const Take& take) {
  while (true) {
    const auto row = rows.step();
    if (!row) return row.error();
    if (!*row) return {};
    take();
  }
}

// The day of a time, as 2024-08-08.
std::string day_of(std::int64_t ns) {
  using std::chrono::nanoseconds;
  const auto days =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_time<nanoseconds>(nanoseconds(ns)));
  const std::chrono::year_month_day day(days);
  const auto two = [](unsigned n) { return (n < 10 ? "-0" : "-") + std::to_string(n); };
  return std::to_string(static_cast<int>(day.year())) + two(static_cast<unsigned>(day.month())) +
         two(static_cast<unsigned>(day.day()));
}

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<std::string> text_of(std::optional<Rate> rate) {
  if (!rate) return std::nullopt;
  return DecimalText(rate->raw, 9).str();
}

// Sums of money beyond its bounds are no number.
class Sum {
 public:
  void add(std::string_view text) {
    const auto amount = parse_money(text);
    sum_ = amount && sum_ ? checked_add(*sum_, amount.value) : std::nullopt;
  }
  void add(const Sum& other) {
    sum_ = sum_ && other.sum_ ? checked_add(*sum_, *other.sum_) : std::nullopt;
  }
  [[nodiscard]] std::optional<std::string> text() const {
    return sum_ ? std::optional(to_string(*sum_)) : std::nullopt;
  }
  [[nodiscard]] std::optional<Money> value() const { return sum_; }

 private:
  std::optional<Money> sum_ = Money{};
};

// Calls `take` with strategy and outcome of each order of kOrders, which come sorted by order.
template <class Take>
base::Result<void> each_order(Statement& rows, const Take& take) {
  std::optional<model::OrderOutcome> order;
  std::string strategy;
  std::int64_t id = 0;
  auto done = each_row(rows, [&] {
    if (!order || rows.integer(7) != id) {
      if (order) take(strategy, *order);
      order.emplace();
      id = rows.integer(7);
      strategy = rows.text(0);
      order->submitted_ts = rows.integer(1);
      if (!rows.is_null(2)) order->acked_ts = rows.integer(2);
      const auto state = model::kOrderStateWords.value(rows.text(3));
      order->state = static_cast<std::uint16_t>(state.value_or(0));
      order->ordered = parse_quantity(rows.text(4)).value;
    }
    if (rows.is_null(5)) return;
    model::OrderRollup& fills = order->fills;
    const auto filled = checked_add(fills.filled, parse_quantity(rows.text(6)).value);
    fills.filled = filled.value_or(Quantity::max());
    const std::int64_t ts = rows.integer(5);
    fills.first_ts = std::min(fills.first_ts.value_or(ts), ts);
    fills.last_ts = std::max(fills.last_ts.value_or(ts), ts);
  });
  if (done && order) take(strategy, *order);
  return done;
}

using Durations = std::map<std::pair<std::string, std::string>, std::vector<std::int64_t>>;

std::vector<QueryRow> percentiles(Durations durations) {
  const auto rank = [](const std::vector<std::int64_t>& sorted, std::size_t percent) {
    return std::to_string(model::nearest_rank(sorted, percent));
  };
  std::vector<QueryRow> result;
  for (auto& [what, values] : durations) {
    std::sort(values.begin(), values.end());
    result.push_back({what.first, what.second, std::to_string(values.size()), rank(values, 50),
                      rank(values, 90), rank(values, 99), std::to_string(values.back())});
  }
  return result;
}

// A mid twice over, at 1e-9, unless it is too old at `ts`.
std::optional<Int128> double_mid(const Statement& rows, int column, std::int64_t ts) {
  if (rows.is_null(column)) return std::nullopt;
  const auto bid = parse_nano(rows.text(column + 1));
  const auto ask = parse_nano(rows.text(column + 2));
  if (!bid || !ask) return std::nullopt;
  const model::Mid mid{rows.integer(column), Int128{bid.value} + ask.value};
  return model::holds_at(mid, ts) ? std::optional(mid.price) : std::nullopt;
}

// How far the mid went against the fill; nothing without both mids.
std::optional<model::Bps> adverse_bps(const Statement& rows, const QueryValues& values) {
  const std::int64_t ts = rows.integer(4);
  const auto before = double_mid(rows, 7, ts);
  const auto after = double_mid(rows, 10, ts + number_of(values[0]) * kSecondNs);
  if (!before || !after) return std::nullopt;
  const auto side = model::kSideWords.value(rows.text(3));
  return model::adverse_bps(static_cast<std::uint16_t>(side.value_or(0)), *before, *after);
}

model::Bps toxic_threshold(const QueryValues& values) {
  return Int128{number_of(values[1])} * kSecondNs;
}

}  // namespace

FoldedRows fold_rows(Statement& rows, const QueryValues& /*values*/) {
  std::vector<QueryRow> result;
  auto done = each_row(rows, [&] {
    QueryRow& row = result.emplace_back();
    for (int i = 0; i < rows.column_count(); ++i) {
      row.push_back(rows.is_null(i) ? std::nullopt : std::optional(std::string(rows.text(i))));
    }
  });
  if (!done) return done.error();
  return result;
}

FoldedRows fold_daily_pnl(Statement& rows, const QueryValues& /*values*/) {
  constexpr std::array<std::string_view, 5> kKinds = {"realized", "mtm", "fee", "funding",
                                                      "adjustment"};
  using Key = std::array<std::string, 4>;  // as the columns begin
  std::map<Key, std::array<Sum, kKinds.size()>> days;
  auto done = each_row(rows, [&] {
    auto& sums = days[{day_of(rows.integer(0)), std::string(rows.text(1)),
                       std::string(rows.text(2)), std::string(rows.text(3))}];
    const auto kind = std::find(kKinds.begin(), kKinds.end(), rows.text(4));
    if (kind != kKinds.end()) {
      sums[static_cast<std::size_t>(kind - kKinds.begin())].add(rows.text(5));
    }
  });
  if (!done) return done.error();
  std::vector<QueryRow> result;
  for (const auto& [key, sums] : days) {
    QueryRow row(key.begin(), key.end());
    Sum total;
    for (const Sum& sum : sums) {
      row.push_back(sum.text());
      total.add(sum);
    }
    row.push_back(total.text());
    result.push_back(std::move(row));
  }
  return result;
}

FoldedRows fold_veto_value(Statement& rows, const QueryValues& /*values*/) {
  struct Value {
    std::int64_t marked = 0;
    std::int64_t filled = 0;
    Sum saved;
    Sum cost;
  };
  std::map<std::tuple<std::string, std::string, std::string, std::int64_t, std::string>, Value>
      values;
  auto done = each_row(rows, [&] {
    auto& value = values[{std::string(rows.text(0)), std::string(rows.text(1)),
                          std::string(rows.text(2)), rows.integer(3), std::string(rows.text(4))}];
    ++value.marked;
    value.filled += rows.integer(5);
    const std::string_view pnl = rows.text(6);
    if (pnl.starts_with('-')) {
      value.saved.add(pnl.substr(1));
    } else {
      value.cost.add(pnl);
    }
  });
  if (!done) return done.error();
  std::vector<QueryRow> result;
  for (const auto& [key, value] : values) {
    const auto saved = value.saved.value();
    const auto cost = value.cost.value();
    const auto net = saved && cost ? checked_sub(*saved, *cost) : std::nullopt;
    const auto& [strategy, reason, check, horizon_ms, asset] = key;
    result.push_back({strategy, reason, check, std::to_string(horizon_ms), asset,
                      std::to_string(value.marked), std::to_string(value.filled),
                      value.saved.text(), value.cost.text(),
                      net ? std::optional(to_string(*net)) : std::nullopt});
  }
  return result;
}

FoldedRows fold_latency(Statement& rows, const QueryValues& /*values*/) {
  Durations steps;
  auto done = each_order(rows, [&](const std::string& strategy, const model::OrderOutcome& order) {
    const auto step = [&](const char* name, std::optional<std::int64_t> duration) {
      if (duration) steps[{strategy, name}].push_back(*duration);
    };
    const auto to_ack = model::submit_latency(order);
    const auto to_fill = model::time_to_first_fill(order);
    step("submit_to_ack", to_ack);
    step("submit_to_fill", to_fill);
    if (to_ack && to_fill) step("ack_to_fill", *to_fill - *to_ack);
  });
  if (!done) return done.error();
  return percentiles(std::move(steps));
}

FoldedRows fold_time_to_fill(Statement& rows, const QueryValues& /*values*/) {
  Durations steps;
  auto done = each_order(rows, [&](const std::string& strategy, const model::OrderOutcome& order) {
    const auto first = model::time_to_first_fill(order);
    const auto full = model::time_to_full_fill(order);
    if (first) steps[{strategy, "first_fill"}].push_back(*first);
    if (full) steps[{strategy, "last_fill"}].push_back(*full);
  });
  if (!done) return done.error();
  return percentiles(std::move(steps));
}

FoldedRows fold_fill_rates(Statement& rows, const QueryValues& /*values*/) {
  std::map<std::string, model::OrderCounts> strategies;
  auto done = each_order(rows, [&](const std::string& strategy, const model::OrderOutcome& order) {
    strategies[strategy].add(order);
  });
  if (!done) return done.error();
  std::vector<QueryRow> result;
  for (const auto& [strategy, counts] : strategies) {
    const auto rate = [&counts = counts](std::int64_t count) {
      return text_of(counts.of_submitted(count));
    };
    result.push_back({strategy, std::to_string(counts.submitted), std::to_string(counts.filled),
                      rate(counts.filled), text_of(counts.fill_rate_by_quantity()),
                      rate(counts.partial), rate(counts.partial_ever), rate(counts.cancelled),
                      rate(counts.rejected)});
  }
  return result;
}

FoldedRows fold_toxic_fills(Statement& rows, const QueryValues& values) {
  std::vector<QueryRow> result;
  auto done = each_row(rows, [&] {
    const auto adverse = adverse_bps(rows, values);
    if (!adverse || !model::is_toxic(*adverse, toxic_threshold(values))) return;
    QueryRow& row = result.emplace_back();
    for (int i = 0; i <= 6; ++i) row.emplace_back(std::string(rows.text(i)));
    row.emplace_back(DecimalText(*adverse, 9).str());
  });
  if (!done) return done.error();
  return result;
}

FoldedRows fold_toxic_rates(Statement& rows, const QueryValues& values) {
  std::map<std::string, model::ToxicCounts> strategies;
  auto done = each_row(rows, [&] {
    strategies[std::string(rows.text(1))].add(adverse_bps(rows, values), toxic_threshold(values));
  });
  if (!done) return done.error();
  std::vector<QueryRow> result;
  for (const auto& [strategy, counts] : strategies) {
    result.push_back({strategy, std::to_string(counts.fills), std::to_string(counts.measured),
                      std::to_string(counts.toxic), text_of(counts.rate())});
  }
  return result;
}

}  // namespace writ::storage
