#include "host/config/config.hpp"

#include "host/base/assert.hpp"
#include "host/base/calendar_time.hpp"
#include "host/base/duration_text.hpp"
#include "host/base/file.hpp"
#include "host/base/input_error.hpp"
#include "host/base/near_name.hpp"
#include "host/config/include_files.hpp"
#include "host/config/venue_checks.hpp"
#include "host/config/yaml_text.hpp"
#include "host/model/names.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace writ::config {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kMiB = std::size_t{1} << 20U;

// One mapping of a checked document: every key is there and of its type.
class Section {
 public:
  explicit Section(const json::value& value) : object_(value.as_object()) {}

  [[nodiscard]] const json::object& object() const { return object_; }
  [[nodiscard]] Section section(std::string_view key) const { return Section(object_.at(key)); }
  [[nodiscard]] bool has(std::string_view key) const {
    const auto* value = object_.if_contains(key);
    return value != nullptr && !value->is_null();
  }
  [[nodiscard]] std::string text(std::string_view key) const {
    return has(key) ? std::string(object_.at(key).as_string()) : std::string();
  }
  [[nodiscard]] bool boolean(std::string_view key) const { return object_.at(key).as_bool(); }
  [[nodiscard]] std::int64_t integer(std::string_view key) const {
    return object_.at(key).as_int64();
  }
  [[nodiscard]] std::uint32_t number(std::string_view key) const {
    return static_cast<std::uint32_t>(integer(key));
  }
  [[nodiscard]] std::size_t mebibytes(std::string_view key) const {
    return static_cast<std::size_t>(integer(key)) * kMiB;
  }
  [[nodiscard]] std::int64_t duration(std::string_view key) const {
    return base::parse_duration(text(key)).value;
  }
  [[nodiscard]] Price price(std::string_view key) const { return parse_price(text(key)).value; }
  [[nodiscard]] Quantity quantity(std::string_view key) const {
    return parse_quantity(text(key)).value;
  }
  [[nodiscard]] Rate rate(std::string_view key) const { return parse_rate(text(key)).value; }
  [[nodiscard]] Money money(std::string_view key) const { return parse_money(text(key)).value; }
  /// Its place in `words`, which are the words of the table in the order of the enumeration.
  template <class Enum, std::size_t N>
  [[nodiscard]] Enum word(std::string_view key,
                          const std::array<std::string_view, N>& words) const {
    return word_of<Enum>(object_.at(key), words);
  }
  template <class Enum, std::size_t N>
  [[nodiscard]] static Enum word_of(const json::value& value,
                                    const std::array<std::string_view, N>& words) {
    const std::string_view text = value.as_string();
    const auto at = std::find(words.begin(), words.end(), text);
    WRIT_ASSERT(at != words.end());
    return static_cast<Enum>(at - words.begin());
  }

 private:
  const json::object& object_;
};

constexpr std::array<std::string_view, 3> kModes = {"backtest", "paper", "live"};
constexpr std::array<std::string_view, 2> kPromises = {"durable", "appended"};
constexpr std::array<std::string_view, 3> kPolicies = {"intent", "evaluated", "periodic"};
constexpr std::array<std::string_view, 3> kFeedTypes = {"simulated", "tape", "binance"};
constexpr std::array<std::string_view, 2> kVenueMarkets = {"spot", "futures"};
constexpr std::array<std::string_view, 2> kKinds = {"spot", "perp"};
constexpr std::array<std::string_view, 4> kQueueKinds = {"risk_averse", "power", "log", "power3"};
constexpr std::array<std::string_view, 4> kSelfTrades = {"expire_taker", "expire_maker",
                                                         "expire_both", "decrement"};
constexpr std::array<std::string_view, 2> kOwnerships = {"exclusive", "shared"};
constexpr std::array<std::string_view, 2> kIsolations = {"in_process", "sandbox"};
constexpr std::array<std::string_view, 2> kHostWaits = {"sleep", "spin"};
constexpr std::array<std::string_view, 3> kSandboxWaits = {"futex", "hybrid", "spin"};
constexpr std::array<std::string_view, 3> kExternalOrders = {"track", "adopt", "halt"};

