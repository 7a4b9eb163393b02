#pragma once

#include <writ/abi/ext/state.h>
#include <writ/abi/plugin.h>
#include <writ/money_abi.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/testing/fake_host.hpp>
#include <writ/testing/records.hpp>
#include <writ/time.hpp>

#include <dlfcn.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::testing {

/// A plugin file loaded for a test, kept loaded to the end of the process so that sanitizers can
/// name its functions.
[[nodiscard]] inline const writ_module& load_module(const std::string& path) {
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(::dlerror());
  auto* entry = reinterpret_cast<writ_module_v1_function>(::dlsym(library, WRIT_MODULE_SYMBOL));
  if (entry == nullptr) throw std::runtime_error(path + " has no " WRIT_MODULE_SYMBOL);
  return *entry();
}

/// Drives one plugin from a test: a scripted market, what becomes of its intents, and time. Prices
/// and quantities are decimal text. Everything throws on misuse, and when a call
/// of the plugin returns an error; send() returns its status instead.
class Rig {
 public:
  using Parameters = std::map<std::string, std::string>;

  /// Makes, announces and starts the plugin `id`; parameters not given have their defaults.
  Rig(const writ_module& module, std::string_view id, const Parameters& parameters,
      std::vector<writ_instrument> instruments)
      : module_(module), id_(id), instruments_(std::move(instruments)) {
    host_.now = 1'700'000'000'000'000'000;
    descriptor_ = find_descriptor();
    create(parameters);
    for (writ_instrument& instrument : instruments_) deliver(instrument.header);
    require(plugin_->init(plugin_.get()), "init");
  }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  [[nodiscard]] FakeHost& host() noexcept { return host_; }
  [[nodiscard]] const writ_descriptor& descriptor() const noexcept { return *descriptor_; }
  [[nodiscard]] const std::vector<RecordedIntent>& intents() const noexcept {
    return host_.intents;
  }
  /// The only intent since the last call; throws unless there was exactly one.
  RecordedIntent take_intent() {
    auto taken = take_intents();
    if (taken.size() != 1) {
      throw std::runtime_error("expected one intent, found " + std::to_string(taken.size()));
    }
    return taken.front();
  }
  /// All intents since the last call.
  std::vector<RecordedIntent> take_intents() { return std::exchange(host_.intents, {}); }
  std::vector<PublishedValue> take_published() { return std::exchange(host_.published, {}); }

  // --- the market
  // ---------------------------------------------------------------------------------

  /// The best prices are now these ("" = that side is empty); the strategy is evaluated.
  void top(std::string_view bid, std::string_view bid_quantity, std::string_view ask,
           std::string_view ask_quantity, std::size_t at = 0) {
    Market& market = markets_[id_of(at)];
    market.bid = none_or(bid);
    market.bid_quantity = none_or(bid_quantity);
    market.ask = none_or(ask);
    market.ask_quantity = none_or(ask_quantity);
    const auto level = [](std::int64_t price, std::int64_t size) {
      return price == WRIT_NONE ? std::vector<writ_level>{}
                                : std::vector<writ_level>{{price, size}};
    };
    host_.books[{id_of(at), WRIT_SIDE_BUY}] = level(market.bid, market.bid_quantity);
    host_.books[{id_of(at), WRIT_SIDE_SELL}] = level(market.ask, market.ask_quantity);
    evaluate(at);
  }
  void feature(std::uint32_t feature, double value) { features_[feature] = value; }
  void forget_feature(std::uint32_t feature) { features_.erase(feature); }
  /// The latest value wired to an input port, as the next snapshot shows it.
  void signal(std::uint32_t port, double value, std::uint32_t flags = WRIT_SIGNAL_WARM) {
    signals_[port] = {0, port, 0, flags, host_.now, value};
  }
  void snapshot_flags(std::uint32_t flags) noexcept { flags_ = flags; }

