#pragma once

#include "host/ledger/fifo_lots.hpp"
#include "host/ledger/ledger.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/abi/instrument.h>
#include <writ/ids.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

namespace writ::engine {

/// What open positions may still take from an account's cash, which is held back until they are
/// closed or settled: of a perpetual its notional and what it lost so far, so that there is no
/// leverage; of a market of tokens or bets what its worst outcome takes, commission included. In
/// the asset the instrument's results are in, >= 0. [sequencer-thread]
class OpenLiabilities {
 public:
  /// Both must outlive it.
  OpenLiabilities(const model::InstrumentTable& tables, const ledger::Ledger& ledger)
      : tables_(tables), ledger_(ledger) {}

  /// Of a perpetual, or of the whole market of a token or runner. Spot: nothing.
  [[nodiscard]] Money of_market(AccountId account, const writ_instrument& instrument) const;

  /// The instrument under which those are counted whose liabilities are one amount: a perpetual
  /// itself, of two tokens the one of the lower number, of a betting market its first runner.
  [[nodiscard]] std::uint32_t counted_under(const writ_instrument& instrument) const;

  /// Of the market of a token or runner had the account no position in the instrument itself.
  [[nodiscard]] Money beside(AccountId account, const writ_instrument& instrument) const;

  /// What closing so much of a perpetual at a price adds to free cash: what is no longer held back,
  /// and the result; never below zero. `signed_quantity` opposite to the position, no larger.
  [[nodiscard]] Money freed_by_closing(AccountId account, const writ_instrument& instrument,
                                       Quantity signed_quantity, Price price) const;

 private:
  [[nodiscard]] Money of_perpetual(std::uint32_t instrument, Quantity position, Money cost) const;
  [[nodiscard]] Money of_tokens(AccountId account, const writ_instrument& token, bool own) const;
  [[nodiscard]] Money of_bets(AccountId account, const writ_instrument& runner, bool own) const;

  const model::InstrumentTable& tables_;
  const ledger::Ledger& ledger_;
};

}  // namespace writ::engine