// A database's file is relative to the configuration like every other path.
std::string resolved_url(const std::string& url, const fs::path& folder) {
  constexpr std::string_view kScheme = "sqlite:";
  if (url.empty() || url == ":memory:") return url;
  const bool schemed = url.rfind(kScheme, 0) == 0;
  if (!schemed && url.find("://") != url.npos) return url;
  const std::string file = schemed ? url.substr(kScheme.size()) : url;
  return std::string(kScheme) + (folder / file).lexically_normal().string();
}

// Reads what one document says. Members in the order of the configuration.
class ConfigReader {
 public:
  ConfigReader(const Document& document, const fs::path& folder)
      : document_(document), folder_(folder), json_(document.values()) {}

  Config read() {
    Config config;
    const Section root(json_);
    config.mode = root.word<Mode>("mode", kModes);
    config.external_orders = root.word<ExternalOrders>("external_orders", kExternalOrders);
    const auto reconcile = root.section("reconcile");
    config.reconcile = {reconcile.duration("window"), reconcile.duration("retry"),
                        reconcile.boolean("adopt")};
    if (root.has("seed")) config.seed = root.number("seed");
    config.host = host(root.object());
    config.journal = journal(root.section("journal"));
    config.storage = storage(root.section("storage"));
    config.plugins = plugins(root.section("plugins"));
    for (const auto& item : root.object().at("accounts").as_array()) {
      config.accounts.push_back(account(Section(item)));
    }
    for (const auto& [name, value] : root.object().at("venues").as_object()) {
      config.venues[name] = venue(Section(value));
    }
    config.incidents = incidents(root.section("incidents"));
    for (const auto& item : root.object().at("feeds").as_array()) {
      config.feeds.push_back(feed(Section(item)));
    }
    for (const auto& [name, value] : root.object().at("instruments").as_object()) {
      config.instruments[name] = instrument(Section(value));
    }
    config.market = market(root.section("market"));
    config.paper = paper(root.section("paper"));
    config.orders = orders(root.section("orders"));
    config.risk = risk(root.section("risk"));
    config.ownership = ownership(root.section("ownership"));
    instances(root, "signals", false, config.instances);
    instances(root, "strategies", true, config.instances);
    check_assets(config);
    check_names(config);
    check_wires(config);
    check_instruments(config);
    check_spans(config);
    check_plugins(config);
    check_venues(config, document_);
    return config;
  }

 private:
  [[noreturn]] void refuse(const Place& place, const std::string& message) const {
    throw base::InputError(place.file, place.line, place.column, message);
  }

  [[nodiscard]] fs::path path(std::string_view text) const {
    return (folder_ / std::string(text)).lexically_normal();
  }

  [[nodiscard]] static HostConfig host(const json::object& root) {
    const Section section(root.at("host"));
    return {section.text("name"), section.number("run_number_base"),
            section.word<HostWait>("wait", kHostWaits)};
  }

  [[nodiscard]] JournalConfig journal(const Section& section) const {
    JournalConfig journal;
    if (section.has("dir")) journal.dir = path(section.text("dir"));
    journal.promise = section.word<Promise>("promise", kPromises);
    journal.segment_bytes = section.mebibytes("segment_mib");
    journal.ring_bytes = section.mebibytes("ring_mib");
    journal.reserve_bytes = section.mebibytes("reserve_mib");
    journal.checkpoint_ns = section.duration("checkpoint_every");
    journal.snapshot_policy = section.word<SnapshotPolicy>("snapshot_policy", kPolicies);
    journal.snapshot_period_ns = section.duration("snapshot_period");
    journal.portfolio_ns = section.duration("portfolio_every");
    return journal;
  }

  [[nodiscard]] StorageConfig storage(const Section& section) const {
    return {resolved_url(section.text("url"), folder_),
            resolved_url(section.section("secondary").text("url"), folder_)};
  }

  [[nodiscard]] PluginsConfig plugins(const Section& section) const {
    PluginsConfig plugins;
    if (section.has("dirs")) {
      for (const auto& dir : section.object().at("dirs").as_array()) {
        plugins.dirs.push_back(path(dir.as_string()));
      }
    }
    plugins.error_limit = section.number("error_limit");
    plugins.error_window_ns = section.duration("error_window");
    plugins.hang_timeout_ns = section.duration("hang_timeout");
    plugins.watch = section.boolean("watch");
    const Section swap = section.section("swap");
    plugins.swap_probation_calls = swap.number("probation_calls");
    plugins.swap_wait_max_ns = swap.duration("wait_max");
    if (swap.has("call_max")) plugins.swap_call_max_ns = swap.duration("call_max");
    return plugins;
  }