  /// Evaluates the strategy on the market as it is.
  void evaluate(std::size_t at = 0) {
    if (plugin_->on_snapshot == nullptr) return;
    const Market& market = markets_[id_of(at)];
    writ_snapshot fixed{};
    fixed.instrument = id_of(at);
    fixed.account = 1;
    fixed.instance = 1;
    fixed.flags = flags_;
    fixed.bid_price = market.bid;
    fixed.bid_quantity = market.bid_quantity;
    fixed.ask_price = market.ask;
    fixed.ask_quantity = market.ask_quantity;
    fixed.position = market.position;
    fixed.account_position = market.position;
    fixed.feature_schema = WRIT_FEATURE_SCHEMA_VERSION;
    fixed.feature_count = WRIT_FEATURE_COUNT;
    fixed.signal_count = static_cast<std::uint32_t>(signals_.size());
    std::vector<std::uint64_t> words((sizeof fixed + WRIT_FEATURE_COUNT * sizeof(writ_feature) +
                                      signals_.size() * sizeof(writ_signal_value)) /
                                     8);
    fixed.header = header(WRIT_RECORD_SNAPSHOT, words.size() * 8);
    auto* out = reinterpret_cast<std::byte*>(words.data());
    const auto put = [&out](const auto& part) {
      std::memcpy(out, &part, sizeof part);
      out += sizeof part;
    };
    put(fixed);
    for (std::uint32_t feature = 0; feature < WRIT_FEATURE_COUNT; ++feature) {
      const auto known = features_.find(feature);
      const bool is_known = known != features_.end();
      put(writ_feature{is_known ? known->second : 0, feature, is_known ? 1U : 0U});
    }
    for (auto& [port, value] : signals_) {
      value.instrument = id_of(at);
      put(value);
    }
    require(
        plugin_->on_snapshot(plugin_.get(), reinterpret_cast<const writ_snapshot*>(words.data())),
        "on_snapshot");
  }

  void trade(std::uint16_t side, std::string_view price, std::string_view size,
             std::size_t at = 0) {
    writ_trade trade{};
    trade.header = header(WRIT_RECORD_TRADE, sizeof trade);
    trade.instrument = id_of(at);
    trade.side = side;
    trade.price = nano(price);
    trade.quantity = nano(size);
    deliver(trade.header);
  }

  /// Lets time pass; timers that are due are delivered in their order.
  void advance(Duration by) {
    const std::int64_t until = host_.now + by.ns;
    for (;;) {
      auto next = host_.timers.end();
      for (auto timer = host_.timers.begin(); timer != host_.timers.end(); ++timer) {
        if (timer->second > until) continue;
        if (next == host_.timers.end() || timer->second < next->second) next = timer;
      }
      if (next == host_.timers.end()) break;
      const auto [timer, due] = *next;
      host_.timers.erase(next);
      if (due > host_.now) host_.now = due;
      writ_timer record{};
      record.header = header(WRIT_RECORD_TIMER, sizeof record);
      record.timer = timer;
      record.due_ts = due;
      deliver(record.header);
    }
    host_.now = until;
  }

  // --- what becomes of an intent
  // ------------------------------------------------------------------

