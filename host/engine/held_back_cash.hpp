#pragma once

#include "host/base/dense_map.hpp"
#include "host/engine/open_liabilities.hpp"
#include "host/engine/touched_instruments.hpp"
#include "host/ledger/ledger.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/abi/instrument.h>
#include <writ/ids.hpp>
#include <writ/int128.hpp>
#include <writ/money.hpp>

#include <cstdint>

namespace writ::engine {

/// The open liabilities of every account, kept as sums by asset, of which only what was touched is
/// measured anew, when it is read; so they are a function of ledger and marks as they are then.
/// [sequencer-thread]
class HeldBackCash {
 public:
  /// Both must outlive it.
  HeldBackCash(const model::InstrumentTable& tables, const ledger::Ledger& ledger)
      : tables_(tables), ledger_(ledger), liabilities_(tables, ledger) {}

  /// A position in the instrument or its mark changed. Cheap.
  void touch(std::uint32_t instrument) { touched_.touch(instrument); }
  /// Anything may have changed: tables, a checkpoint, money moved by other than fills.
  void touch_all() noexcept { touched_.touch_all(); }

  /// Of all positions whose results are in the asset.
  [[nodiscard]] Money of_account(AccountId account, AssetId asset);

 private:
  struct Part {
    std::uint32_t asset = 0;
    Money amount;

    friend bool operator==(const Part&, const Part&) = default;
  };
  struct OfAccount {
    base::DenseMap<Part> parts;   // by OpenLiabilities::counted_under
    base::DenseMap<Int128> sums;  // by asset
  };

  void refresh() {
    if (touched_.any() || coins_booked_ != ledger_.coins_booked()) measure_touched();
  }
  void measure_touched();
  void forget();
  void measure(const writ_instrument& instrument);
  void measure(AccountId account, const writ_instrument& instrument);

  const model::InstrumentTable& tables_;
  const ledger::Ledger& ledger_;
  OpenLiabilities liabilities_;
  base::DenseMap<OfAccount> accounts_;
  TouchedInstruments touched_;
  std::uint64_t coins_booked_ = 0;  // by the ledger, when it was measured last
};

}  // namespace writ::engine