  [[nodiscard]] static AccountConfig account(const Section& section) {
    AccountConfig account{
        section.text("name"), section.text("reporting"), section.text("venue"), {}};
    const Section initial = section.section("initial");
    for (const auto& [asset, amount] : initial.object())
      account.initial[asset] = initial.money(asset);
    return account;
  }

  [[nodiscard]] VenueConfig venue(const Section& section) const {
    VenueConfig venue;
    venue.market = section.word<VenueMarket>("market", kVenueMarkets);
    venue.rest = section.text("rest");
    venue.websocket = section.text("websocket");
    venue.websocket_api = section.text("websocket_api");
    const Section credentials = section.section("credentials");
    if (credentials.has("file")) venue.credentials.file = path(credentials.text("file"));
    venue.credentials.env = credentials.text("env");
    if (section.has("ca_file")) venue.ca_file = path(section.text("ca_file"));
    venue.self_trade_prevention = section.word<SelfTrade>("self_trade_prevention", kSelfTrades);
    venue.recv_window_ns = section.duration("recv_window");
    venue.clock_offset_max_ns = section.duration("clock_offset_max");
    venue.countdown_ns = section.duration("countdown");
    return venue;
  }

  [[nodiscard]] IncidentsConfig incidents(const Section& section) const {
    IncidentsConfig incidents;
    incidents.command = texts(section, "command");
    incidents.webhook = section.text("webhook");
    if (section.has("ca_file")) incidents.ca_file = path(section.text("ca_file"));
    incidents.severity_min = *model::kSeverityWords.value(section.text("min_severity"));
    const auto codes = texts(section, "codes");
    for (std::size_t i = 0; i < codes.size(); ++i) {
      incidents.codes.push_back(
          incident_code("incidents.codes[" + std::to_string(i) + "]", codes[i]));
    }
    incidents.timeout_ns = section.duration("timeout");
    incidents.attempts = section.number("attempts");
    return incidents;
  }

  [[nodiscard]] std::uint32_t incident_code(const std::string& where,
                                            const std::string& word) const {
    if (const auto code = model::kIncidentWords.value(word)) return *code;
    std::vector<std::string> known;
    for (const auto& [value, text] : model::kIncidentWords.words) known.emplace_back(text);
    refuse(document_.place(where),
           where + ": no incident \"" + word + "\"" + base::near_name(word, known));
  }

  static std::vector<std::string> texts(const Section& section, std::string_view key) {
    std::vector<std::string> result;
    for (const auto& text : section.object().at(key).as_array()) {
      result.emplace_back(text.as_string());
    }
    return result;
  }

  [[nodiscard]] FeedConfig feed(const Section& section) const {
    FeedConfig feed;
    feed.name = section.text("name");
    feed.type = section.word<FeedType>("type", kFeedTypes);
    if (feed.type == FeedType::kTape) {
      if (!section.has("files")) return feed;
      for (const auto& file : section.object().at("files").as_array()) {
        feed.files.push_back(path(file.as_string()));
      }
      if (section.has("from")) feed.from_ts = base::calendar_time(section.text("from"));
      if (section.has("to")) feed.to_ts = base::calendar_time(section.text("to"));
      if (section.has("only")) feed.only = texts(section, "only");
      return feed;
    }
    feed.venue = section.text("venue");
    if (feed.type == FeedType::kBinance) {
      feed.symbols = texts(section, "symbols");
      if (section.has("capture")) feed.capture = path(section.text("capture"));
      return feed;
    }
    feed.seed = section.number("seed");
    feed.events_per_second = section.number("events_per_second");
    feed.oddities = {section.number("burst"),        section.number("sweep"),
                     section.number("gap"),          section.number("one_sided"),
                     section.number("crossed"),      section.number("clock_offset"),
                     section.number("regime_change")};
    for (const auto& item : section.object().at("instruments").as_array()) {
      const Section made(item);
      feed.instruments.push_back({made.text("market"), made.word<InstrumentKind>("kind", kKinds),
                                  made.text("base"), made.text("quote"), made.price("tick"),
                                  made.quantity("lot"), made.rate("maker_fee"),
                                  made.rate("taker_fee"), made.price("price"),
                                  made.quantity("typical_quantity"), made.number("levels")});
    }
    return feed;
  }

