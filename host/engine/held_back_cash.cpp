#include "host/engine/held_back_cash.hpp"

#include "host/model/result_asset.hpp"

#include <algorithm>

namespace writ::engine {

void HeldBackCash::measure_touched() {
  if (coins_booked_ != ledger_.coins_booked()) touched_.touch_all();
  coins_booked_ = ledger_.coins_booked();
  touched_.take(
      [this] {
        forget();
        tables_.for_each_instrument(
            [this](const writ_instrument& instrument) { measure(instrument); });
      },
      [this](std::uint32_t number) {
        if (const auto* instrument = tables_.instrument(number)) measure(*instrument);
      });
}

// The places stay: they are taken again at once, and this comes with every mark of the portfolio.
void HeldBackCash::forget() {
  for (auto& [account, of] : accounts_) {
    for (auto& [number, part] : of.parts) part = {};
    for (auto& [asset, sum] : of.sums) sum = 0;
  }
}

void HeldBackCash::measure(const writ_instrument& instrument) {
  if (instrument.kind == WRIT_KIND_SPOT) return;  // owes nothing
  ledger_.for_each_account([&](AccountId account) { measure(account, instrument); });
}

void HeldBackCash::measure(AccountId account, const writ_instrument& instrument) {
  if (ledger_.lots(account, InstrumentId{instrument.instrument}) == nullptr) return;
  OfAccount& of = accounts_[account.raw()];
  Part& part = of.parts[liabilities_.counted_under(instrument)];
  const Part now{model::result_asset(instrument), liabilities_.of_market(account, instrument)};
  if (now == part) return;
  if (part.asset != 0) of.sums[part.asset] -= part.amount.raw;
  part = now;
  if (part.asset != 0) of.sums[part.asset] += part.amount.raw;
}

Money HeldBackCash::of_account(AccountId account, AssetId asset) {
  refresh();
  const OfAccount* of = accounts_.get(account.raw());
  const Int128* sum = of == nullptr ? nullptr : of->sums.get(asset.raw());
  return sum == nullptr ? Money{} : Money{std::min(*sum, kMoneyLimit)};
}

}  // namespace writ::engine
