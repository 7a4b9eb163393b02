#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/dense_map.hpp"
#include "host/base/result.hpp"
#include "host/ledger/betting.hpp"
#include "host/ledger/daily_loss.hpp"
#include "host/ledger/drawdown.hpp"
#include "host/ledger/fifo_lots.hpp"

#include <writ/money.hpp>
#include <writ/quantity.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace writ::ledger {

/// Running sums of what changed equity. Fees are positive when paid.
struct Totals {
  Money initial;
  Money realized;
  Money fees;
  Money funding;
  Money adjustments;

  /// initial + realized - fees + funding + adjustments; nothing if it would not fit.
  [[nodiscard]] std::optional<Money> sum() const noexcept;
};

/// Deposited coins that wait for a price.
struct PendingDeposit {
  std::uint64_t id;  ///< of the deposit record
  std::uint32_t asset;
  Money amount;
};

/// One strategy in one instrument.
struct StrategyBook {
  FifoLots lots;
  std::vector<Bet> bets;  ///< of a runner, what the lots came from, in order, until it is settled
  Totals totals;          ///< initial stays zero
  Money mtm_booked;       ///< unrealised result as of the last mtm row
};

/// What a settlement closed, so that it can be taken back.
struct Settled {
  struct Part {
    std::uint32_t instance;
    FifoLots lots;
    std::vector<Bet> bets;
    Money result;  ///< booked as adjustment
    Money profit;  ///< of the bets
  };
  std::vector<Part> parts;
  FifoLots truth;
  Money cash;
  Money reported;  ///< result of all parts as booked in the reporting asset
};

/// What the ledger keeps of one account.
struct AccountBooks {
  base::DenseMap<Money> cash;              ///< balance by asset
  std::vector<PendingDeposit> pending;     ///< in order of arrival
  std::map<std::uint32_t, Totals> totals;  ///< by asset, in that asset
  Totals reporting;  ///< the same in the reporting asset, at the rates of the events
  std::map<std::pair<std::uint32_t, std::uint32_t>, StrategyBook>
      strategies;                                         ///< (instrument, instance)
  base::DenseMap<FifoLots> truth;                         ///< by instrument
  std::map<std::uint32_t, Money> own_adjustments;         ///< of no instrument, by asset
  std::map<std::uint32_t, std::vector<Settled>> settled;  ///< by instrument, the latest last
  std::map<std::uint64_t, std::map<std::uint32_t, Money>>
      commissions;                        ///< charged so far, by betting market and instance
  std::set<std::uint32_t> negative_cash;  ///< assets with an incident open
  bool foreign = false;  ///< something was ever booked in another asset than the reporting one
  Drawdown drawdown;
  DailyLoss daily_loss;
  std::int64_t last_cycle = 0;  ///< hour, counted from 1970, of the last drawdown cycle
  Money revaluation_booked;     ///< currency result as of the last mtm row
  Money equity;                 ///< of the last portfolio record, as the next ones
  Money gross_exposure;
  Money net_exposure;
  Money max_loss;

  /// Money moved in or out: no gain and no loss.
  void shift(Money amount);

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);
};

}  // namespace writ::ledger
