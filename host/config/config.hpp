#pragma once

#include "host/config/document.hpp"

#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::config {

enum class Mode : std::uint8_t { kBacktest, kPaper, kLive };
enum class Promise : std::uint8_t { kDurable, kAppended };
enum class SnapshotPolicy : std::uint8_t { kIntent, kEvaluated, kPeriodic };
enum class FeedType : std::uint8_t { kSimulated, kTape, kBinance };
enum class VenueMarket : std::uint8_t { kSpot, kFutures };
enum class InstrumentKind : std::uint8_t { kSpot, kPerp };
enum class QueueKind : std::uint8_t { kRiskAverse, kPower, kLog, kPower3 };
enum class SelfTrade : std::uint8_t { kExpireTaker, kExpireMaker, kExpireBoth, kDecrement };
enum class Ownership : std::uint8_t { kExclusive, kShared };
enum class Isolation : std::uint8_t { kInProcess, kSandbox };
enum class HostWait : std::uint8_t { kSleep, kSpin };
enum class SandboxWait : std::uint8_t { kFutex, kHybrid, kSpin };
enum class ExternalOrders : std::uint8_t { kTrack, kAdopt, kHalt };

// What each member means is in the table of keys. Times in ns, paths absolute.

struct HostConfig {
  std::string name;
  std::uint32_t run_number_base = 0;
  HostWait wait = HostWait::kSleep;
};

struct JournalConfig {
  std::filesystem::path dir;
  Promise promise = Promise::kDurable;
  std::size_t segment_bytes = 0;
  std::size_t ring_bytes = 0;
  std::size_t reserve_bytes = 0;
  std::int64_t checkpoint_ns = 0;
  SnapshotPolicy snapshot_policy = SnapshotPolicy::kEvaluated;
  std::int64_t snapshot_period_ns = 0;
  std::int64_t portfolio_ns = 0;
};

struct StorageConfig {
  // Which rows they get, the projections read from the CONFIG record.
  std::string url;            ///< empty: no database
  std::string secondary_url;  ///< a second database that gets the same rows; empty: none
};

struct PluginsConfig {
  std::vector<std::filesystem::path> dirs;
  std::uint32_t error_limit = 0;
  std::int64_t error_window_ns = 0;
  std::int64_t hang_timeout_ns = 0;
  bool watch = false;
  std::uint32_t swap_probation_calls = 0;
  std::int64_t swap_wait_max_ns = 0;
  std::optional<std::int64_t> swap_call_max_ns;
};

/// Where keys are, never what they are. Neither: there are none.
struct CredentialsConfig {
  std::optional<std::filesystem::path> file;
  std::string env;  ///< prefix of variables; empty: not there
};

/// A real venue; URLs are checked for their scheme and host.
struct VenueConfig {
  VenueMarket market = VenueMarket::kSpot;
  std::string rest;
  std::string websocket;
  std::string websocket_api;
  CredentialsConfig credentials;
  std::optional<std::filesystem::path> ca_file;
  SelfTrade self_trade_prevention = SelfTrade::kExpireTaker;
  std::int64_t recv_window_ns = 0;
  std::int64_t clock_offset_max_ns = 0;
  std::int64_t countdown_ns = 0;  ///< of the venue's dead-man switch; futures
};

/// Who is told of incidents; nobody without a command and a webhook.
struct IncidentsConfig {
  std::vector<std::string> command;
  std::string webhook;  ///< may hold a key of its own: not to be shown
  std::optional<std::filesystem::path> ca_file;
  std::uint32_t severity_min = 0;    ///< WRIT_SEVERITY_*
  std::vector<std::uint32_t> codes;  ///< WRIT_INCIDENT_*; empty: all
  std::int64_t timeout_ns = 0;
  std::uint32_t attempts = 0;
};

struct AccountConfig {
  std::string name;
  std::string reporting;
  std::string venue;                     ///< empty: none
  std::map<std::string, Money> initial;  ///< by asset
};

struct SimulatedInstrument {
  std::string market;
  InstrumentKind kind = InstrumentKind::kSpot;
  std::string base;
  std::string quote;
  Price tick;
  Quantity lot;
  Rate maker_fee;
  Rate taker_fee;
  Price price;
  Quantity typical_quantity;
  std::uint32_t levels = 0;
};

