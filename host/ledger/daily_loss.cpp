#include "host/ledger/daily_loss.hpp"

#include <algorithm>

namespace writ::ledger {
namespace {

constexpr std::int64_t kDayNs = 86'400'000'000'000;

std::int64_t day_of(std::int64_t now) { return now / kDayNs - (now % kDayNs < 0 ? 1 : 0); }

}  // namespace

void DailyLoss::update(Money equity, std::int64_t now) {
  const std::int64_t day = day_of(now);
  if (day != day_) first_ = equity;
  day_ = day;
  last_ = equity;
}

void DailyLoss::shift(Money amount) {
  const auto first = checked_add(first_, amount);
  const auto last = checked_add(last_, amount);
  if (!first || !last) return;
  first_ = *first;
  last_ = *last;
}

Money DailyLoss::at(std::int64_t now) const {
  if (day_of(now) != day_) return Money{};
  const auto loss = checked_sub(first_, last_);
  return loss ? std::max(*loss, Money{}) : Money{kMoneyLimit};
}

void DailyLoss::save(base::ByteWriter& out) const {
  out.put(day_);
  out.put(first_.raw);
  out.put(last_.raw);
}

base::Result<void> DailyLoss::load(base::ByteReader& in) {
  day_ = in.get<std::int64_t>();
  first_ = Money{in.get<Int128>()};
  last_ = Money{in.get<Int128>()};
  if (in.ok() && first_.in_bounds() && last_.in_bounds()) return {};
  *this = DailyLoss{};
  return base::Error{base::Errc::kCorrupt, "load daily loss"};
}

}  // namespace writ::ledger