  [[nodiscard]] static InstrumentConfig instrument(const Section& section) {
    InstrumentConfig instrument;
    if (section.has("maker_fee")) instrument.maker_fee = section.rate("maker_fee");
    if (section.has("taker_fee")) instrument.taker_fee = section.rate("taker_fee");
    if (section.has("tick")) instrument.tick = section.price("tick");
    if (section.has("lot")) instrument.lot = section.quantity("lot");
    if (section.has("quantity_min")) instrument.quantity_min = section.quantity("quantity_min");
    if (section.has("notional_min")) instrument.notional_min = section.money("notional_min");
    return instrument;
  }

  [[nodiscard]] static MarketConfig market(const Section& section) {
    const Section features = section.section("features");
    MarketConfig market;
    market.stale_ns = section.duration("stale_after");
    market.clock_offset_ns = section.duration("clock_offset_max");
    market.clock_offset_calm_ns = section.duration("clock_offset_calm");
    market.sample_ns = features.duration("sample");
    market.spread_samples = features.number("spread_samples");
    market.spread_warm = features.number("spread_warm");
    market.volatility_samples = features.number("volatility_samples");
    market.volatility_warm = features.number("volatility_warm");
    market.toxicity_bucket = features.quantity("toxicity_bucket");
    market.toxicity_buckets = features.number("toxicity_buckets");
    return market;
  }

  [[nodiscard]] PaperConfig paper(const Section& section) const {
    PaperConfig paper;
    paper.order_latency_ns = section.duration("order_latency");
    paper.report_latency_ns = section.duration("report_latency");
    paper.queue = section.word<QueueKind>("queue", kQueueKinds);
    paper.queue_power = section.number("queue_power");
    paper.self_trade = section.word<SelfTrade>("self_trade", kSelfTrades);
    paper.bet_delay_ns = section.duration("bet_delay");
    if (section.has("latency_file")) paper.latency_file = path(section.text("latency_file"));
    return paper;
  }

  [[nodiscard]] static OrdersConfig orders(const Section& section) {
    return {section.duration("finished_kept"),
            static_cast<std::size_t>(section.integer("finished_kept_max")),
            section.duration("answer_timeout")};
  }

  [[nodiscard]] static LimitsConfig limits(const Section& section) {
    LimitsConfig limits;
    const auto read = [&section](auto& limit, std::string_view key, auto value) {
      if (section.has(key)) limit = (section.*value)(key);
    };
    read(limits.staleness_ns, "staleness", &Section::duration);
    read(limits.position_max, "position_max", &Section::quantity);
    read(limits.price_band, "price_band", &Section::rate);
    read(limits.order_rate_max, "order_rate_max", &Section::number);
    read(limits.order_rate_window_ns, "order_rate_window", &Section::duration);
    read(limits.open_orders_max, "open_orders_max", &Section::number);
    read(limits.duplicate_window_ns, "duplicate_window", &Section::duration);
    read(limits.instrument_exposure_max, "instrument_exposure_max", &Section::money);
    read(limits.market_exposure_max, "market_exposure_max", &Section::money);
    read(limits.venue_exposure_max, "venue_exposure_max", &Section::money);
    read(limits.strategy_exposure_max, "strategy_exposure_max", &Section::money);
    read(limits.account_exposure_max, "account_exposure_max", &Section::money);
    read(limits.market_worst_case_max, "market_worst_case_max", &Section::money);
    read(limits.account_worst_case_max, "account_worst_case_max", &Section::money);
    read(limits.daily_loss_max, "daily_loss_max", &Section::money);
    read(limits.strategy_budget, "strategy_budget", &Section::money);
    read(limits.order_to_trade_max, "order_to_trade_max", &Section::rate);
    read(limits.order_to_trade_window_ns, "order_to_trade_window", &Section::duration);
    read(limits.order_to_trade_grace, "order_to_trade_grace", &Section::number);
    read(limits.drawdown_multiplier_dd10, "drawdown_multiplier_dd10", &Section::rate);
    read(limits.drawdown_multiplier_dd15, "drawdown_multiplier_dd15", &Section::rate);
    read(limits.circuit_break_move, "circuit_break_move", &Section::rate);
    read(limits.circuit_break_window_ns, "circuit_break_window", &Section::duration);
    read(limits.circuit_break_pause_ns, "circuit_break_pause", &Section::duration);
    return limits;
  }

