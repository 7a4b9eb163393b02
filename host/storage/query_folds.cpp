#include "host/storage/query_folds.hpp"

#include <writ/decimal.hpp>
#include <writ/muldiv.hpp>
#include <writ/rounding.hpp>

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
constexpr std::int64_t kMidAgeMaxNs = 30 * kSecondNs;

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

// a / b at 1e-9; null without a denominator.
std::optional<std::string> ratio(Int128 a, Int128 b) {
  if (b == 0) return std::nullopt;
  const auto scaled = muldiv(a, kSecondNs, b, Rounding::kHalfEven);
  if (!scaled) return std::nullopt;
  return DecimalText(*scaled, 9).str();
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

// One order and its fills.
struct OrderOutcome {
  std::string strategy;
  std::int64_t submitted = 0;
  std::optional<std::int64_t> acked;
  std::string status;
  Sum quantity;
  Sum filled;
  std::optional<std::int64_t> first_fill;
  std::int64_t last_fill = 0;
};

// Calls `take` for each order of kOrders, which come sorted by order.
template <class Take>
base::Result<void> each_order(Statement& rows, const Take& take) {
  std::optional<OrderOutcome> order;
  std::int64_t id = 0;
  auto done = each_row(rows, [&] {
    if (!order || rows.integer(7) != id) {
      if (order) take(*order);
      order.emplace();
      id = rows.integer(7);
      order->strategy = rows.text(0);
      order->submitted = rows.integer(1);
      if (!rows.is_null(2)) order->acked = rows.integer(2);
      order->status = rows.text(3);
      order->quantity.add(rows.text(4));
    }
    if (rows.is_null(5)) return;
    order->filled.add(rows.text(6));
    const std::int64_t ts = rows.integer(5);
    order->first_fill = std::min(order->first_fill.value_or(ts), ts);
    order->last_fill = std::max(order->last_fill, ts);
  });
  if (done && order) take(*order);
  return done;
}

using Durations = std::map<std::pair<std::string, std::string>, std::vector<std::int64_t>>;

// Nearest rank: the smallest value with at least p of all at or below it.
std::string percentile(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return std::to_string(sorted[std::max<std::size_t>(rank, 1) - 1]);
}

std::vector<QueryRow> percentiles(Durations durations) {
  std::vector<QueryRow> result;
  for (auto& [what, values] : durations) {
    std::sort(values.begin(), values.end());
    result.push_back({what.first, what.second, std::to_string(values.size()),
                      percentile(values, 50), percentile(values, 90), percentile(values, 99),
                      std::to_string(values.back())});
  }
  return result;
}

// A mid twice over, at 1e-9, unless it is too old at `ts`.
std::optional<Int128> double_mid(const Statement& rows, int column, std::int64_t ts) {
  if (rows.is_null(column) || ts - rows.integer(column) > kMidAgeMaxNs) return std::nullopt;
  const auto bid = parse_nano(rows.text(column + 1));
  const auto ask = parse_nano(rows.text(column + 2));
  if (!bid || !ask) return std::nullopt;
  return Int128{bid.value} + ask.value;
}

// How far the mid went against the fill, in basis points at 1e-9; nothing without both mids.
std::optional<Int128> adverse_bps(const Statement& rows, std::int64_t seconds) {
  const std::int64_t ts = rows.integer(4);
  const auto before = double_mid(rows, 7, ts);
  const auto after = double_mid(rows, 10, ts + seconds * kSecondNs);
  if (!before || !after || *before == 0) return std::nullopt;
  const Int128 against = rows.text(3) == "BUY" ? *before - *after : *after - *before;
  return muldiv(against, Int128{10'000} * kSecondNs, *before, Rounding::kHalfEven);
}

bool is_toxic(Int128 adverse, const QueryValues& values) {
  return adverse >= Int128{number_of(values[1])} * kSecondNs;
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
  std::map<std::tuple<std::string, std::string, std::string>, std::array<Sum, kKinds.size()>> days;
  auto done = each_row(rows, [&] {
    auto& sums =
        days[{day_of(rows.integer(0)), std::string(rows.text(1)), std::string(rows.text(2))}];
    const auto kind = std::find(kKinds.begin(), kKinds.end(), rows.text(3));
    if (kind != kKinds.end()) {
      sums[static_cast<std::size_t>(kind - kKinds.begin())].add(rows.text(4));
    }
  });
  if (!done) return done.error();
  std::vector<QueryRow> result;
  for (const auto& [key, sums] : days) {
    QueryRow row = {std::get<0>(key), std::get<1>(key), std::get<2>(key)};
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

FoldedRows fold_latency(Statement& rows, const QueryValues& /*values*/) {
  Durations steps;
  auto done = each_order(rows, [&steps](const OrderOutcome& order) {
    const auto step = [&](const char* name, std::int64_t from, std::int64_t to) {
      steps[{order.strategy, name}].push_back(to - from);
    };
    if (order.acked) step("submit_to_ack", order.submitted, *order.acked);
    if (order.first_fill) step("submit_to_fill", order.submitted, *order.first_fill);
    if (order.acked && order.first_fill) step("ack_to_fill", *order.acked, *order.first_fill);
  });
  if (!done) return done.error();
  return percentiles(std::move(steps));
}

FoldedRows fold_time_to_fill(Statement& rows, const QueryValues& /*values*/) {
  Durations steps;
  auto done = each_order(rows, [&steps](const OrderOutcome& order) {
    if (!order.first_fill) return;
    steps[{order.strategy, "first_fill"}].push_back(*order.first_fill - order.submitted);
    if (order.status != "FILLED") return;
    steps[{order.strategy, "last_fill"}].push_back(order.last_fill - order.submitted);
  });
  if (!done) return done.error();
  return percentiles(std::move(steps));
}

FoldedRows fold_fill_rates(Statement& rows, const QueryValues& /*values*/) {
  struct Counts {
    int submitted = 0;
    int filled = 0;
    int partial = 0;
    int partial_ever = 0;
    int cancelled = 0;
    int rejected = 0;
    Sum quantity;
    Sum quantity_filled;
  };
  std::map<std::string, Counts> strategies;
  auto done = each_order(rows, [&strategies](const OrderOutcome& order) {
    auto& counts = strategies[order.strategy];
    ++counts.submitted;
    if (order.status == "FILLED") ++counts.filled;
    if (order.status == "PARTIAL") ++counts.partial;
    if (order.first_fill && order.filled.value() < order.quantity.value()) ++counts.partial_ever;
    if (order.status == "CANCELLED" || order.status == "EXPIRED") ++counts.cancelled;
    if (order.status == "REJECTED") ++counts.rejected;
    counts.quantity.add(order.quantity);
    counts.quantity_filled.add(order.filled);
  });
  if (!done) return done.error();
  std::vector<QueryRow> result;
  for (const auto& [strategy, counts] : strategies) {
    const auto of_submitted = [&](int count) { return ratio(count, counts.submitted); };
    const auto whole = counts.quantity.value();
    const auto part = counts.quantity_filled.value();
    result.push_back({strategy, std::to_string(counts.submitted), std::to_string(counts.filled),
                      of_submitted(counts.filled),
                      whole && part ? ratio(part->raw, whole->raw) : std::nullopt,
                      of_submitted(counts.partial), of_submitted(counts.partial_ever),
                      of_submitted(counts.cancelled), of_submitted(counts.rejected)});
  }
  return result;
}

FoldedRows fold_toxic_fills(Statement& rows, const QueryValues& values) {
  std::vector<QueryRow> result;
  auto done = each_row(rows, [&] {
    const auto adverse = adverse_bps(rows, number_of(values[0]));
    if (!adverse || !is_toxic(*adverse, values)) return;
    QueryRow& row = result.emplace_back();
    for (int i = 0; i <= 6; ++i) row.emplace_back(std::string(rows.text(i)));
    row.emplace_back(DecimalText(*adverse, 9).str());
  });
  if (!done) return done.error();
  return result;
}

FoldedRows fold_toxic_rates(Statement& rows, const QueryValues& values) {
  struct Counts {
    std::int64_t fills = 0;
    std::int64_t measured = 0;
    std::int64_t toxic = 0;
  };
  std::map<std::string, Counts> strategies;
  auto done = each_row(rows, [&] {
    auto& counts = strategies[std::string(rows.text(1))];
    ++counts.fills;
    const auto adverse = adverse_bps(rows, number_of(values[0]));
    if (!adverse) return;
    ++counts.measured;
    if (is_toxic(*adverse, values)) ++counts.toxic;
  });
  if (!done) return done.error();
  std::vector<QueryRow> result;
  for (const auto& [strategy, counts] : strategies) {
    result.push_back({strategy, std::to_string(counts.fills), std::to_string(counts.measured),
                      std::to_string(counts.toxic), ratio(counts.toxic, counts.measured)});
  }
  return result;
}

}  // namespace writ::storage
