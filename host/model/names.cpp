#include "host/model/names.hpp"

#include <writ/abi/journal.h>
#include <writ/abi/plugin.h>

#include <array>

namespace writ::model {
namespace {
constexpr auto kInstrumentKindList = std::to_array<Word>({{WRIT_KIND_SPOT, "SPOT"},
                                                          {WRIT_KIND_PERP, "PERP"},
                                                          {WRIT_KIND_BINARY, "BINARY"},
                                                          {WRIT_KIND_RUNNER, "RUNNER"}});
constexpr auto kLadderList = std::to_array<Word>({{WRIT_LADDER_TICK, "tick"},
                                                  {WRIT_LADDER_CLASSIC, "classic"},
                                                  {WRIT_LADDER_FINEST, "finest"},
                                                  {WRIT_LADDER_LINE, "line"}});
constexpr auto kInstrumentStatusList =
    std::to_array<Word>({{WRIT_INSTRUMENT_ACTIVE, "ACTIVE"},
                         {WRIT_INSTRUMENT_SUSPENDED, "SUSPENDED"},
                         {WRIT_INSTRUMENT_CLOSED, "CLOSED"},
                         {WRIT_INSTRUMENT_SETTLED, "SETTLED"}});
constexpr auto kInstrumentFlagList =
    std::to_array<Word>({{WRIT_INSTRUMENT_TICK_INFERRED, "tick_inferred"},
                         {WRIT_INSTRUMENT_FEE_IN_RECEIVED, "fee_in_received"}});
constexpr auto kRoundingList = std::to_array<Word>({{WRIT_ROUND_HALF_EVEN, "half_even"},
                                                    {WRIT_ROUND_HALF_AWAY, "half_away"},
                                                    {WRIT_ROUND_FLOOR, "floor"},
                                                    {WRIT_ROUND_CEIL, "ceil"},
                                                    {WRIT_ROUND_TRUNC, "trunc"}});
constexpr auto kModeList = std::to_array<Word>({{WRIT_MODE_BACKTEST, "BACKTEST"},
                                                {WRIT_MODE_PAPER, "PAPER"},
                                                {WRIT_MODE_LIVE, "LIVE"},
                                                {WRIT_MODE_REPLAY, "REPLAY"}});
constexpr auto kStopReasonList = std::to_array<Word>({{WRIT_STOP_END_OF_DATA, "end_of_data"},
                                                      {WRIT_STOP_OPERATOR, "operator"},
                                                      {WRIT_STOP_DURATION, "duration"},
                                                      {WRIT_STOP_HALT, "halt"},
                                                      {WRIT_STOP_KILL, "kill"},
                                                      {WRIT_STOP_FOUND_DEAD, "found_dead"}});
constexpr auto kPluginKindList = std::to_array<Word>(
    {{0, "operator"}, {WRIT_PLUGIN_STRATEGY, "strategy"}, {WRIT_PLUGIN_SIGNAL, "signal"}});
constexpr auto kInstanceStateList = std::to_array<Word>({{WRIT_INSTANCE_RUNNING, "running"},
                                                         {WRIT_INSTANCE_STOPPED, "stopped"},
                                                         {WRIT_INSTANCE_REMOVED, "removed"}});
constexpr auto kOperatorCommandList =
    std::to_array<Word>({{WRIT_OPERATOR_PAUSE, "pause"},
                         {WRIT_OPERATOR_RESUME, "resume"},
                         {WRIT_OPERATOR_KILL, "kill"},
                         {WRIT_OPERATOR_STOP, "stop"},
                         {WRIT_OPERATOR_FLATTEN, "flatten"},
                         {WRIT_OPERATOR_RESUME_AFTER_KILL, "resume_after_kill"},
                         {WRIT_OPERATOR_HALT, "halt"},
                         {WRIT_OPERATOR_RELOAD_REFUSED, "reload_refused"},
                         {WRIT_OPERATOR_RESET_DRAWDOWN, "reset_drawdown"},
                         {WRIT_OPERATOR_STOP_FLATTEN, "stop_flatten"},
                         {WRIT_OPERATOR_RECONCILE, "reconcile"},
                         {WRIT_OPERATOR_RECONCILED, "reconciled"},
                         {WRIT_OPERATOR_VENUE_LOST, "venue_lost"},
                         {WRIT_OPERATOR_VENUE_BACK, "venue_back"},
                         {WRIT_OPERATOR_VENUE_WARNING, "venue_warning"},
                         {WRIT_OPERATOR_VENUE_HALT, "venue_halt"}});
constexpr auto kReloadStepList = std::to_array<Word>({{WRIT_RELOAD_PREPARED, "prepared"},
                                                      {WRIT_RELOAD_SWAPPED, "swapped"},
                                                      {WRIT_RELOAD_GIVEN_UP, "given_up"},
                                                      {WRIT_RELOAD_ROLLED_BACK, "rolled_back"},
                                                      {WRIT_RELOAD_UNLOADED, "unloaded"},
                                                      {WRIT_RELOAD_STILL_LOADED, "still_loaded"}});
constexpr auto kSideList = std::to_array<Word>(
    {{WRIT_SIDE_NONE, "NONE"}, {WRIT_SIDE_BUY, "BUY"}, {WRIT_SIDE_SELL, "SELL"}});
constexpr auto kDeltaFlagList =
    std::to_array<Word>({{WRIT_DELTA_CONTIGUOUS, "contiguous"}, {WRIT_DELTA_LINKED, "linked"}});
constexpr auto kTradeFlagList = std::to_array<Word>(
    {{WRIT_TRADE_AGGREGATE, "aggregate"}, {WRIT_TRADE_OUTSIDE_BOOK, "outside_book"}});
constexpr auto kMarketStatusList =
    std::to_array<Word>({{WRIT_MARKET_OPEN, "open"},
                         {WRIT_MARKET_SUSPENDED, "suspended"},
                         {WRIT_MARKET_CLOSED, "closed"},
                         {WRIT_MARKET_CONNECTED, "connected"},
                         {WRIT_MARKET_DISCONNECTED, "disconnected"}});
constexpr auto kSettlementList = std::to_array<Word>({{WRIT_SETTLED_PAYOUT, "payout"},
                                                      {WRIT_SETTLED_WINNER, "winner"},
                                                      {WRIT_SETTLED_LOSER, "loser"},
                                                      {WRIT_SETTLED_VOID, "void"},
                                                      {WRIT_SETTLED_REVERSED, "reversed"}});
constexpr auto kReductionMarketList =
    std::to_array<Word>({{WRIT_REDUCTION_WIN, "win"}, {WRIT_REDUCTION_PLACE, "place"}});
constexpr auto kSignalFlagList = std::to_array<Word>({{WRIT_SIGNAL_WARM, "warm"}});
constexpr auto kFaultList = std::to_array<Word>({{WRIT_FAULT_ERROR, "error"},
                                                 {WRIT_FAULT_DEADLINE, "deadline"},
                                                 {WRIT_FAULT_CRASH, "crash"},
                                                 {WRIT_FAULT_HANG, "hang"},
                                                 {WRIT_FAULT_QUARANTINE, "quarantine"},
                                                 {WRIT_FAULT_RESTORED, "restored"}});
constexpr auto kReportList =
    std::to_array<Word>({{WRIT_REPORT_ACCEPTED, "accepted"},
                         {WRIT_REPORT_REJECTED, "rejected"},
                         {WRIT_REPORT_CANCELLED, "cancelled"},
                         {WRIT_REPORT_EXPIRED, "expired"},
                         {WRIT_REPORT_CANCEL_REJECTED, "cancel_rejected"},
                         {WRIT_REPORT_REPLACED, "replaced"},
                         {WRIT_REPORT_REPLACE_REJECTED, "replace_rejected"},
                         {WRIT_REPORT_UNKNOWN, "unknown"},
                         {WRIT_REPORT_FAILED, "failed"},
                         {WRIT_REPORT_EXTERNAL, "external"},
                         {WRIT_REPORT_FOUND, "found"}});
constexpr auto kReportReasonList =
    std::to_array<Word>({{WRIT_REPORT_REASON_NONE, ""},
                         {WRIT_REPORT_REASON_POST_ONLY, "post_only"},
                         {WRIT_REPORT_REASON_NO_LIQUIDITY, "no_liquidity"},
                         {WRIT_REPORT_REASON_FILTER, "filter"},
                         {WRIT_REPORT_REASON_BALANCE, "balance"},
                         {WRIT_REPORT_REASON_SELF_TRADE, "self_trade"},
                         {WRIT_REPORT_REASON_NOT_FOUND, "not_found"},
                         {WRIT_REPORT_REASON_MARKET, "market"},
                         {WRIT_REPORT_REASON_RATE_LIMIT, "rate_limit"},
                         {WRIT_REPORT_REASON_TIMEOUT, "timeout"},
                         {WRIT_REPORT_REASON_USER, "user"},
                         {WRIT_REPORT_REASON_REDUCE_ONLY, "reduce_only"},
                         {WRIT_REPORT_REASON_EXPIRY, "expiry"},
                         {WRIT_REPORT_REASON_RESTART, "restart"},
                         {WRIT_REPORT_REASON_OTHER, "other"}});
constexpr auto kBookList =
    std::to_array<Word>({{WRIT_BOOK_MAIN, "MAIN"}, {WRIT_BOOK_SHADOW, "SHADOW"}});
constexpr auto kLiquidityList = std::to_array<Word>(
    {{WRIT_LIQUIDITY_NONE, ""}, {WRIT_LIQUIDITY_MAKER, "MAKER"}, {WRIT_LIQUIDITY_TAKER, "TAKER"}});
constexpr auto kSnapshotFlagList =
    std::to_array<Word>({{WRIT_SNAPSHOT_CAN_TRADE, "can_trade"},
                         {WRIT_SNAPSHOT_DRAWDOWN_HALT, "drawdown_halt"},
                         {WRIT_SNAPSHOT_STALE, "stale"},
                         {WRIT_SNAPSHOT_IN_SYNC, "in_sync"},
                         {WRIT_SNAPSHOT_WARMUP, "warmup"}});
constexpr auto kTierList = std::to_array<Word>({{WRIT_TIER_NORMAL, "NORMAL"},
                                                {WRIT_TIER_DD10, "DD10"},
                                                {WRIT_TIER_DD15, "DD15"},
                                                {WRIT_TIER_HALT20, "HALT20"}});
constexpr auto kFeatureList =
    std::to_array<Word>({{WRIT_FEATURE_CROWDING, "crowding_score"},
                         {WRIT_FEATURE_TOXICITY, "toxicity_score"},
                         {WRIT_FEATURE_SPREAD_COMPRESSION, "spread_compression"},
                         {WRIT_FEATURE_WARM, "opp_warm"},
                         {WRIT_FEATURE_MID, "mid"},
                         {WRIT_FEATURE_MICROPRICE, "microprice"},
                         {WRIT_FEATURE_IMBALANCE, "imbalance"},
                         {WRIT_FEATURE_SPREAD_BPS, "spread_bps"},
                         {WRIT_FEATURE_VOLATILITY, "volatility"}});
constexpr auto kIntentKindList = std::to_array<Word>({{WRIT_INTENT_PLACE, "PlaceOrder"},
                                                      {WRIT_INTENT_CANCEL, "CancelOrder"},
                                                      {WRIT_INTENT_REPLACE, "ReplaceOrder"},
                                                      {WRIT_INTENT_CANCEL_ALL, "CancelAll"},
                                                      {WRIT_INTENT_FLATTEN, "FlattenMarket"},
                                                      {WRIT_INTENT_TARGET, "TargetPosition"},
                                                      {WRIT_INTENT_NOOP, "NoOp"}});
constexpr auto kOrderTypeList =
    std::to_array<Word>({{WRIT_ORDER_LIMIT, "LIMIT"}, {WRIT_ORDER_MARKET, "MARKET"}});
constexpr auto kTimeInForceList = std::to_array<Word>(
    {{WRIT_TIF_GTC, "GTC"}, {WRIT_TIF_IOC, "IOC"}, {WRIT_TIF_FOK, "FOK"}, {WRIT_TIF_GTD, "GTD"}});
constexpr auto kUrgencyList = std::to_array<Word>({{WRIT_URGENCY_MAKER, "Maker"},
                                                   {WRIT_URGENCY_NEUTRAL, "Neutral"},
                                                   {WRIT_URGENCY_TAKER, "Taker"}});
constexpr auto kGroupPolicyList =
    std::to_array<Word>({{WRIT_GROUP_NONE, ""},
                         {WRIT_GROUP_ALL_OR_NONE, "all_or_none"},
                         {WRIT_GROUP_ALL_OR_NONE_UNWIND, "all_or_none_unwind"}});
constexpr auto kIntentFlagList =
    std::to_array<Word>({{WRIT_INTENT_POST_ONLY, "post_only"},
                         {WRIT_INTENT_REDUCE_ONLY, "reduce_only"},
                         {WRIT_INTENT_CLOSE_POSITION, "close_position"},
                         {WRIT_INTENT_WARMUP, "warmup"},
                         {WRIT_INTENT_OPAQUE_RATIONALE, "opaque_rationale"},
                         {WRIT_INTENT_BY_HOST, "by_host"},
                         {WRIT_INTENT_NO_REDUCTION, "no_reduction"}});
constexpr auto kReasonList = std::to_array<Word>({{WRIT_REASON_OK, "ok"},
                                                  {WRIT_REASON_INVALID, "invalid"},
                                                  {WRIT_REASON_EXPIRED, "expired"},
                                                  {WRIT_REASON_HALTED, "halted"},
                                                  {WRIT_REASON_MARKET_STATE, "market_state"},
                                                  {WRIT_REASON_MARKET_LOCKED, "market_locked"},
                                                  {WRIT_REASON_LOWER_PRIORITY, "lower_priority"},
                                                  {WRIT_REASON_SELF_CROSS, "self_cross"},
                                                  {WRIT_REASON_RISK_VETO, "risk_veto"},
                                                  {WRIT_REASON_PLUGIN_ERROR, "plugin_error"},
                                                  {WRIT_REASON_RESTART, "restart"}});
constexpr auto kEffectList = std::to_array<Word>({{0, ""},
                                                  {WRIT_EFFECT_ADDS, "adds"},
                                                  {WRIT_EFFECT_REDUCES, "reduces"},
                                                  {WRIT_EFFECT_NEUTRAL, "neutral"}});
constexpr auto kCheckList = std::to_array<Word>({{WRIT_CHECK_NONE, ""},
                                                 {WRIT_CHECK_VALIDITY, "validity"},
                                                 {WRIT_CHECK_TTL, "ttl"},
                                                 {WRIT_CHECK_TARGET_ORDER, "target_order_working"},
                                                 {WRIT_CHECK_MARKET_STATE, "market_state"},
                                                 {WRIT_CHECK_STALENESS, "staleness"},
                                                 {WRIT_CHECK_DATA_GAP, "data_gap"},
                                                 {WRIT_CHECK_KILL, "kill"},
                                                 {WRIT_CHECK_PAUSE, "pause"},
                                                 {WRIT_CHECK_DRAWDOWN, "drawdown"},
                                                 {WRIT_CHECK_OWNERSHIP, "ownership"},
                                                 {WRIT_CHECK_PRIORITY, "priority"},
                                                 {WRIT_CHECK_SELF_CROSS, "self_cross"},
                                                 {WRIT_CHECK_CASH, "notional_within_cash"},
                                                 {WRIT_CHECK_POSITION, "position_within_limit"},
                                                 {WRIT_CHECK_EXPOSURE, "exposure_within_limit"},
                                                 {WRIT_CHECK_WORST_CASE, "worst_case_within_limit"},
                                                 {WRIT_CHECK_DAILY_LOSS, "daily_loss_within_limit"},
                                                 {WRIT_CHECK_STRATEGY_BUDGET, "strategy_budget"},
                                                 {WRIT_CHECK_PRICE_BAND, "price_band"},
                                                 {WRIT_CHECK_ORDER_RATE, "order_rate"},
                                                 {WRIT_CHECK_OPEN_ORDERS, "open_orders"},
                                                 {WRIT_CHECK_DUPLICATE, "duplicate"},
                                                 {WRIT_CHECK_GROUP, "group"},
                                                 {WRIT_CHECK_REDUCE_ONLY, "reduce_only"},
                                                 {WRIT_CHECK_ORDER_TO_TRADE, "order_to_trade"},
                                                 {WRIT_CHECK_CIRCUIT_BREAK, "circuit_break"},
                                                 {WRIT_CHECK_PLUGIN, "plugin"},
                                                 {WRIT_CHECK_RESTART, "restart"}});
constexpr auto kCheckResultList = std::to_array<Word>({{WRIT_CHECK_PASSED, "passed"},
                                                       {WRIT_CHECK_FAILED, "failed"},
                                                       {WRIT_CHECK_NOT_APPLIED, "not_applied"},
                                                       {WRIT_CHECK_REDUCED, "reduced"}});
constexpr auto kUnitList = std::to_array<Word>({{WRIT_UNIT_NONE, ""},
                                                {WRIT_UNIT_MONEY, "money"},
                                                {WRIT_UNIT_PRICE, "price"},
                                                {WRIT_UNIT_QUANTITY, "quantity"},
                                                {WRIT_UNIT_NS, "ns"},
                                                {WRIT_UNIT_COUNT, "count"},
                                                {WRIT_UNIT_ID, "id"},
                                                {WRIT_UNIT_RATE, "rate"}});
constexpr auto kOrderStateList = std::to_array<Word>({{WRIT_ORDER_NEW, "NEW"},
                                                      {WRIT_ORDER_ACK, "ACK"},
                                                      {WRIT_ORDER_OPEN, "OPEN"},
                                                      {WRIT_ORDER_PARTIAL, "PARTIAL"},
                                                      {WRIT_ORDER_FILLED, "FILLED"},
                                                      {WRIT_ORDER_CANCELLED, "CANCELLED"},
                                                      {WRIT_ORDER_EXPIRED, "EXPIRED"},
                                                      {WRIT_ORDER_REJECTED, "REJECTED"},
                                                      {WRIT_ORDER_UNKNOWN, "UNKNOWN"},
                                                      {WRIT_ORDER_FAILED, "FAILED"}});
constexpr auto kOrderCommandList = std::to_array<Word>({{WRIT_COMMAND_NONE, ""},
                                                        {WRIT_COMMAND_SEND, "send"},
                                                        {WRIT_COMMAND_CANCEL, "cancel"},
                                                        {WRIT_COMMAND_REPLACE, "replace"},
                                                        {WRIT_COMMAND_LOOKUP, "lookup"}});
constexpr auto kLedgerList =
    std::to_array<Word>({{WRIT_LEDGER_CASH, "CASH"}, {WRIT_LEDGER_PNL, "PNL"}});
constexpr auto kEntryList = std::to_array<Word>({{WRIT_ENTRY_DEPOSIT, "deposit"},
                                                 {WRIT_ENTRY_WITHDRAWAL, "withdrawal"},
                                                 {WRIT_ENTRY_TRADE, "trade"},
                                                 {WRIT_ENTRY_FEE, "fee"},
                                                 {WRIT_ENTRY_FUNDING, "funding"},
                                                 {WRIT_ENTRY_SETTLEMENT, "settlement"},
                                                 {WRIT_ENTRY_ADJUSTMENT, "adjustment"},
                                                 {WRIT_ENTRY_REALIZED, "realized"},
                                                 {WRIT_ENTRY_MTM, "mtm"}});
constexpr auto kRefList = std::to_array<Word>({{0, ""},
                                               {WRIT_REF_FILL, "fill"},
                                               {WRIT_REF_SNAPSHOT, "snapshot"},
                                               {WRIT_REF_SETTLEMENT, "settlement"},
                                               {WRIT_REF_FUNDING, "funding"},
                                               {WRIT_REF_DEPOSIT, "deposit"},
                                               {WRIT_REF_ADJUSTMENT, "adjustment"},
                                               {WRIT_REF_REDUCTION, "reduction"},
                                               {WRIT_REF_SPLIT, "split"},
                                               {WRIT_REF_MERGE, "merge"},
                                               {WRIT_REF_REDEEM, "redeem"},
                                               {WRIT_REF_CONVERT, "convert"}});
constexpr auto kAdjustmentList = std::to_array<Word>({{WRIT_ADJUST_TRANSFER, "transfer"},
                                                      {WRIT_ADJUST_CASH, "cash"},
                                                      {WRIT_ADJUST_POSITION, "position"},
                                                      {WRIT_ADJUST_FUNDING, "funding"}});
constexpr auto kTokenChangeList = std::to_array<Word>({{WRIT_TOKENS_SPLIT, "split"},
                                                       {WRIT_TOKENS_MERGE, "merge"},
                                                       {WRIT_TOKENS_REDEEM, "redeem"},
                                                       {WRIT_TOKENS_CONVERT, "convert"}});
constexpr auto kSeverityList = std::to_array<Word>({{WRIT_SEVERITY_INFO, "INFO"},
                                                    {WRIT_SEVERITY_WARN, "WARN"},
                                                    {WRIT_SEVERITY_ERROR, "ERROR"},
                                                    {WRIT_SEVERITY_CRITICAL, "CRITICAL"}});
constexpr auto kIncidentList =
    std::to_array<Word>({{WRIT_INCIDENT_STALE_FEED, "STALE_FEED"},
                         {WRIT_INCIDENT_DATA_GAP, "DATA_GAP"},
                         {WRIT_INCIDENT_CROSSED_BOOK, "CROSSED_BOOK"},
                         {WRIT_INCIDENT_CLOCK_OFFSET, "CLOCK_OFFSET"},
                         {WRIT_INCIDENT_NEVER_TRADABLE, "NEVER_TRADABLE"},
                         {WRIT_INCIDENT_TOP_MISMATCH, "TOP_MISMATCH"},
                         {WRIT_INCIDENT_PLUGIN_ERROR, "PLUGIN_ERROR"},
                         {WRIT_INCIDENT_PLUGIN_STOPPED, "PLUGIN_STOPPED"},
                         {WRIT_INCIDENT_PLUGIN_DIFFERS, "PLUGIN_DIFFERS"},
                         {WRIT_INCIDENT_COLD_START, "COLD_START"},
                         {WRIT_INCIDENT_KILL, "KILL"},
                         {WRIT_INCIDENT_HALT, "HALT"},
                         {WRIT_INCIDENT_RUN_FOUND_DEAD, "RUN_FOUND_DEAD"},
                         {WRIT_INCIDENT_TORN_TAIL, "TORN_TAIL"},
                         {WRIT_INCIDENT_RELOADED, "RELOADED"},
                         {WRIT_INCIDENT_RELOAD_REFUSED, "RELOAD_REFUSED"},
                         {WRIT_INCIDENT_RESTARTED, "RESTARTED"},
                         {WRIT_INCIDENT_DUPLICATE_FILL, "DUPLICATE_FILL"},
                         {WRIT_INCIDENT_ORDER_UNKNOWN, "ORDER_UNKNOWN"},
                         {WRIT_INCIDENT_NEGATIVE_CASH, "NEGATIVE_CASH"},
                         {WRIT_INCIDENT_JOURNAL_FAILED, "JOURNAL_FAILED"},
                         {WRIT_INCIDENT_BAD_MESSAGE, "BAD_MESSAGE"},
                         {WRIT_INCIDENT_PAUSED, "PAUSED"},
                         {WRIT_INCIDENT_RESUMED, "RESUMED"},
                         {WRIT_INCIDENT_ARITHMETIC, "ARITHMETIC"},
                         {WRIT_INCIDENT_ORDER_REJECTED, "ORDER_REJECTED"},
                         {WRIT_INCIDENT_RESYNCED, "RESYNCED"},
                         {WRIT_INCIDENT_TIME_BACKWARDS, "TIME_BACKWARDS"},
                         {WRIT_INCIDENT_FLATTEN, "FLATTEN"},
                         {WRIT_INCIDENT_DRAWDOWN_HALT, "DRAWDOWN_HALT"},
                         {WRIT_INCIDENT_DRAWDOWN_RESET, "DRAWDOWN_RESET"},
                         {WRIT_INCIDENT_RESTART_RECONCILED, "RESTART_RECONCILED"},
                         {WRIT_INCIDENT_GROUP_UNWOUND, "GROUP_UNWOUND"},
                         {WRIT_INCIDENT_GROUP_BROKEN, "GROUP_BROKEN"},
                         {WRIT_INCIDENT_CIRCUIT_BREAK, "CIRCUIT_BREAK"},
                         {WRIT_INCIDENT_QUARANTINED, "QUARANTINED"},
                         {WRIT_INCIDENT_RESTORED, "RESTORED"},
                         {WRIT_INCIDENT_SWAP_FAILED, "SWAP_FAILED"},
                         {WRIT_INCIDENT_STILL_LOADED, "STILL_LOADED"},
                         {WRIT_INCIDENT_VENUE_LOST, "VENUE_LOST"},
                         {WRIT_INCIDENT_VENUE_BACK, "VENUE_BACK"},
                         {WRIT_INCIDENT_VENUE_WARNING, "VENUE_WARNING"}});
constexpr auto kParameterTypeList = std::to_array<Word>({{WRIT_PARAMETER_INTEGER, "integer"},
                                                         {WRIT_PARAMETER_DECIMAL, "decimal"},
                                                         {WRIT_PARAMETER_BOOLEAN, "boolean"},
                                                         {WRIT_PARAMETER_TEXT, "text"},
                                                         {WRIT_PARAMETER_DURATION, "duration"}});
constexpr auto kPositionFlagList = std::to_array<Word>({{1, "stale_mark"}});

}  // namespace

constexpr Words kInstrumentKindWords{"instrument_kind", kInstrumentKindList};
constexpr Words kLadderWords{"ladder", kLadderList};
constexpr Words kInstrumentStatusWords{"instrument_status", kInstrumentStatusList};
constexpr Words kInstrumentFlagWords{"instrument_flag", kInstrumentFlagList};
constexpr Words kRoundingWords{"rounding", kRoundingList};
constexpr Words kModeWords{"mode", kModeList};
constexpr Words kStopReasonWords{"stop_reason", kStopReasonList};
constexpr Words kPluginKindWords{"plugin_kind", kPluginKindList};
constexpr Words kInstanceStateWords{"instance_state", kInstanceStateList};
constexpr Words kOperatorCommandWords{"operator_command", kOperatorCommandList};
constexpr Words kReloadStepWords{"reload_step", kReloadStepList};
constexpr Words kSideWords{"side", kSideList};
constexpr Words kDeltaFlagWords{"delta_flag", kDeltaFlagList};
constexpr Words kTradeFlagWords{"trade_flag", kTradeFlagList};
constexpr Words kMarketStatusWords{"market_status", kMarketStatusList};
constexpr Words kSettlementWords{"settlement", kSettlementList};
constexpr Words kReductionMarketWords{"reduction_market", kReductionMarketList};
constexpr Words kSignalFlagWords{"signal_flag", kSignalFlagList};
constexpr Words kFaultWords{"fault", kFaultList};
constexpr Words kReportWords{"report", kReportList};
constexpr Words kReportReasonWords{"report_reason", kReportReasonList};
constexpr Words kBookWords{"book", kBookList};
constexpr Words kLiquidityWords{"liquidity", kLiquidityList};
constexpr Words kSnapshotFlagWords{"snapshot_flag", kSnapshotFlagList};
constexpr Words kTierWords{"tier", kTierList};
constexpr Words kFeatureWords{"feature", kFeatureList};
constexpr Words kIntentKindWords{"intent_kind", kIntentKindList};
constexpr Words kOrderTypeWords{"order_type", kOrderTypeList};
constexpr Words kTimeInForceWords{"time_in_force", kTimeInForceList};
constexpr Words kUrgencyWords{"urgency", kUrgencyList};
constexpr Words kGroupPolicyWords{"group_policy", kGroupPolicyList};
constexpr Words kIntentFlagWords{"intent_flag", kIntentFlagList};
constexpr Words kReasonWords{"reason", kReasonList};
constexpr Words kEffectWords{"effect", kEffectList};
constexpr Words kCheckWords{"check", kCheckList};
constexpr Words kCheckResultWords{"check_result", kCheckResultList};
constexpr Words kUnitWords{"unit", kUnitList};
constexpr Words kOrderStateWords{"order_state", kOrderStateList};
constexpr Words kOrderCommandWords{"order_command", kOrderCommandList};
constexpr Words kLedgerWords{"ledger", kLedgerList};
constexpr Words kEntryWords{"entry", kEntryList};
constexpr Words kRefWords{"ref", kRefList};
constexpr Words kAdjustmentWords{"adjustment", kAdjustmentList};
constexpr Words kTokenChangeWords{"token_change", kTokenChangeList};
constexpr Words kSeverityWords{"severity", kSeverityList};
constexpr Words kIncidentWords{"incident", kIncidentList};
constexpr Words kParameterTypeWords{"parameter_type", kParameterTypeList};
constexpr Words kPositionFlagWords{"position_flag", kPositionFlagList};

}  // namespace writ::model