  [[nodiscard]] static std::map<std::string, LimitsConfig> limits_by_name(const Section& section) {
    std::map<std::string, LimitsConfig> result;
    for (const auto& [name, value] : section.object()) result[name] = limits(Section(value));
    return result;
  }

  [[nodiscard]] static RiskConfig risk(const Section& section) {
    RiskConfig risk;
    risk.limits = limits(section);
    risk.instruments = limits_by_name(section.section("instruments"));
    risk.markets = limits_by_name(section.section("markets"));
    risk.venues = limits_by_name(section.section("venues"));
    risk.strategies = limits_by_name(section.section("strategies"));
    const Section accounts = section.section("accounts");
    for (const auto& [name, value] : accounts.object()) {
      const Section account(value);
      risk.accounts[name] = {limits(account), limits_by_name(account.section("instruments"))};
    }
    risk.market_order_slippage = section.rate("market_order_slippage");
    risk.group_timeout_ns = section.duration("group_timeout");
    risk.ownership_lease_ns = section.duration("ownership_lease");
    return risk;
  }

  [[nodiscard]] static OwnershipConfig ownership(const Section& section) {
    OwnershipConfig ownership;
    ownership.by_default = section.word<Ownership>("default", kOwnerships);
    const Section instruments = section.section("instruments");
    for (const auto& [name, value] : instruments.object()) {
      ownership.instruments[name] = Section::word_of<Ownership>(value, kOwnerships);
    }
    return ownership;
  }

