#include "host/model/catalogue.hpp"

#include <writ/abi/journal.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace writ::model {
namespace {

// One line a field. The offset and size are the compiler's; that every byte of a record is a field
// and every kind fits its size is asserted below.
#define WRIT_FIELD(layout, field, kind) \
  Field { #field, offsetof(layout, field), sizeof(layout::field), FieldKind::kind }
#define WRIT_WORDS(layout, field, kind, words) \
  Field { #field, offsetof(layout, field), sizeof(layout::field), FieldKind::kind, &words }
#define WRIT_BY_UNIT(layout, field)                                                      \
  Field {                                                                                \
#field, offsetof(layout, field), sizeof(layout::field), FieldKind::kByUnit, nullptr, \
        offsetof(layout, unit)                                                           \
  }

constexpr auto kHeader = std::to_array<Field>({
    WRIT_FIELD(writ_record, size, kU32),
    WRIT_FIELD(writ_record, type, kU16),
    WRIT_FIELD(writ_record, stream, kStream),
    WRIT_FIELD(writ_record, seq, kSeq),
    WRIT_FIELD(writ_record, event_ts, kTime),
    WRIT_FIELD(writ_record, ingest_ts, kTime),
});

constexpr auto kLevelFields = std::to_array<Field>({
    WRIT_FIELD(writ_level, price, kPrice),
    WRIT_FIELD(writ_level, quantity, kQuantity),
});
constexpr auto kFeatureFields = std::to_array<Field>({
    WRIT_FIELD(writ_feature, value, kDouble),
    WRIT_WORDS(writ_feature, feature, kEnum, kFeatureWords),
    WRIT_FIELD(writ_feature, known, kBool),
});
constexpr auto kSignalValueFields = std::to_array<Field>({
    WRIT_FIELD(writ_signal_value, instance, kInstance),
    WRIT_FIELD(writ_signal_value, port, kU32),
    WRIT_FIELD(writ_signal_value, instrument, kInstrument),
    WRIT_WORDS(writ_signal_value, flags, kFlags, kSignalFlagWords),
    WRIT_FIELD(writ_signal_value, ingest_ts, kTime),
    WRIT_FIELD(writ_signal_value, value, kDouble),
});
constexpr auto kCheckFields = std::to_array<Field>({
    WRIT_WORDS(writ_check, check, kEnum, kCheckWords),
    WRIT_WORDS(writ_check, result, kEnum, kCheckResultWords),
    WRIT_WORDS(writ_check, unit, kEnum, kUnitWords),
    WRIT_BY_UNIT(writ_check, value),
    WRIT_BY_UNIT(writ_check, limit),
});
constexpr auto kBalanceFields = std::to_array<Field>({
    WRIT_FIELD(writ_balance, asset, kAsset),
    WRIT_FIELD(writ_balance, flags, kU32),
    WRIT_FIELD(writ_balance, amount, kMoney),
    WRIT_FIELD(writ_balance, value, kMoney),
});
constexpr auto kPositionFields = std::to_array<Field>({
    WRIT_FIELD(writ_position, instrument, kInstrument),
    WRIT_WORDS(writ_position, flags, kFlags, kPositionFlagWords),
    WRIT_FIELD(writ_position, quantity, kQuantity),
    WRIT_FIELD(writ_position, mark, kPrice),
    WRIT_FIELD(writ_position, value, kMoney),
    WRIT_FIELD(writ_position, exposure, kMoney),
});

constexpr auto kQuestionFields = std::to_array<Field>({
    WRIT_FIELD(writ_question, instrument, kInstrument),
    WRIT_FIELD(writ_question, given, kU32),
});

constexpr auto kRunStartedFields = std::to_array<Field>({
    WRIT_FIELD(writ_run_started, run_number, kU64),
    WRIT_FIELD(writ_run_started, continues, kU64),
    WRIT_WORDS(writ_run_started, mode, kEnum, kModeWords),
    WRIT_FIELD(writ_run_started, manifest_size, kU32),
    WRIT_FIELD(writ_run_started, run_id, kUuid),
    WRIT_FIELD(writ_run_started, config_hash, kBytes),
});
constexpr auto kRunStoppedFields = std::to_array<Field>({
    WRIT_FIELD(writ_run_stopped, run_number, kU64),
    WRIT_WORDS(writ_run_stopped, reason, kEnum, kStopReasonWords),
    WRIT_FIELD(writ_run_stopped, reserved, kReserved),
});
constexpr auto kAssetFields = std::to_array<Field>({
    WRIT_FIELD(writ_asset, asset, kAsset),
    WRIT_FIELD(writ_asset, decimals, kU32),
    WRIT_FIELD(writ_asset, name, kText),
});
constexpr auto kAccountFields = std::to_array<Field>({
    WRIT_FIELD(writ_account, account, kAccount),
    WRIT_FIELD(writ_account, reporting_asset, kAsset),
    WRIT_FIELD(writ_account, shadow_of, kAccount),
    WRIT_WORDS(writ_account, book, kEnum, kBookWords),
    WRIT_FIELD(writ_account, reserved, kReserved),
    WRIT_FIELD(writ_account, name, kText),
});
constexpr auto kInstrumentFields = std::to_array<Field>({
    WRIT_FIELD(writ_instrument, instrument, kInstrument),
    WRIT_WORDS(writ_instrument, kind, kEnum, kInstrumentKindWords),
    WRIT_FIELD(writ_instrument, complement, kInstrument),
    WRIT_FIELD(writ_instrument, market_group, kU32),
    WRIT_FIELD(writ_instrument, base_asset, kAsset),
    WRIT_FIELD(writ_instrument, quote_asset, kAsset),
    WRIT_FIELD(writ_instrument, settle_asset, kAsset),
    WRIT_WORDS(writ_instrument, status, kEnum, kInstrumentStatusWords),
    WRIT_WORDS(writ_instrument, flags, kFlags, kInstrumentFlagWords),
    WRIT_WORDS(writ_instrument, ladder, kEnum, kLadderWords),
    WRIT_FIELD(writ_instrument, tick, kPrice),
    WRIT_FIELD(writ_instrument, lot, kQuantity),
    WRIT_FIELD(writ_instrument, price_min, kPrice),
    WRIT_FIELD(writ_instrument, price_max, kPrice),
    WRIT_FIELD(writ_instrument, quantity_min, kQuantity),
    WRIT_FIELD(writ_instrument, quantity_max, kQuantity),
    WRIT_FIELD(writ_instrument, notional_min, kMoney),
    WRIT_FIELD(writ_instrument, notional_max, kMoney),
    WRIT_FIELD(writ_instrument, quantity_unit, kQuantity),
    WRIT_FIELD(writ_instrument, maker_fee, kRate),
    WRIT_FIELD(writ_instrument, taker_fee, kRate),
    WRIT_FIELD(writ_instrument, fee_decimals, kU32),
    WRIT_WORDS(writ_instrument, fee_rounding, kEnum, kRoundingWords),
    WRIT_FIELD(writ_instrument, winners, kU32),
    WRIT_FIELD(writ_instrument, runners, kU32),
    WRIT_FIELD(writ_instrument, each_way_divisor, kRate),
    WRIT_FIELD(writ_instrument, start_ts, kTime),
    WRIT_FIELD(writ_instrument, expiry_ts, kTime),
    WRIT_FIELD(writ_instrument, venue, kText),
    WRIT_FIELD(writ_instrument, market, kText),
    WRIT_FIELD(writ_instrument, selection, kText),
    WRIT_FIELD(writ_instrument, symbol, kText),
    WRIT_FIELD(writ_instrument, base, kText),
    WRIT_FIELD(writ_instrument, quote, kText),
    WRIT_FIELD(writ_instrument, settle, kText),
});
constexpr auto kStreamFields = std::to_array<Field>({
    WRIT_FIELD(writ_stream, stream, kStream),
    WRIT_FIELD(writ_stream, instrument, kInstrument),
    WRIT_FIELD(writ_stream, source, kText),
});
constexpr auto kInstanceFields = std::to_array<Field>({
    WRIT_FIELD(writ_instance, instance, kInstance),
    WRIT_WORDS(writ_instance, kind, kEnum, kPluginKindWords),
    WRIT_FIELD(writ_instance, account, kAccount),
    WRIT_WORDS(writ_instance, state, kEnum, kInstanceStateWords),
    WRIT_FIELD(writ_instance, name, kText),
    WRIT_FIELD(writ_instance, plugin, kText),
    WRIT_FIELD(writ_instance, version, kText),
    WRIT_FIELD(writ_instance, object_hash, kBytes),
    WRIT_FIELD(writ_instance, parameters_size, kU32),
    WRIT_FIELD(writ_instance, reserved, kReserved),
});
constexpr auto kConfigChangeFields = std::to_array<Field>({
    WRIT_FIELD(writ_config_change, config_hash, kBytes),
    WRIT_FIELD(writ_config_change, text_size, kU32),
    WRIT_FIELD(writ_config_change, reserved, kReserved),
});
constexpr auto kCommandFields = std::to_array<Field>({
    WRIT_WORDS(writ_command, command, kEnum, kOperatorCommandWords),
    WRIT_FIELD(writ_command, account, kAccount),
    WRIT_FIELD(writ_command, instance, kInstance),
    WRIT_FIELD(writ_command, instrument, kInstrument),
    WRIT_FIELD(writ_command, text_size, kU32),
    WRIT_FIELD(writ_command, reserved, kReserved),
});
constexpr auto kDepositFields = std::to_array<Field>({
    WRIT_FIELD(writ_deposit, account, kAccount),
    WRIT_FIELD(writ_deposit, asset, kAsset),
    WRIT_FIELD(writ_deposit, amount, kMoney),
});
constexpr auto kAdjustmentFields = std::to_array<Field>({
    WRIT_FIELD(writ_adjustment, account, kAccount),
    WRIT_FIELD(writ_adjustment, asset, kAsset),
    WRIT_FIELD(writ_adjustment, instrument, kInstrument),
    WRIT_FIELD(writ_adjustment, instance, kInstance),
    WRIT_WORDS(writ_adjustment, kind, kEnum, kAdjustmentWords),
    WRIT_FIELD(writ_adjustment, text_size, kU32),
    WRIT_FIELD(writ_adjustment, amount, kMoney),
    WRIT_FIELD(writ_adjustment, quantity, kQuantity),
    WRIT_FIELD(writ_adjustment, price, kPrice),
});
constexpr auto kTokenChangeFields = std::to_array<Field>({
    WRIT_FIELD(writ_token_change, account, kAccount),
    WRIT_FIELD(writ_token_change, instance, kInstance),
    WRIT_FIELD(writ_token_change, instrument, kInstrument),
    WRIT_WORDS(writ_token_change, kind, kEnum, kTokenChangeWords),
    WRIT_FIELD(writ_token_change, quantity, kQuantity),
    WRIT_FIELD(writ_token_change, payout_numerator, kI64),
    WRIT_FIELD(writ_token_change, payout_denominator, kI64),
    WRIT_FIELD(writ_token_change, fee_bips, kU32),
    WRIT_FIELD(writ_token_change, question_count, kU32),
});
constexpr auto kConversionFields = std::to_array<Field>({
    WRIT_FIELD(writ_conversion, asset, kAsset),
    WRIT_FIELD(writ_conversion, into, kAsset),
    WRIT_FIELD(writ_conversion, rate, kRate),
});
constexpr auto kBookSnapshotFields = std::to_array<Field>({
    WRIT_FIELD(writ_book_snapshot, instrument, kInstrument),
    WRIT_FIELD(writ_book_snapshot, flags, kU32),
    WRIT_FIELD(writ_book_snapshot, last_id, kForeignId),
    WRIT_FIELD(writ_book_snapshot, bid_count, kU32),
    WRIT_FIELD(writ_book_snapshot, ask_count, kU32),
});
constexpr auto kBookDeltaFields = std::to_array<Field>({
    WRIT_FIELD(writ_book_delta, instrument, kInstrument),
    WRIT_WORDS(writ_book_delta, flags, kFlags, kDeltaFlagWords),
    WRIT_FIELD(writ_book_delta, first_id, kForeignId),
    WRIT_FIELD(writ_book_delta, last_id, kForeignId),
    WRIT_FIELD(writ_book_delta, prev_id, kForeignId),
    WRIT_FIELD(writ_book_delta, bid_count, kU32),
    WRIT_FIELD(writ_book_delta, ask_count, kU32),
});
constexpr auto kBookTopFields = std::to_array<Field>({
    WRIT_FIELD(writ_book_top, instrument, kInstrument),
    WRIT_FIELD(writ_book_top, flags, kU32),
    WRIT_FIELD(writ_book_top, update_id, kForeignId),
    WRIT_FIELD(writ_book_top, bid_price, kPrice),
    WRIT_FIELD(writ_book_top, bid_quantity, kQuantity),
    WRIT_FIELD(writ_book_top, ask_price, kPrice),
    WRIT_FIELD(writ_book_top, ask_quantity, kQuantity),
});
constexpr auto kTradeFields = std::to_array<Field>({
    WRIT_FIELD(writ_trade, instrument, kInstrument),
    WRIT_WORDS(writ_trade, side, kEnum, kSideWords),
    WRIT_WORDS(writ_trade, flags, kFlags, kTradeFlagWords),
    WRIT_FIELD(writ_trade, price, kPrice),
    WRIT_FIELD(writ_trade, quantity, kQuantity),
    WRIT_FIELD(writ_trade, trade_id, kForeignId),
});
constexpr auto kMarkPriceFields = std::to_array<Field>({
    WRIT_FIELD(writ_mark_price, instrument, kInstrument),
    WRIT_FIELD(writ_mark_price, flags, kU32),
    WRIT_FIELD(writ_mark_price, mark, kPrice),
    WRIT_FIELD(writ_mark_price, index, kPrice),
    WRIT_FIELD(writ_mark_price, funding_rate, kRate),
    WRIT_FIELD(writ_mark_price, next_funding_ts, kTime),
});
constexpr auto kBarFields = std::to_array<Field>({
    WRIT_FIELD(writ_bar, instrument, kInstrument),
    WRIT_FIELD(writ_bar, flags, kU32),
    WRIT_FIELD(writ_bar, open_ts, kTime),
    WRIT_FIELD(writ_bar, interval_ns, kDuration),
    WRIT_FIELD(writ_bar, open, kPrice),
    WRIT_FIELD(writ_bar, high, kPrice),
    WRIT_FIELD(writ_bar, low, kPrice),
    WRIT_FIELD(writ_bar, close, kPrice),
    WRIT_FIELD(writ_bar, volume, kQuantity),
    WRIT_FIELD(writ_bar, trade_count, kU64),
});
constexpr auto kMarketStatusFields = std::to_array<Field>({
    WRIT_FIELD(writ_market_status, instrument, kInstrument),
    WRIT_WORDS(writ_market_status, status, kEnum, kMarketStatusWords),
    WRIT_FIELD(writ_market_status, in_play, kBool),
    WRIT_FIELD(writ_market_status, bet_delay_s, kU32),
});
constexpr auto kFundingFields = std::to_array<Field>({
    WRIT_FIELD(writ_funding, instrument, kInstrument),
    WRIT_FIELD(writ_funding, flags, kU32),
    WRIT_FIELD(writ_funding, mark, kPrice),
    WRIT_FIELD(writ_funding, rate, kRate),
    WRIT_FIELD(writ_funding, interval_ns, kDuration),
});
constexpr auto kLiquidationFields = std::to_array<Field>({
    WRIT_FIELD(writ_liquidation, instrument, kInstrument),
    WRIT_WORDS(writ_liquidation, side, kEnum, kSideWords),
    WRIT_FIELD(writ_liquidation, flags, kU16),
    WRIT_FIELD(writ_liquidation, price, kPrice),
    WRIT_FIELD(writ_liquidation, quantity, kQuantity),
});
constexpr auto kSettlementFields = std::to_array<Field>({
    WRIT_FIELD(writ_settlement, instrument, kInstrument),
    WRIT_WORDS(writ_settlement, result, kEnum, kSettlementWords),
    WRIT_FIELD(writ_settlement, payout_numerator, kI64),
    WRIT_FIELD(writ_settlement, payout_denominator, kI64),
    WRIT_FIELD(writ_settlement, places, kU32),
    WRIT_FIELD(writ_settlement, tied, kU32),
    WRIT_FIELD(writ_settlement, starting_price, kPrice),
});
constexpr auto kTickChangeFields = std::to_array<Field>({
    WRIT_FIELD(writ_tick_change, instrument, kInstrument),
    WRIT_FIELD(writ_tick_change, flags, kU32),
    WRIT_FIELD(writ_tick_change, tick_before, kPrice),
    WRIT_FIELD(writ_tick_change, tick, kPrice),
});
constexpr auto kReductionFields = std::to_array<Field>({
    WRIT_FIELD(writ_reduction, instrument, kInstrument),
    WRIT_FIELD(writ_reduction, market_group, kU32),
    WRIT_FIELD(writ_reduction, factor, kRate),
    WRIT_WORDS(writ_reduction, market, kEnum, kReductionMarketWords),
    WRIT_FIELD(writ_reduction, reserved, kReserved),
});
constexpr auto kSignalFields = std::to_array<Field>({
    WRIT_FIELD(writ_signal, instance, kInstance),
    WRIT_FIELD(writ_signal, signal, kU32),
    WRIT_FIELD(writ_signal, instrument, kInstrument),
    WRIT_WORDS(writ_signal, flags, kFlags, kSignalFlagWords),
    WRIT_FIELD(writ_signal, seen_seq, kSeq),
    WRIT_FIELD(writ_signal, value, kDouble),
});
constexpr auto kSignalReportFields = std::to_array<Field>({
    WRIT_FIELD(writ_signal_report, instance, kInstance),
    WRIT_FIELD(writ_signal_report, signal, kU32),
    WRIT_FIELD(writ_signal_report, instrument, kInstrument),
    WRIT_WORDS(writ_signal_report, flags, kFlags, kSignalFlagWords),
    WRIT_FIELD(writ_signal_report, seen_seq, kSeq),
    WRIT_FIELD(writ_signal_report, value, kDouble),
    WRIT_FIELD(writ_signal_report, scope, kText),
    WRIT_FIELD(writ_signal_report, payload_size, kU32),
    WRIT_FIELD(writ_signal_report, reserved, kReserved),
});
constexpr auto kIntentFields = std::to_array<Field>({
    WRIT_FIELD(writ_intent, instance, kInstance),
    WRIT_FIELD(writ_intent, instrument, kInstrument),
    WRIT_FIELD(writ_intent, account, kAccount),
    WRIT_WORDS(writ_intent, kind, kEnum, kIntentKindWords),
    WRIT_WORDS(writ_intent, side, kEnum, kSideWords),
    WRIT_WORDS(writ_intent, order_type, kEnum, kOrderTypeWords),
    WRIT_WORDS(writ_intent, time_in_force, kEnum, kTimeInForceWords),
    WRIT_WORDS(writ_intent, urgency, kEnum, kUrgencyWords),
    WRIT_WORDS(writ_intent, group_policy, kEnum, kGroupPolicyWords),
    WRIT_WORDS(writ_intent, flags, kFlags, kIntentFlagWords),
    WRIT_FIELD(writ_intent, group_size, kU32),
    WRIT_FIELD(writ_intent, price, kPrice),
    WRIT_FIELD(writ_intent, quantity, kQuantity),
    WRIT_FIELD(writ_intent, ttl_ns, kDuration),
    WRIT_FIELD(writ_intent, expire_ts, kTime),
    WRIT_FIELD(writ_intent, target_intent, kId),
    WRIT_FIELD(writ_intent, group_id, kForeignId),
    WRIT_FIELD(writ_intent, expected_value, kMoney),
    WRIT_FIELD(writ_intent, risk_cost, kMoney),
    WRIT_FIELD(writ_intent, confidence, kRate),
    WRIT_FIELD(writ_intent, tag, kForeignId),
    WRIT_FIELD(writ_intent, seen_seq, kSeq),
    WRIT_FIELD(writ_intent, snapshot_seq, kSeq),
    WRIT_FIELD(writ_intent, tags_size, kU32),
    WRIT_FIELD(writ_intent, rationale_size, kU32),
});
constexpr auto kPluginFaultFields = std::to_array<Field>({
    WRIT_FIELD(writ_plugin_fault, instance, kInstance),
    WRIT_WORDS(writ_plugin_fault, fault, kEnum, kFaultWords),
    WRIT_FIELD(writ_plugin_fault, detail, kI64),
});
constexpr auto kReloadFields = std::to_array<Field>({
    WRIT_FIELD(writ_reload, instance, kInstance),
    WRIT_WORDS(writ_reload, step, kEnum, kReloadStepWords),
    WRIT_FIELD(writ_reload, old_hash, kBytes),
    WRIT_FIELD(writ_reload, new_hash, kBytes),
    WRIT_FIELD(writ_reload, prepared_ts, kTime),
    WRIT_FIELD(writ_reload, preparation_ns, kDuration),
    WRIT_FIELD(writ_reload, pause_ns, kDuration),
    WRIT_FIELD(writ_reload, warmup_events, kU64),
    WRIT_FIELD(writ_reload, warmup_intents, kU64),
});
constexpr auto kPluginStatFields = std::to_array<Field>({
    WRIT_FIELD(writ_plugin_stat, instance, kInstance),
    WRIT_FIELD(writ_plugin_stat, reserved, kReserved),
    WRIT_FIELD(writ_plugin_stat, calls, kU64),
    WRIT_FIELD(writ_plugin_stat, errors, kU64),
    WRIT_FIELD(writ_plugin_stat, intents, kU64),
    WRIT_FIELD(writ_plugin_stat, published, kU64),
    WRIT_FIELD(writ_plugin_stat, conflated, kU64),
    WRIT_FIELD(writ_plugin_stat, total_ns, kDuration),
    WRIT_FIELD(writ_plugin_stat, p50_ns, kDuration),
    WRIT_FIELD(writ_plugin_stat, p99_ns, kDuration),
    WRIT_FIELD(writ_plugin_stat, p999_ns, kDuration),
    WRIT_FIELD(writ_plugin_stat, max_ns, kDuration),
});
constexpr auto kReportFields = std::to_array<Field>({
    WRIT_FIELD(writ_report, order_id, kId),
    WRIT_FIELD(writ_report, intent_id, kId),
    WRIT_FIELD(writ_report, tag, kForeignId),
    WRIT_FIELD(writ_report, instance, kInstance),
    WRIT_FIELD(writ_report, instrument, kInstrument),
    WRIT_FIELD(writ_report, account, kAccount),
    WRIT_WORDS(writ_report, kind, kEnum, kReportWords),
    WRIT_WORDS(writ_report, reason, kEnum, kReportReasonWords),
    WRIT_FIELD(writ_report, price, kPrice),
    WRIT_FIELD(writ_report, quantity, kQuantity),
    WRIT_FIELD(writ_report, filled, kQuantity),
    WRIT_FIELD(writ_report, venue_seq, kForeignId),
    WRIT_FIELD(writ_report, text_size, kU32),
    WRIT_WORDS(writ_report, book, kEnum, kBookWords),
    WRIT_FIELD(writ_report, client_order_id, kText),
    WRIT_FIELD(writ_report, venue_order_id, kText),
});
constexpr auto kFillFields = std::to_array<Field>({
    WRIT_FIELD(writ_fill, order_id, kId),
    WRIT_FIELD(writ_fill, intent_id, kId),
    WRIT_FIELD(writ_fill, tag, kForeignId),
    WRIT_FIELD(writ_fill, instance, kInstance),
    WRIT_FIELD(writ_fill, instrument, kInstrument),
    WRIT_FIELD(writ_fill, account, kAccount),
    WRIT_WORDS(writ_fill, side, kEnum, kSideWords),
    WRIT_WORDS(writ_fill, liquidity, kEnum, kLiquidityWords),
    WRIT_FIELD(writ_fill, price, kPrice),
    WRIT_FIELD(writ_fill, quantity, kQuantity),
    WRIT_FIELD(writ_fill, fee, kMoney),
    WRIT_FIELD(writ_fill, fee_asset_quantity, kMoney),
    WRIT_FIELD(writ_fill, fee_asset, kAsset),
    WRIT_WORDS(writ_fill, book, kEnum, kBookWords),
    WRIT_FIELD(writ_fill, venue_seq, kForeignId),
    WRIT_FIELD(writ_fill, client_order_id, kText),
    WRIT_FIELD(writ_fill, venue_order_id, kText),
    WRIT_FIELD(writ_fill, exchange_trade_id, kText),
});
constexpr auto kSnapshotFields = std::to_array<Field>({
    WRIT_FIELD(writ_snapshot, instance, kInstance),
    WRIT_FIELD(writ_snapshot, instrument, kInstrument),
    WRIT_FIELD(writ_snapshot, account, kAccount),
    WRIT_WORDS(writ_snapshot, flags, kFlags, kSnapshotFlagWords),
    WRIT_FIELD(writ_snapshot, as_of_seq, kSeq),
    WRIT_FIELD(writ_snapshot, bid_price, kPrice),
    WRIT_FIELD(writ_snapshot, bid_quantity, kQuantity),
    WRIT_FIELD(writ_snapshot, ask_price, kPrice),
    WRIT_FIELD(writ_snapshot, ask_quantity, kQuantity),
    WRIT_FIELD(writ_snapshot, position, kQuantity),
    WRIT_FIELD(writ_snapshot, account_position, kQuantity),
    WRIT_FIELD(writ_snapshot, cash_left, kMoney),
    WRIT_FIELD(writ_snapshot, budget_left, kMoney),
    WRIT_FIELD(writ_snapshot, net_exposure, kMoney),
    WRIT_FIELD(writ_snapshot, gross_exposure, kMoney),
    WRIT_FIELD(writ_snapshot, equity, kMoney),
    WRIT_WORDS(writ_snapshot, tier, kEnum, kTierWords),
    WRIT_FIELD(writ_snapshot, open_orders, kU32),
    WRIT_FIELD(writ_snapshot, feature_schema, kU32),
    WRIT_FIELD(writ_snapshot, feature_count, kU32),
    WRIT_FIELD(writ_snapshot, signal_count, kU32),
    WRIT_FIELD(writ_snapshot, reserved, kReserved),
});
constexpr auto kVerdictFields = std::to_array<Field>({
    WRIT_FIELD(writ_verdict, intent_id, kId),
    WRIT_FIELD(writ_verdict, tag, kForeignId),
    WRIT_FIELD(writ_verdict, instance, kInstance),
    WRIT_FIELD(writ_verdict, instrument, kInstrument),
    WRIT_FIELD(writ_verdict, account, kAccount),
    WRIT_WORDS(writ_verdict, book, kEnum, kBookWords),
    WRIT_FIELD(writ_verdict, approved, kBool),
    WRIT_WORDS(writ_verdict, reason, kEnum, kReasonWords),
    WRIT_WORDS(writ_verdict, detail, kEnum, kCheckWords),
    WRIT_WORDS(writ_verdict, effect, kEnum, kEffectWords),
    WRIT_FIELD(writ_verdict, reserved, kReserved),
    WRIT_FIELD(writ_verdict, owner, kInstance),
    WRIT_FIELD(writ_verdict, check_count, kU32),
    WRIT_FIELD(writ_verdict, price, kPrice),
    WRIT_FIELD(writ_verdict, quantity, kQuantity),
});
constexpr auto kOrderFields = std::to_array<Field>({
    WRIT_FIELD(writ_order, order_id, kId),
    WRIT_FIELD(writ_order, intent_id, kId),
    WRIT_FIELD(writ_order, verdict_id, kId),
    WRIT_FIELD(writ_order, cause_seq, kSeq),
    WRIT_FIELD(writ_order, tag, kForeignId),
    WRIT_FIELD(writ_order, instance, kInstance),
    WRIT_FIELD(writ_order, instrument, kInstrument),
    WRIT_FIELD(writ_order, account, kAccount),
    WRIT_WORDS(writ_order, book, kEnum, kBookWords),
    WRIT_WORDS(writ_order, side, kEnum, kSideWords),
    WRIT_WORDS(writ_order, order_type, kEnum, kOrderTypeWords),
    WRIT_WORDS(writ_order, time_in_force, kEnum, kTimeInForceWords),
    WRIT_WORDS(writ_order, state, kEnum, kOrderStateWords),
    WRIT_WORDS(writ_order, command, kEnum, kOrderCommandWords),
    WRIT_WORDS(writ_order, flags, kFlags, kIntentFlagWords),
    WRIT_WORDS(writ_order, reason, kEnum, kReportReasonWords),
    WRIT_FIELD(writ_order, leg, kU32),
    WRIT_FIELD(writ_order, attempt, kU32),
    WRIT_FIELD(writ_order, price, kPrice),
    WRIT_FIELD(writ_order, quantity, kQuantity),
    WRIT_FIELD(writ_order, filled, kQuantity),
    WRIT_FIELD(writ_order, expire_ts, kTime),
    WRIT_FIELD(writ_order, requested, kMoney),
    WRIT_FIELD(writ_order, cash_before, kMoney),
    WRIT_FIELD(writ_order, fill_value, kMoney),
    WRIT_FIELD(writ_order, client_order_id, kText),
    WRIT_FIELD(writ_order, venue_order_id, kText),
});
constexpr auto kLedgerFields = std::to_array<Field>({
    WRIT_FIELD(writ_ledger, account, kAccount),
    WRIT_FIELD(writ_ledger, instrument, kInstrument),
    WRIT_FIELD(writ_ledger, instance, kInstance),
    WRIT_FIELD(writ_ledger, asset, kAsset),
    WRIT_WORDS(writ_ledger, ledger, kEnum, kLedgerWords),
    WRIT_WORDS(writ_ledger, kind, kEnum, kEntryWords),
    WRIT_WORDS(writ_ledger, book, kEnum, kBookWords),
    WRIT_WORDS(writ_ledger, ref_kind, kEnum, kRefWords),
    WRIT_FIELD(writ_ledger, ref, kId),
    WRIT_FIELD(writ_ledger, amount, kMoney),
    WRIT_FIELD(writ_ledger, balance_after, kMoney),
});
constexpr auto kPortfolioFields = std::to_array<Field>({
    WRIT_FIELD(writ_portfolio, account, kAccount),
    WRIT_FIELD(writ_portfolio, reporting_asset, kAsset),
    WRIT_FIELD(writ_portfolio, equity, kMoney),
    WRIT_FIELD(writ_portfolio, initial, kMoney),
    WRIT_FIELD(writ_portfolio, realized, kMoney),
    WRIT_FIELD(writ_portfolio, unrealized, kMoney),
    WRIT_FIELD(writ_portfolio, fees, kMoney),
    WRIT_FIELD(writ_portfolio, funding, kMoney),
    WRIT_FIELD(writ_portfolio, adjustments, kMoney),
    WRIT_FIELD(writ_portfolio, gross_exposure, kMoney),
    WRIT_FIELD(writ_portfolio, net_exposure, kMoney),
    WRIT_FIELD(writ_portfolio, max_loss, kMoney),
    WRIT_FIELD(writ_portfolio, peak, kMoney),
    WRIT_FIELD(writ_portfolio, drawdown, kMoney),
    WRIT_FIELD(writ_portfolio, drawdown_fraction, kRate),
    WRIT_WORDS(writ_portfolio, tier, kEnum, kTierWords),
    WRIT_FIELD(writ_portfolio, open_orders, kU32),
    WRIT_WORDS(writ_portfolio, book, kEnum, kBookWords),
    WRIT_FIELD(writ_portfolio, balance_count, kU32),
    WRIT_FIELD(writ_portfolio, position_count, kU32),
    WRIT_FIELD(writ_portfolio, reserved, kReserved),
});
constexpr auto kExecutedTradeFields = std::to_array<Field>({
    WRIT_FIELD(writ_executed_trade, fill_id, kId),
    WRIT_FIELD(writ_executed_trade, account, kAccount),
    WRIT_FIELD(writ_executed_trade, instrument, kInstrument),
    WRIT_FIELD(writ_executed_trade, instance, kInstance),
    WRIT_FIELD(writ_executed_trade, leg, kU16),
    WRIT_WORDS(writ_executed_trade, side, kEnum, kSideWords),
    WRIT_WORDS(writ_executed_trade, book, kEnum, kBookWords),
    WRIT_FIELD(writ_executed_trade, closes, kBool),
    WRIT_FIELD(writ_executed_trade, reserved, kReserved),
    WRIT_FIELD(writ_executed_trade, quantity, kQuantity),
    WRIT_FIELD(writ_executed_trade, entry_price, kPrice),
    WRIT_FIELD(writ_executed_trade, exit_price, kPrice),
    WRIT_FIELD(writ_executed_trade, fee, kMoney),
    WRIT_FIELD(writ_executed_trade, realized, kMoney),
    WRIT_FIELD(writ_executed_trade, position_after, kQuantity),
});
constexpr auto kVetoMarkFields = std::to_array<Field>({
    WRIT_FIELD(writ_veto_mark, verdict_id, kId),
    WRIT_FIELD(writ_veto_mark, intent_id, kId),
    WRIT_FIELD(writ_veto_mark, instance, kInstance),
    WRIT_FIELD(writ_veto_mark, instrument, kInstrument),
    WRIT_FIELD(writ_veto_mark, account, kAccount),
    WRIT_WORDS(writ_veto_mark, check, kEnum, kCheckWords),
    WRIT_FIELD(writ_veto_mark, filled, kBool),
    WRIT_FIELD(writ_veto_mark, asset, kAsset),
    WRIT_FIELD(writ_veto_mark, reserved, kReserved),
    WRIT_FIELD(writ_veto_mark, horizon_ns, kDuration),
    WRIT_FIELD(writ_veto_mark, quantity, kQuantity),
    WRIT_FIELD(writ_veto_mark, reference_price, kPrice),
    WRIT_FIELD(writ_veto_mark, mark_price, kPrice),
    WRIT_FIELD(writ_veto_mark, pnl, kMoney),
});
constexpr auto kIncidentFields = std::to_array<Field>({
    WRIT_WORDS(writ_incident, severity, kEnum, kSeverityWords),
    WRIT_WORDS(writ_incident, code, kEnum, kIncidentWords),
    WRIT_FIELD(writ_incident, account, kAccount),
    WRIT_FIELD(writ_incident, instrument, kInstrument),
    WRIT_FIELD(writ_incident, instance, kInstance),
    WRIT_FIELD(writ_incident, cause_seq, kSeq),
    WRIT_BY_UNIT(writ_incident, value),
    WRIT_BY_UNIT(writ_incident, threshold),
    WRIT_WORDS(writ_incident, unit, kEnum, kUnitWords),
    WRIT_FIELD(writ_incident, text_size, kU32),
});
constexpr auto kTimerFields = std::to_array<Field>({
    WRIT_FIELD(writ_timer, instance, kInstance),
    WRIT_FIELD(writ_timer, reserved, kReserved),
    WRIT_FIELD(writ_timer, timer, kForeignId),
    WRIT_FIELD(writ_timer, due_ts, kTime),
});
constexpr auto kParameterChangeFields = std::to_array<Field>({
    WRIT_FIELD(writ_parameter_change, instance, kInstance),
    WRIT_FIELD(writ_parameter_change, parameter, kU32),
    WRIT_WORDS(writ_parameter_change, type, kEnum, kParameterTypeWords),
    WRIT_FIELD(writ_parameter_change, text_size, kU32),
    WRIT_FIELD(writ_parameter_change, value, kI64),
});
constexpr auto kLogLineFields = std::to_array<Field>({
    WRIT_FIELD(writ_log_line, instance, kInstance),
    WRIT_WORDS(writ_log_line, severity, kEnum, kSeverityWords),
    WRIT_FIELD(writ_log_line, text_size, kU32),
    WRIT_FIELD(writ_log_line, reserved, kReserved),
});
constexpr auto kCheckpointFields = std::to_array<Field>({
    WRIT_FIELD(writ_checkpoint, checkpoint, kSeq),
    WRIT_FIELD(writ_checkpoint, part, kU32),
    WRIT_FIELD(writ_checkpoint, parts, kU32),
    WRIT_FIELD(writ_checkpoint, section_version, kU32),
    WRIT_FIELD(writ_checkpoint, crc32c, kU32),
    WRIT_FIELD(writ_checkpoint, section, kText),
    WRIT_FIELD(writ_checkpoint, data_size, kU32),
    WRIT_FIELD(writ_checkpoint, reserved, kReserved),
});

#undef WRIT_BY_UNIT
#undef WRIT_WORDS
#undef WRIT_FIELD

constexpr auto kRunStartedTail = std::to_array<TailPart>({
    TailPart{"manifest", TailKind::kJson, offsetof(writ_run_started, manifest_size), 1, {}},
});
constexpr auto kInstanceTail = std::to_array<TailPart>({
    TailPart{"parameters", TailKind::kJson, offsetof(writ_instance, parameters_size), 1, {}},
});
constexpr auto kConfigChangeTail = std::to_array<TailPart>({
    TailPart{"text", TailKind::kJson, offsetof(writ_config_change, text_size), 1, {}},
});
constexpr auto kCommandTail = std::to_array<TailPart>({
    TailPart{"text", TailKind::kText, offsetof(writ_command, text_size), 1, {}},
});
constexpr auto kAdjustmentTail = std::to_array<TailPart>({
    TailPart{"text", TailKind::kText, offsetof(writ_adjustment, text_size), 1, {}},
});
constexpr auto kTokenChangeTail = std::to_array<TailPart>({
    TailPart{"questions", TailKind::kElements, offsetof(writ_token_change, question_count),
             sizeof(writ_question), kQuestionFields},
});
constexpr auto kBookSnapshotTail = std::to_array<TailPart>({
    TailPart{"bids", TailKind::kElements, offsetof(writ_book_snapshot, bid_count),
             sizeof(writ_level), kLevelFields},
    TailPart{"asks", TailKind::kElements, offsetof(writ_book_snapshot, ask_count),
             sizeof(writ_level), kLevelFields},
});
constexpr auto kBookDeltaTail = std::to_array<TailPart>({
    TailPart{"bids", TailKind::kElements, offsetof(writ_book_delta, bid_count), sizeof(writ_level),
             kLevelFields},
    TailPart{"asks", TailKind::kElements, offsetof(writ_book_delta, ask_count), sizeof(writ_level),
             kLevelFields},
});
constexpr auto kReportTail = std::to_array<TailPart>({
    TailPart{"text", TailKind::kText, offsetof(writ_report, text_size), 1, {}},
});
constexpr auto kSnapshotTail = std::to_array<TailPart>({
    TailPart{"features", TailKind::kElements, offsetof(writ_snapshot, feature_count),
             sizeof(writ_feature), kFeatureFields},
    TailPart{"signals", TailKind::kElements, offsetof(writ_snapshot, signal_count),
             sizeof(writ_signal_value), kSignalValueFields},
});
constexpr auto kSignalReportTail = std::to_array<TailPart>({
    TailPart{"payload", TailKind::kJson, offsetof(writ_signal_report, payload_size), 1, {}},
});
constexpr auto kIntentTail = std::to_array<TailPart>({
    TailPart{"tags", TailKind::kJson, offsetof(writ_intent, tags_size), 1, {}},
    TailPart{"rationale", TailKind::kJson, offsetof(writ_intent, rationale_size), 1, {}},
});
constexpr auto kVerdictTail = std::to_array<TailPart>({
    TailPart{"checks", TailKind::kElements, offsetof(writ_verdict, check_count), sizeof(writ_check),
             kCheckFields},
});
constexpr auto kPortfolioTail = std::to_array<TailPart>({
    TailPart{"balances", TailKind::kElements, offsetof(writ_portfolio, balance_count),
             sizeof(writ_balance), kBalanceFields},
    TailPart{"positions", TailKind::kElements, offsetof(writ_portfolio, position_count),
             sizeof(writ_position), kPositionFields},
});
constexpr auto kIncidentTail = std::to_array<TailPart>({
    TailPart{"text", TailKind::kText, offsetof(writ_incident, text_size), 1, {}},
});
constexpr auto kParameterChangeTail = std::to_array<TailPart>({
    TailPart{"text", TailKind::kText, offsetof(writ_parameter_change, text_size), 1, {}},
});
constexpr auto kLogLineTail = std::to_array<TailPart>({
    TailPart{"text", TailKind::kText, offsetof(writ_log_line, text_size), 1, {}},
});
constexpr auto kCheckpointTail = std::to_array<TailPart>({
    TailPart{"data", TailKind::kBytes, offsetof(writ_checkpoint, data_size), 1, {}},
});

constexpr auto kRecords = std::to_array<RecordLayout>({
    {WRIT_RECORD_RUN_STARTED, "run_started", sizeof(writ_run_started), kRunStartedFields,
     kRunStartedTail},
    {WRIT_RECORD_RUN_STOPPED, "run_stopped", sizeof(writ_run_stopped), kRunStoppedFields, {}},
    {WRIT_RECORD_ASSET, "asset", sizeof(writ_asset), kAssetFields, {}},
    {WRIT_RECORD_ACCOUNT, "account", sizeof(writ_account), kAccountFields, {}},
    {WRIT_RECORD_INSTRUMENT, "instrument", sizeof(writ_instrument), kInstrumentFields, {}},
    {WRIT_RECORD_STREAM, "stream", sizeof(writ_stream), kStreamFields, {}},
    {WRIT_RECORD_INSTANCE, "instance", sizeof(writ_instance), kInstanceFields, kInstanceTail},
    {WRIT_RECORD_CONFIG, "config", sizeof(writ_config_change), kConfigChangeFields,
     kConfigChangeTail},
    {WRIT_RECORD_COMMAND, "command", sizeof(writ_command), kCommandFields, kCommandTail},
    {WRIT_RECORD_CLOCK, "clock", sizeof(writ_clock), {}, {}},
    {WRIT_RECORD_DEPOSIT, "deposit", sizeof(writ_deposit), kDepositFields, {}},
    {WRIT_RECORD_CONVERSION, "conversion", sizeof(writ_conversion), kConversionFields, {}},
    {WRIT_RECORD_ADJUSTMENT, "adjustment", sizeof(writ_adjustment), kAdjustmentFields,
     kAdjustmentTail},
    {WRIT_RECORD_TOKENS, "tokens", sizeof(writ_token_change), kTokenChangeFields, kTokenChangeTail},
    {WRIT_RECORD_RELOAD, "reload", sizeof(writ_reload), kReloadFields, {}},
    {WRIT_RECORD_BOOK_SNAPSHOT, "book_snapshot", sizeof(writ_book_snapshot), kBookSnapshotFields,
     kBookSnapshotTail},
    {WRIT_RECORD_BOOK_DELTA, "book_delta", sizeof(writ_book_delta), kBookDeltaFields,
     kBookDeltaTail},
    {WRIT_RECORD_BOOK_TOP, "book_top", sizeof(writ_book_top), kBookTopFields, {}},
    {WRIT_RECORD_TRADE, "trade", sizeof(writ_trade), kTradeFields, {}},
    {WRIT_RECORD_MARK_PRICE, "mark_price", sizeof(writ_mark_price), kMarkPriceFields, {}},
    {WRIT_RECORD_BAR, "bar", sizeof(writ_bar), kBarFields, {}},
    {WRIT_RECORD_MARKET_STATUS,
     "market_status",
     sizeof(writ_market_status),
     kMarketStatusFields,
     {}},
    {WRIT_RECORD_FUNDING, "funding", sizeof(writ_funding), kFundingFields, {}},
    {WRIT_RECORD_LIQUIDATION, "liquidation", sizeof(writ_liquidation), kLiquidationFields, {}},
    {WRIT_RECORD_SETTLEMENT, "settlement", sizeof(writ_settlement), kSettlementFields, {}},
    {WRIT_RECORD_TICK_CHANGE, "tick_change", sizeof(writ_tick_change), kTickChangeFields, {}},
    {WRIT_RECORD_REDUCTION, "reduction", sizeof(writ_reduction), kReductionFields, {}},
    {WRIT_RECORD_SIGNAL_INPUT, "signal_input", sizeof(writ_signal), kSignalFields, {}},
    {WRIT_RECORD_SIGNAL_REPORT_INPUT, "signal_report_input", sizeof(writ_signal_report),
     kSignalReportFields, kSignalReportTail},
    {WRIT_RECORD_INTENT_INPUT, "intent_input", sizeof(writ_intent), kIntentFields, kIntentTail},
    {WRIT_RECORD_PLUGIN_FAULT, "plugin_fault", sizeof(writ_plugin_fault), kPluginFaultFields, {}},
    {WRIT_RECORD_PLUGIN_STAT, "plugin_stat", sizeof(writ_plugin_stat), kPluginStatFields, {}},
    {WRIT_RECORD_REPORT, "report", sizeof(writ_report), kReportFields, kReportTail},
    {WRIT_RECORD_FILL, "fill", sizeof(writ_fill), kFillFields, {}},
    {WRIT_RECORD_SNAPSHOT, "snapshot", sizeof(writ_snapshot), kSnapshotFields, kSnapshotTail},
    {WRIT_RECORD_SIGNAL, "signal", sizeof(writ_signal), kSignalFields, {}},
    {WRIT_RECORD_INTENT, "intent", sizeof(writ_intent), kIntentFields, kIntentTail},
    {WRIT_RECORD_VERDICT, "verdict", sizeof(writ_verdict), kVerdictFields, kVerdictTail},
    {WRIT_RECORD_ORDER, "order", sizeof(writ_order), kOrderFields, {}},
    {WRIT_RECORD_LEDGER, "ledger", sizeof(writ_ledger), kLedgerFields, {}},
    {WRIT_RECORD_PORTFOLIO, "portfolio", sizeof(writ_portfolio), kPortfolioFields, kPortfolioTail},
    {WRIT_RECORD_EXECUTED_TRADE,
     "executed_trade",
     sizeof(writ_executed_trade),
     kExecutedTradeFields,
     {}},
    {WRIT_RECORD_INCIDENT, "incident", sizeof(writ_incident), kIncidentFields, kIncidentTail},
    {WRIT_RECORD_SIGNAL_REPORT, "signal_report", sizeof(writ_signal_report), kSignalReportFields,
     kSignalReportTail},
    {WRIT_RECORD_TIMER, "timer", sizeof(writ_timer), kTimerFields, {}},
    {WRIT_RECORD_PARAMETER, "parameter", sizeof(writ_parameter_change), kParameterChangeFields,
     kParameterChangeTail},
    {WRIT_RECORD_LOG, "log", sizeof(writ_log_line), kLogLineFields, kLogLineTail},
    {WRIT_RECORD_CHECKPOINT, "checkpoint", sizeof(writ_checkpoint), kCheckpointFields,
     kCheckpointTail},
    {WRIT_RECORD_VETO_MARK, "veto_mark", sizeof(writ_veto_mark), kVetoMarkFields, {}},
});

constexpr bool fits(const Field& field) {
  switch (field.kind) {
    case FieldKind::kU8:
      return field.size == 1;
    case FieldKind::kU16:
    case FieldKind::kStream:
      return field.size == 2 || (field.kind == FieldKind::kStream && field.size == 4);
    case FieldKind::kU32:
    case FieldKind::kInstrument:
    case FieldKind::kAccount:
    case FieldKind::kAsset:
    case FieldKind::kInstance:
      return field.size == 4;
    case FieldKind::kU64:
    case FieldKind::kI64:
    case FieldKind::kTime:
    case FieldKind::kDuration:
    case FieldKind::kPrice:
    case FieldKind::kQuantity:
    case FieldKind::kRate:
    case FieldKind::kId:
    case FieldKind::kSeq:
    case FieldKind::kForeignId:
    case FieldKind::kDouble:
      return field.size == 8;
    case FieldKind::kMoney:
    case FieldKind::kByUnit:
    case FieldKind::kUuid:
      return field.size == 16;
    case FieldKind::kBool:
    case FieldKind::kEnum:
    case FieldKind::kFlags:
      return field.size == 2 || field.size == 4;
    case FieldKind::kText:
    case FieldKind::kBytes:
    case FieldKind::kReserved:
      return field.size > 0;
  }
  return false;
}

constexpr bool covers(std::span<const Field> fields, std::size_t from, std::size_t to) {
  for (const Field& field : fields) {
    if (field.offset != from || !fits(field)) return false;
    from += field.size;
  }
  return from == to;
}

constexpr bool every_byte_is_a_field() {
  if (!covers(kHeader, 0, sizeof(writ_record))) return false;
  std::uint32_t before = 0;
  for (const RecordLayout& record : kRecords) {
    if (record.type <= before || record.size % 8 != 0) return false;
    before = record.type;
    if (!covers(record.fields, sizeof(writ_record), record.size)) return false;
    for (const TailPart& part : record.tail) {
      if (part.kind != TailKind::kElements) continue;
      if (part.element_size % 8 != 0 || !covers(part.fields, 0, part.element_size)) return false;
    }
  }
  return true;
}
static_assert(every_byte_is_a_field());

constexpr std::uint16_t kTypeMax = kRecords.back().type;

// Place in kRecords plus one, by type; 0 = no such type.
constexpr auto kPlaces = [] {
  std::array<std::uint8_t, kTypeMax + 1> places{};
  for (std::size_t i = 0; i < kRecords.size(); ++i) {
    places[kRecords[i].type] = static_cast<std::uint8_t>(i + 1);
  }
  return places;
}();
static_assert(kRecords.size() < 255);

}  // namespace

std::span<const Field> header_fields() noexcept { return kHeader; }

std::span<const RecordLayout> catalogue() noexcept { return kRecords; }

const RecordLayout* layout_of(std::uint16_t type) noexcept {
  if (type > kTypeMax || kPlaces[type] == 0) return nullptr;
  return &kRecords[kPlaces[type] - 1U];
}

const RecordLayout* layout_of(std::string_view name) noexcept {
  for (const RecordLayout& record : kRecords) {
    if (record.name == name) return &record;
  }
  return nullptr;
}

std::string_view type_name(std::uint16_t type) noexcept {
  const RecordLayout* layout = layout_of(type);
  return layout == nullptr ? "unknown" : layout->name;
}

const char* validate(const writ_record& record) noexcept {
  if (record.size % 8 != 0) return "record size is not a multiple of 8";
  if (record.size < sizeof(writ_record)) return "record is shorter than its header";
  if (record.size > kRecordSizeMax) return "record is too long";
  const RecordLayout* layout = layout_of(record.type);
  if (layout == nullptr) return "record type is unknown";
  if (record.size < layout->size) return "record is shorter than its fixed part";
  std::uint64_t room = record.size - layout->size;
  for (const TailPart& part : layout->tail) {
    std::uint32_t count = 0;
    std::memcpy(&count, reinterpret_cast<const std::byte*>(&record) + part.count_offset,
                sizeof count);
    const std::uint64_t wanted = std::uint64_t{count} * part.element_size;
    if (wanted > room) return "record tail is shorter than its counts say";
    room -= wanted;
  }
  return nullptr;
}

}  // namespace writ::model
