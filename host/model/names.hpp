#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace writ::model {

/// One value of an enumeration and the word for it.
struct Word {
  std::uint32_t value;
  std::string_view text;
};

/// The words of one enumeration of the ABI: those the database, the reports and `--json` use.
struct Words {
  std::string_view name;
  std::span<const Word> words;

  /// The word; empty for a value that has none.
  [[nodiscard]] constexpr std::string_view text(std::uint32_t value) const noexcept {
    for (const Word& word : words) {
      if (word.value == value) return word.text;
    }
    return {};
  }
  /// The value of a word, exact match; nothing for another text.
  [[nodiscard]] constexpr std::optional<std::uint32_t> value(std::string_view text) const noexcept {
    for (const Word& word : words) {
      if (word.text == text) return word.value;
    }
    return std::nullopt;
  }
};

extern const Words kInstrumentKindWords;    ///< SPOT PERP BINARY RUNNER
extern const Words kLadderWords;            ///< tick classic finest line
extern const Words kInstrumentStatusWords;  ///< ACTIVE SUSPENDED CLOSED SETTLED
extern const Words kInstrumentFlagWords;    ///< bits
extern const Words kRoundingWords;          ///< half_even half_away floor ceil trunc
extern const Words kModeWords;              ///< BACKTEST PAPER LIVE REPLAY
extern const Words kStopReasonWords;        ///< end_of_data operator duration halt kill found_dead
extern const Words kPluginKindWords;        ///< operator strategy signal
extern const Words kInstanceStateWords;     ///< running stopped removed
extern const Words kReloadStepWords;        ///< prepared swapped given_up ...
extern const Words kOperatorCommandWords;   ///< pause resume kill stop flatten ...
extern const Words kSideWords;              ///< NONE BUY SELL
extern const Words kDeltaFlagWords;         ///< bits
extern const Words kTradeFlagWords;         ///< bits
extern const Words kMarketStatusWords;      ///< open suspended closed connected disconnected
extern const Words kSettlementWords;        ///< payout winner loser void reversed
extern const Words kReductionMarketWords;   ///< win place
extern const Words kSignalFlagWords;        ///< bits
extern const Words kFaultWords;             ///< error deadline crash hang quarantine restored
extern const Words kReportWords;            ///< accepted rejected cancelled ...
extern const Words kReportReasonWords;      ///< "" post_only no_liquidity ...
extern const Words kBookWords;              ///< MAIN SHADOW
extern const Words kLiquidityWords;         ///< "" MAKER TAKER
extern const Words kSnapshotFlagWords;      ///< bits
extern const Words kTierWords;              ///< NORMAL DD10 DD15 HALT20
extern const Words kFeatureWords;           ///< crowding_score toxicity_score ...
extern const Words kIntentKindWords;        ///< PlaceOrder CancelOrder ReplaceOrder CancelAll ...
extern const Words kOrderTypeWords;         ///< LIMIT MARKET
extern const Words kTimeInForceWords;       ///< GTC IOC FOK GTD
extern const Words kUrgencyWords;           ///< Maker Neutral Taker
extern const Words kGroupPolicyWords;       ///< "" all_or_none all_or_none_unwind
extern const Words kIntentFlagWords;        ///< bits
extern const Words kReasonWords;            ///< ok invalid expired halted market_state ...
extern const Words kEffectWords;            ///< "" adds reduces neutral
extern const Words kCheckWords;             ///< "" validity ttl ... notional_within_cash ...
extern const Words kCheckResultWords;       ///< passed failed not_applied
extern const Words kUnitWords;              ///< "" money price quantity ns count id rate
extern const Words kOrderStateWords;        ///< NEW ACK OPEN PARTIAL FILLED CANCELLED ...
extern const Words kOrderCommandWords;      ///< "" send cancel replace
extern const Words kLedgerWords;            ///< CASH PNL
extern const Words kEntryWords;             ///< deposit withdrawal trade fee ... realized mtm
extern const Words kRefWords;               ///< "" fill snapshot settlement funding deposit ...
extern const Words kAdjustmentWords;        ///< transfer cash position
extern const Words kTokenChangeWords;       ///< split merge redeem convert
extern const Words kSeverityWords;          ///< INFO WARN ERROR CRITICAL
extern const Words kIncidentWords;          ///< STALE_FEED DATA_GAP ...
extern const Words kParameterTypeWords;     ///< integer decimal boolean text duration
extern const Words kPositionFlagWords;      ///< bits

}  // namespace writ::model