/// Chances of each oddity a step, in millionths.
struct SimulatedOddities {
  std::uint32_t burst = 0;
  std::uint32_t sweep = 0;
  std::uint32_t gap = 0;
  std::uint32_t one_sided = 0;
  std::uint32_t crossed = 0;
  std::uint32_t clock_offset = 0;
  std::uint32_t regime_change = 0;
};

struct FeedConfig {
  std::string name;
  FeedType type = FeedType::kTape;
  // Of tapes.
  std::vector<std::filesystem::path> files;
  std::optional<std::int64_t> from_ts;  ///< only what came then or later
  std::optional<std::int64_t> to_ts;    ///< only what came before
  std::vector<std::string> only;        ///< canonical names; empty: all instruments
  // Of a simulated market.
  std::uint32_t seed = 0;
  std::string venue;  ///< of a binance feed too: a name of `venues`
  std::uint32_t events_per_second = 0;
  SimulatedOddities oddities;
  std::vector<SimulatedInstrument> instruments;
  // Of a binance feed.
  std::vector<std::string> symbols;
  std::optional<std::filesystem::path> capture;  ///< of what is heard, a file for each hour
};

/// What replaces a feed's own knowledge of an instrument.
struct InstrumentConfig {
  std::optional<Rate> maker_fee;
  std::optional<Rate> taker_fee;
  std::optional<Price> tick;
  std::optional<Quantity> lot;
  std::optional<Quantity> quantity_min;
  std::optional<Money> notional_min;
};

struct MarketConfig {
  std::int64_t stale_ns = 0;
  std::int64_t clock_offset_ns = 0;
  std::int64_t clock_offset_calm_ns = 0;
  std::int64_t sample_ns = 0;
  std::uint32_t spread_samples = 0;
  std::uint32_t spread_warm = 0;
  std::uint32_t volatility_samples = 0;
  std::uint32_t volatility_warm = 0;
  Quantity toxicity_bucket;
  std::uint32_t toxicity_buckets = 0;
};

struct PaperConfig {
  std::int64_t order_latency_ns = 0;
  std::int64_t report_latency_ns = 0;
  QueueKind queue = QueueKind::kRiskAverse;
  std::uint32_t queue_power = 0;
  SelfTrade self_trade = SelfTrade::kExpireTaker;
  std::int64_t bet_delay_ns = 0;
  std::optional<std::filesystem::path> latency_file;
};

struct ReconcileConfig {
  std::int64_t window_ns = 0;
  std::int64_t retry_ns = 0;
  bool adopt = false;
};

struct OrdersConfig {
  std::int64_t finished_kept_ns = 0;
  std::size_t finished_kept_max = 0;
  std::int64_t answer_timeout_ns = 0;
};

struct LimitsConfig {
  std::optional<std::int64_t> staleness_ns;
  std::optional<Quantity> position_max;
  std::optional<Rate> price_band;
  std::optional<std::uint32_t> order_rate_max;
  std::int64_t order_rate_window_ns = 0;
  std::optional<std::uint32_t> open_orders_max;
  std::optional<std::int64_t> duplicate_window_ns;
  std::optional<Money> instrument_exposure_max;
  std::optional<Money> market_exposure_max;
  std::optional<Money> venue_exposure_max;
  std::optional<Money> strategy_exposure_max;
  std::optional<Money> account_exposure_max;
  std::optional<Money> market_worst_case_max;
  std::optional<Money> account_worst_case_max;
  std::optional<Money> daily_loss_max;
  std::optional<Money> strategy_budget;
  std::optional<Rate> order_to_trade_max;
  std::int64_t order_to_trade_window_ns = 0;
  std::uint32_t order_to_trade_grace = 0;
  std::optional<Rate> drawdown_multiplier_dd10;
  std::optional<Rate> drawdown_multiplier_dd15;
  std::optional<Rate> circuit_break_move;
  std::int64_t circuit_break_window_ns = 0;
  std::int64_t circuit_break_pause_ns = 0;
};

struct AccountLimits {
  LimitsConfig limits;
  std::map<std::string, LimitsConfig> instruments;
};

struct RiskConfig {
  LimitsConfig limits;
  std::map<std::string, LimitsConfig> instruments;
  std::map<std::string, LimitsConfig> markets;  ///< by VENUE/MARKET
  std::map<std::string, LimitsConfig> venues;
  std::map<std::string, LimitsConfig> strategies;
  std::map<std::string, AccountLimits> accounts;
  Rate market_order_slippage;
  std::int64_t group_timeout_ns = 0;
  std::int64_t ownership_lease_ns = 0;
};