  void approve(const RecordedIntent& intent) { verdict(intent, true, WRIT_REASON_OK); }
  void veto(const RecordedIntent& intent, std::uint16_t reason = WRIT_REASON_RISK_VETO) {
    verdict(intent, false, reason);
  }
  /// Its order is now in this state, or with a command under way; price and quantity as placed
  /// unless given.
  void order(const RecordedIntent& intent, std::uint16_t state, std::string_view filled = "0",
             std::string_view price = "", std::uint16_t command = WRIT_COMMAND_NONE) {
    writ_order record{};
    record.header = header(WRIT_RECORD_ORDER, sizeof record);
    record.order_id = intent.id + 1'000'000;
    record.intent_id = intent.id;
    record.instance = 1;
    record.instrument = intent.intent.instrument;
    record.side = intent.intent.side;
    record.state = state;
    record.command = command;
    record.price = price.empty() ? intent.intent.price : nano(price);
    record.quantity = intent.intent.quantity;
    record.filled = nano(filled);
    deliver(record.header);
  }
  /// Approved and resting at the venue.
  void open(const RecordedIntent& intent) {
    approve(intent);
    order(intent, WRIT_ORDER_OPEN);
  }
  /// Filled whole: position, fill and order state. `fee_in_base` of a purchase is taken of what was
  /// received.
  void fill(const RecordedIntent& intent, std::string_view price, std::string_view size,
            std::string_view fee_in_base = "0") {
    writ_fill record{};
    record.header = header(WRIT_RECORD_FILL, sizeof record);
    record.order_id = intent.id + 1'000'000;
    record.intent_id = intent.id;
    record.instance = 1;
    record.instrument = intent.intent.instrument;
    record.side = intent.intent.side;
    record.price = nano(price);
    record.quantity = nano(size);
    for (const writ_instrument& one : instruments_) {
      if (one.instrument == record.instrument) record.fee_asset = one.base_asset;
    }
    record.fee_asset_quantity = to_abi(notional(Price{1'000'000'000}, Quantity{nano(fee_in_base)}));
    auto& position = markets_[intent.intent.instrument].position;
    position += intent.intent.side == WRIT_SIDE_BUY ? record.quantity : -record.quantity;
    deliver(record.header);
    order(intent, WRIT_ORDER_FILLED, size);
  }
  /// Changes a live parameter.
  void parameter(std::string_view name, std::string_view text) {
    const writ_parameter& spec = find_parameter(name);
    if (spec.type == WRIT_PARAMETER_TEXT) throw std::invalid_argument("a text parameter");
    writ_parameter_change record{};
    record.header = header(WRIT_RECORD_PARAMETER, sizeof record);
    record.parameter = spec.id;
    record.type = spec.type;
    record.value = number_of(spec, text);
    deliver(record.header);
  }

  /// Any record; returns the plugin's status.
  writ_status send(const writ_record& record) { return plugin_->on_event(plugin_.get(), &record); }
  [[nodiscard]] writ_record header(std::uint16_t type, std::size_t size) {
    writ_record record{};
    record.size = static_cast<std::uint32_t>(size);
    record.type = type;
    record.seq = ++seq_;
    record.event_ts = host_.now;
    record.ingest_ts = host_.now;
    return record;
  }

  // --- state
  // --------------------------------------------------------------------------------------

  [[nodiscard]] std::vector<std::byte> save() {
    std::vector<std::byte> bytes(1U << 20U);
    std::size_t size = 0;
    require(state().save(plugin_.get(), bytes.data(), bytes.size(), &size), "save");
    bytes.resize(size);
    return bytes;
  }
  writ_status load(const std::vector<std::byte>& bytes) {
    return state().load(plugin_.get(), descriptor_->state_schema, bytes.data(), bytes.size());
  }
  void set_position(std::string_view position, std::size_t at = 0) {
    markets_[id_of(at)].position = nano(position);
  }

 private:
  struct Market {
    std::int64_t bid = WRIT_NONE;
    std::int64_t bid_quantity = WRIT_NONE;
    std::int64_t ask = WRIT_NONE;
    std::int64_t ask_quantity = WRIT_NONE;
    std::int64_t position = 0;
  };

  static std::int64_t none_or(std::string_view text) {
    return text.empty() ? WRIT_NONE : nano(text);
  }
  static void require(writ_status status, const char* call) {
    if (status < 0) {
      throw std::runtime_error(std::string(call) + " returned " + std::to_string(status));
    }
  }
  [[nodiscard]] std::uint32_t id_of(std::size_t at) const { return instruments_.at(at).instrument; }
  void deliver(writ_record& record) {
    if (record.seq == 0) record = header(record.type, record.size);
    require(send(record), "on_event");
  }
  void verdict(const RecordedIntent& intent, bool approved, std::uint16_t reason) {
    writ_verdict record{};
    record.header = header(WRIT_RECORD_VERDICT, sizeof record);
    record.intent_id = intent.id;
    record.tag = intent.intent.tag;
    record.instance = 1;
    record.instrument = intent.intent.instrument;
    record.approved = approved ? 1 : 0;
    record.reason = reason;
    record.price = approved ? intent.intent.price : WRIT_NONE;
    record.quantity = approved ? intent.intent.quantity : WRIT_NONE;
    deliver(record.header);
  }

  [[nodiscard]] const writ_descriptor* find_descriptor() const {
    for (std::uint32_t i = 0; i < module_.descriptor_count; ++i) {
      if (id_ == module_.descriptors[i]->id) return module_.descriptors[i];
    }
    throw std::invalid_argument("no plugin " + id_);
  }
  [[nodiscard]] const writ_parameter& parameter_at(std::uint32_t at) const {
    const auto* first = reinterpret_cast<const std::byte*>(descriptor_->parameters);
    return *reinterpret_cast<const writ_parameter*>(first + std::size_t{at} *
                                                                descriptor_->parameter_stride);
  }
  [[nodiscard]] const writ_parameter& find_parameter(std::string_view name) const {
    for (std::uint32_t i = 0; i < descriptor_->parameter_count; ++i) {
      if (name == parameter_at(i).name) return parameter_at(i);
    }
    throw std::invalid_argument("no parameter " + std::string(name));
  }

  static std::int64_t number_of(const writ_parameter& spec, std::string_view text) {
    switch (spec.type) {
      case WRIT_PARAMETER_BOOLEAN:
        return text == "true" ? 1 : 0;
      case WRIT_PARAMETER_TEXT:
        return 0;
      case WRIT_PARAMETER_DECIMAL:
        return nano(text);
      case WRIT_PARAMETER_DURATION:
        return duration_of(text);
      default: {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size()) {
          throw std::invalid_argument("not an integer: " + std::string(text));
        }
        return number;
      }
    }
  }
  static std::int64_t duration_of(std::string_view text) {
    const std::size_t at = text.find_first_not_of("-.0123456789");
    const std::string_view unit = at == text.npos ? "" : text.substr(at);
    const std::map<std::string_view, std::int64_t> units = {
        {"ns", 1},
        {"us", 1'000},
        {"ms", 1'000'000},
        {"s", 1'000'000'000},
        {"m", 60'000'000'000},
        {"h", 3'600'000'000'000},
        {"d", 86'400'000'000'000},
    };
    const auto found = units.find(unit);
    if (found == units.end()) throw std::invalid_argument("no duration: " + std::string(text));
    const Int128 scaled = Int128{nano(text.substr(0, at))} * found->second / 1'000'000'000;
    return static_cast<std::int64_t>(scaled);
  }

  void create(const Parameters& parameters) {
    for (const auto& [name, text] : parameters) (void)find_parameter(name);
    std::vector<writ_value> values;
    for (std::uint32_t i = 0; i < descriptor_->parameter_count; ++i) {
      const writ_parameter& spec = parameter_at(i);
      const auto given = parameters.find(spec.name);
      const char* text = given != parameters.end() ? given->second.c_str() : spec.default_value;
      if (text == nullptr) throw std::invalid_argument(std::string("needs ") + spec.name);
      writ_value value{};
      value.struct_size = sizeof value;
      value.parameter = spec.id;
      value.type = spec.type;
      value.value = number_of(spec, text);
      value.text = text;
      values.push_back(value);
    }
    writ_plugin* made = nullptr;
    require(module_.create(id_.c_str(), host_.table(), values.data(),
                           static_cast<std::uint32_t>(values.size()), sizeof(writ_value), &made),
            "create");
    plugin_.reset(made);
  }
  [[nodiscard]] const writ_ext_state& state() const {
    const void* table = plugin_->get_extension(plugin_.get(), WRIT_EXT_STATE);
    if (table == nullptr) throw std::runtime_error("the plugin has no " WRIT_EXT_STATE);
    return *static_cast<const writ_ext_state*>(table);
  }

  const writ_module& module_;
  std::string id_;
  std::vector<writ_instrument> instruments_;
  const writ_descriptor* descriptor_ = nullptr;
  FakeHost host_;
  struct Destroy {
    void operator()(writ_plugin* plugin) const { plugin->destroy(plugin); }
  };
  std::unique_ptr<writ_plugin, Destroy> plugin_;  // after the host, which it may call to its end
  std::map<std::uint32_t, Market> markets_;
  std::map<std::uint32_t, double> features_;
  std::map<std::uint32_t, writ_signal_value> signals_;
  std::uint32_t flags_ = WRIT_SNAPSHOT_CAN_TRADE | WRIT_SNAPSHOT_IN_SYNC;
  std::uint64_t seq_ = 0;
};

}  // namespace writ::testing