  void instances(const Section& root, std::string_view list, bool strategy,
                 std::vector<InstanceConfig>& out) const {
    const auto& items = root.object().at(list).as_array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Section section(items[i]);
      InstanceConfig made;
      made.path = std::string(list) + "[" + std::to_string(i) + "]";
      made.strategy = strategy;
      made.name = section.text("name");
      made.plugin = section.text("plugin");
      if (strategy) {
        made.account = section.text("account");
        made.priority = static_cast<std::int32_t>(section.integer("priority"));
        made.shadow = section.boolean("shadow");
      }
      for (const auto& name : section.object().at("instruments").as_array()) {
        made.instruments.emplace_back(name.as_string());
      }
      for (const auto& [port, source] : section.section("signals").object()) {
        made.inputs.push_back(wire(made.path, port, std::string(source.as_string())));
      }
      std::sort(made.inputs.begin(), made.inputs.end(),
                [](const WireConfig& a, const WireConfig& b) { return a.port < b.port; });
      for (const auto& [name, value] : section.section("params").object()) {
        made.parameters[name] = value.is_string() ? std::string(value.as_string())
                                                  : std::string(json::serialize(value));
      }
      if (section.has("capabilities")) {
        made.capabilities.emplace();
        for (const auto& word : section.object().at("capabilities").as_array()) {
          made.capabilities->emplace_back(word.as_string());
        }
      }
      made.reset_state_on_mismatch = section.boolean("reset_state_on_mismatch");
      made.isolation = section.word<Isolation>("isolation", kIsolations);
      made.sandbox = sandbox(section.section("sandbox"));
      if (section.has("sha256")) made.sha256 = section.text("sha256");
      const Section budget = section.section("budget");
      if (budget.has("deadline")) made.budget.deadline_ns = budget.duration("deadline");
      if (strategy && budget.has("intents_per_second")) {
        made.budget.intents_per_second = budget.number("intents_per_second");
      }
      out.push_back(std::move(made));
    }
  }

  [[nodiscard]] static SandboxConfig sandbox(const Section& section) {
    SandboxConfig sandbox;
    sandbox.deadline_ns = section.duration("deadline");
    sandbox.memory_bytes = section.mebibytes("memory_mib");
    if (section.has("cpu_seconds")) sandbox.cpu_seconds = section.number("cpu_seconds");
    sandbox.wait = section.word<SandboxWait>("wait", kSandboxWaits);
    return sandbox;
  }

  [[nodiscard]] WireConfig wire(const std::string& instance, std::string_view port,
                                const std::string& source) const {
    const auto dot = source.find('.');
    if (dot == source.npos || dot == 0 || dot + 1 == source.size()) {
      const std::string where = instance + ".signals." + std::string(port);
      refuse(document_.place(where), where + ": \"" + source + "\" is not INSTANCE.PORT");
    }
    return {std::string(port), source.substr(0, dot), source.substr(dot + 1)};
  }

  // Names join what a run holds with what the next one calls the same: they must fit the records.
  void check_name(const std::string& where, const std::string& name, std::size_t bytes_max,
                  std::set<std::string>& taken) const {
    if (name.size() > bytes_max) {
      refuse(document_.place(where),
             where + ": \"" + name + "\" is longer than " + std::to_string(bytes_max) + " bytes");
    }
    if (name.find_first_of(". \t\r\n") != name.npos) {
      refuse(document_.place(where), where + ": \"" + name + "\" holds a dot or a space");
    }
    if (!taken.insert(name).second) {
      refuse(document_.place(where), where + ": the name \"" + name + "\" is given twice");
    }
  }

  void check_assets(const Config& config) const {
    const auto check = [this](const std::string& where, const std::string& asset) {
      if (asset.size() <= 15) return;
      refuse(document_.key_place(where), where + ": an asset's name has at most 15 bytes");
    };
    for (std::size_t i = 0; i < config.accounts.size(); ++i) {
      const std::string account = "accounts[" + std::to_string(i) + "].";
      check(account + "reporting", config.accounts[i].reporting);
      for (const auto& [asset, amount] : config.accounts[i].initial) {
        check(account + "initial." + asset, asset);
      }
    }
  }

  void check_names(const Config& config) const {
    std::set<std::string> accounts;
    for (std::size_t i = 0; i < config.accounts.size(); ++i) {
      const std::string where = "accounts[" + std::to_string(i) + "].name";
      const std::string& name = config.accounts[i].name;
      check_name(where, name, 31, accounts);
      if (name.find('/') != name.npos) {
        refuse(document_.place(where), where + ": \"" + name + "\" holds a \"/\"");
      }
    }
    for (const auto& [name, limits] : config.risk.accounts) {
      if (accounts.count(name) == 0)
        refuse_unknown("risk.accounts." + name, "account", name, accounts);
    }
    std::set<std::string> feeds;
    for (std::size_t i = 0; i < config.feeds.size(); ++i) {
      check_name("feeds[" + std::to_string(i) + "].name", config.feeds[i].name, 31, feeds);
    }
    std::set<std::string> instances = {"operator"};
    for (const InstanceConfig& instance : config.instances) {
      const std::string where = instance.path + ".name";
      if (instance.name == "operator") {
        refuse(document_.place(where), where + ": \"operator\" stands for the people at the host");
      }
      check_name(where, instance.name, 47, instances);
      if (instance.strategy && accounts.count(instance.account) == 0) {
        const std::string account = instance.path + ".account";
        refuse(document_.place(account), account + ": no account \"" + instance.account + "\"" +
                                             hint(instance.account, accounts));
      }
    }
    std::set<std::string> strategies;
    for (const InstanceConfig& instance : config.instances) {
      if (instance.strategy) strategies.insert(instance.name);
    }
    for (const auto& [name, limits] : config.risk.strategies) {
      if (strategies.count(name) == 0) {
        refuse_unknown("risk.strategies." + name, "strategy", name, strategies);
      }
    }
  }

  [[nodiscard]] static std::string hint(const std::string& wrong,
                                        const std::set<std::string>& known) {
    return base::near_name(wrong, std::vector<std::string>(known.begin(), known.end()));
  }

  [[noreturn]] void refuse_unknown(const std::string& where, const char* what,
                                   const std::string& name,
                                   const std::set<std::string>& known) const {
    refuse(document_.key_place(where),
           where + ": no " + what + " \"" + name + "\"" + hint(name, known));
  }

  void check_plugins(const Config& config) const {
    for (const InstanceConfig& instance : config.instances) {
      const bool in_process = instance.isolation == Isolation::kInProcess;
      if (instance.sha256) check_hash(instance.path + ".sha256", *instance.sha256);
      if (!in_process && instance.budget.deadline_ns) {
        const std::string where = instance.path + ".budget.deadline";
        refuse(document_.place(where), where + ": of a sandbox it is `sandbox: {deadline}`");
      }
    }
  }

  void check_hash(const std::string& where, const std::string& text) const {
    const bool hex = text.find_first_not_of("0123456789abcdef") == text.npos;
    if (hex && text.size() == 64) return;
    refuse(document_.place(where),
           where + ": \"" + text + "\" is not 64 hex digits, as sha256sum prints them");
  }

  void check_wires(const Config& config) const {
    std::set<std::string> publishers;
    for (const InstanceConfig& instance : config.instances) {
      if (!instance.strategy) publishers.insert(instance.name);
    }
    for (const InstanceConfig& instance : config.instances) {
      for (const WireConfig& wire : instance.inputs) {
        if (publishers.count(wire.publisher) > 0) continue;
        const std::string where = instance.path + ".signals." + wire.port;
        refuse(document_.place(where), where + ": no signal instance \"" + wire.publisher + "\"" +
                                           hint(wire.publisher, publishers));
      }
    }
  }

  void check_instruments(const Config& config) const {
    std::set<std::string> simulated;
    for (std::size_t i = 0; i < config.feeds.size(); ++i) {
      const FeedConfig& feed = config.feeds[i];
      for (std::size_t j = 0; j < feed.instruments.size(); ++j) {
        const std::string where =
            "feeds[" + std::to_string(i) + "].instruments[" + std::to_string(j) + "].market";
        const std::string name = feed.venue + "/" + feed.instruments[j].market;
        if (feed.instruments[j].market.find('/') != name.npos ||
            feed.venue.find('/') != name.npos) {
          refuse(document_.place(where), where + ": \"" + name + "\" is not VENUE/MARKET");
        }
        if (!simulated.insert(name).second) {
          refuse(document_.place(where), where + ": the name \"" + name + "\" is given twice");
        }
      }
    }
  }

  void check_spans(const Config& config) const {
    const auto& feeds = config.feeds;
    for (std::size_t i = 0; i < feeds.size(); ++i) {
      const std::string feed = "feeds[" + std::to_string(i) + "].";
      const Section said(json_.at("feeds").as_array()[i]);
      for (const auto& [key, ts] :
           {std::pair("from", feeds[i].from_ts), std::pair("to", feeds[i].to_ts)}) {
        if (!said.has(key) || ts) continue;
        refuse(document_.place(feed + key), feed + key + ": \"" + said.text(key) +
                                                "\" is no time: write YYYY-MM-DD HH:MM:SS, UTC");
      }
      if (feeds[i].from_ts && feeds[i].to_ts && *feeds[i].from_ts >= *feeds[i].to_ts) {
        refuse(document_.place(feed + "to"), feed + "to: not after " + feed + "from");
      }
    }
  }

  const Document& document_;
  fs::path folder_;
  json::value json_;
};

}  // namespace