struct OwnershipConfig {
  Ownership by_default = Ownership::kExclusive;
  std::map<std::string, Ownership> instruments;
};

/// An input port of an instance and what feeds it.
struct WireConfig {
  std::string port;
  std::string publisher;  ///< an instance
  std::string signal;     ///< one of its output ports
};

struct SandboxConfig {
  std::int64_t deadline_ns = 0;
  std::size_t memory_bytes = 0;
  std::optional<std::uint32_t> cpu_seconds;
  SandboxWait wait = SandboxWait::kHybrid;
};

struct BudgetConfig {
  std::optional<std::int64_t> deadline_ns;
  std::optional<std::uint32_t> intents_per_second;  ///< of a strategy
};

/// A signal or strategy at work.
struct InstanceConfig {
  std::string path;  ///< of its mapping in the document, such as `strategies[0]`
  bool strategy = false;
  std::string name;
  std::string plugin;
  std::string account;                   ///< empty for a signal
  std::int32_t priority = 0;             ///< of a strategy
  bool shadow = false;                   ///< of a strategy
  std::vector<std::string> instruments;  ///< as written: names, or `*`
  std::vector<WireConfig> inputs;
  std::map<std::string, std::string> parameters;  ///< as written
  std::optional<std::vector<std::string>> capabilities;
  bool reset_state_on_mismatch = false;
  Isolation isolation = Isolation::kInProcess;
  SandboxConfig sandbox;
  std::optional<std::string> sha256;  ///< of the plugin's file, 64 hex digits
  BudgetConfig budget;
};

/// The configuration, typed.
struct Config {
  Mode mode = Mode::kPaper;
  ExternalOrders external_orders = ExternalOrders::kTrack;
  ReconcileConfig reconcile;
  std::optional<std::uint32_t> seed;
  HostConfig host;
  JournalConfig journal;
  StorageConfig storage;
  PluginsConfig plugins;
  std::vector<AccountConfig> accounts;
  std::map<std::string, VenueConfig> venues;
  IncidentsConfig incidents;
  std::vector<FeedConfig> feeds;
  std::map<std::string, InstrumentConfig> instruments;
  MarketConfig market;
  PaperConfig paper;
  OrdersConfig orders;
  RiskConfig risk;
  OwnershipConfig ownership;
  std::vector<InstanceConfig> instances;  ///< signals, then strategies, each in their order
};

/// Reads the typed form; paths are relative to `folder`. Throws base::InputError for what no single
/// key shows: names given twice, an account or a publisher that is not there, a name that is no
/// instrument's, and for what mode live must not begin without.
[[nodiscard]] Config read_config(const Document& document, const std::filesystem::path& folder);

/// What the command line puts in place of a configuration's own.
struct Overrides {
  std::optional<Mode> mode;
  std::vector<std::filesystem::path> tapes;  ///< if any: the only feed
  // Of these tapes, as the keys of a feed.
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::vector<std::string> only;
  std::optional<std::string> storage_url;  ///< as given, relative to the working folder
  std::optional<std::filesystem::path> journal_dir;
  bool adopt = false;  ///< `reconcile: {adopt: true}`
};

/// A parameter of an instance instead of the configuration's own.
struct ParameterOverride {
  std::string instance;
  std::string parameter;
  Place key;   ///< where it is named
  Node value;  ///< a scalar, with its place
};

/// A configuration file, its includes and the command line's changes, read and checked.
struct Loaded {
  Document document;
  Config config;
};

/// A configuration file with its includes and the command line's changes, read once: to be checked
/// with one set of parameters after another. Const members from any thread.
class ConfigText {
 public:
  /// Throws base::InputError.
  explicit ConfigText(const std::filesystem::path& file, const Overrides& overrides = {});
  /// Throws base::InputError: also for an instance that is not there.
  [[nodiscard]] Loaded check(const std::vector<ParameterOverride>& parameters = {}) const;

 private:
  Node root_;
  std::filesystem::path folder_;
};

/// The same, read for one use.
[[nodiscard]] Loaded load_config(const std::filesystem::path& file,
                                 const Overrides& overrides = {});

/// The configuration of a CONFIG record under the rule book of a file: a whole configuration or
/// only its `risk` and `ownership` sections; whatever else is in it does not count. `origin` stands
/// for the record in messages. Throws base::InputError.
[[nodiscard]] Loaded load_under_rules(std::string_view recorded, const std::string& origin,
                                      const std::filesystem::path& rules_file);

}  // namespace writ::config