Config read_config(const Document& document, const fs::path& folder) {
  return ConfigReader(document, folder).read();
}

namespace {

void apply(const Overrides& overrides, Node& root) {
  if (root.kind != Node::Kind::kMapping) return;
  const auto place = [](const fs::path& path) { return fs::absolute(path).string(); };
  const auto section = [&root](std::string_view name, const std::string& origin) -> Node& {
    if (root.find(name) == nullptr) {
      Node made;
      made.kind = Node::Kind::kMapping;
      made.place = {origin, 0, 0};
      root.set(name, std::move(made));
    }
    for (Node::Entry& entry : root.entries) {
      if (entry.key == name) return entry.value;
    }
    return root;
  };
  if (overrides.mode) {
    root.set("mode",
             quoted_text(std::string(kModes[static_cast<std::size_t>(*overrides.mode)]), "--mode"));
  }
  if (overrides.adopt) {
    Node& reconcile = section("reconcile", "--adopt");
    Node word = quoted_text("true", "--adopt");
    word.quoted = false;
    if (reconcile.kind == Node::Kind::kMapping) reconcile.set("adopt", std::move(word));
  }
  if (overrides.journal_dir) {
    Node& journal = section("journal", "--journal");
    if (journal.kind == Node::Kind::kMapping) {
      journal.set("dir", quoted_text(place(*overrides.journal_dir), "--journal"));
    }
  }
  if (overrides.storage_url) {
    Node& storage = section("storage", "--db");
    if (storage.kind == Node::Kind::kMapping) {
      storage.set("url",
                  quoted_text(resolved_url(*overrides.storage_url, fs::current_path()), "--db"));
    }
  }
  if (!overrides.tapes.empty()) {
    Node files;
    files.kind = Node::Kind::kList;
    files.place = {"--tape", 0, 0};
    for (const fs::path& tape : overrides.tapes) {
      files.items.push_back(quoted_text(place(tape), "--tape"));
    }
    Node feed;
    feed.kind = Node::Kind::kMapping;
    feed.place = files.place;
    feed.set("name", quoted_text("tape", "--tape"));
    feed.set("type", quoted_text("tape", "--tape"));
    feed.set("files", std::move(files));
    if (overrides.from) feed.set("from", quoted_text(*overrides.from, "--from"));
    if (overrides.to) feed.set("to", quoted_text(*overrides.to, "--to"));
    if (!overrides.only.empty()) {
      Node only;
      only.kind = Node::Kind::kList;
      only.place = {"--instrument", 0, 0};
      for (const std::string& name : overrides.only) {
        only.items.push_back(quoted_text(name, "--instrument"));
      }
      feed.set("only", std::move(only));
    }
    Node feeds;
    feeds.kind = Node::Kind::kList;
    feeds.place = feed.place;
    feeds.items.push_back(std::move(feed));
    root.set("feeds", std::move(feeds));
  }
}

}  // namespace

namespace {

// Anything but a list of named mappings is left for the check of the whole.
void apply(const ParameterOverride& wanted, Node& root) {
  std::vector<std::string> known;
  for (Node::Entry& section : root.entries) {
    if (section.key != "signals" && section.key != "strategies") continue;
    for (Node& instance : section.value.items) {
      const auto* name = instance.find("name");
      if (name == nullptr) continue;
      known.push_back(name->value.text);
      if (known.back() != wanted.instance) continue;
      Node parameters = instance.take("params");
      if (parameters.kind == Node::Kind::kNull) {
        parameters.kind = Node::Kind::kMapping;
        parameters.place = wanted.key;
      }
      if (parameters.kind == Node::Kind::kMapping) {
        static_cast<void>(parameters.take(wanted.parameter));
        parameters.entries.push_back({wanted.parameter, wanted.key, wanted.value});
      }
      instance.entries.push_back({"params", parameters.place, std::move(parameters)});
      return;
    }
  }
  throw base::InputError(wanted.key.file, wanted.key.line, wanted.key.column,
                         "no signal or strategy \"" + wanted.instance + "\"" +
                             base::near_name(wanted.instance, known));
}

Node read_yaml(const fs::path& file) {
  const auto text = base::read_file(file);
  if (!text) throw base::InputError(file.string(), to_string(text.error()));
  return parse_yaml(*text, file.string());
}

}  // namespace

Loaded load_under_rules(std::string_view recorded, const std::string& origin,
                        const fs::path& rules_file) {
  Node rules = read_yaml(rules_file);
  if (rules.find("risk") == nullptr && rules.find("ownership") == nullptr) {
    throw base::InputError(rules_file.string(),
                           "no rule book: neither risk nor ownership is there");
  }
  Loaded loaded;
  loaded.document = Document::recorded_under_rules(recorded, origin, std::move(rules));
  loaded.config = read_config(loaded.document, rules_file.parent_path());
  return loaded;
}

ConfigText::ConfigText(const fs::path& file, const Overrides& overrides)
    : root_(read_yaml(file)), folder_(fs::absolute(file).parent_path()) {
  include_files(root_, folder_);
  apply(overrides, root_);
}

Loaded ConfigText::check(const std::vector<ParameterOverride>& parameters) const {
  Node root = root_;
  for (const auto& parameter : parameters) apply(parameter, root);
  Loaded loaded;
  loaded.document = Document::check(root);
  loaded.config = read_config(loaded.document, folder_);
  check_live(loaded.config, loaded.document);
  return loaded;
}

Loaded load_config(const fs::path& file, const Overrides& overrides) {
  return ConfigText(file, overrides).check();
}

}  // namespace writ::config
