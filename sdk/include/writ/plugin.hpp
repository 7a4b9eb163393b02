#pragma once

#include <writ/abi/ext/book.h>
#include <writ/abi/ext/wiring.h>
#include <writ/abi/plugin.h>
#include <writ/parameter.hpp>
#include <writ/state.hpp>
#include <writ/time.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ {

/// The host refused a call of the plugin: an argument, a capability or a moment is wrong.
class HostError : public std::runtime_error {
 public:
  HostError(const char* call, writ_status status)
      : std::runtime_error(std::string(call) + " refused by the host: status " +
                           std::to_string(status)),
        status_(status) {}
  [[nodiscard]] writ_status status() const noexcept { return status_; }

 private:
  writ_status status_;
};

/// Throws HostError for a negative status.
inline void check(const char* call, writ_status status) {
  if (status < 0) throw HostError(call, status);
}

/// What a plugin class declares as `kDescription`; id, name, version and doc are required.
struct Description {
  const char* id;  ///< unique, reverse domain: "com.example.my_maker"
  const char* name;
  const char* version;  ///< of the plugin: "1.0.0"
  const char* doc;
  /// Beyond what the class shows by its hooks: WRIT_CAN_RANDOM, WRIT_CAN_TIMER for one that only
  /// sets timers, WRIT_NONDETERMINISTIC for a signal that asks another process.
  std::uint64_t capabilities = 0;
  /// When a strategy is evaluated.
  std::uint32_t snapshot_trigger = WRIT_TRIGGER_TOP;
  std::int64_t snapshot_interval_ns = 0;
  std::uint64_t warmup_events = 0;
  std::int64_t warmup_ns = 0;
  /// Of what save writes; required with save and load.
  std::uint32_t state_schema = 0;
  std::uint32_t state_schema_min = 0;
};

/// An element of `kSignalsIn` and `kSignalsOut`.
[[nodiscard]] constexpr writ_port port(std::uint32_t id, const char* name, const char* doc,
                                       const char* unit = "") noexcept {
  return writ_port{sizeof(writ_port), id, name, doc, unit};
}

/// An element of `kSubscriptions`, where a class declares that list instead of letting its hooks
/// decide (each record of the types it has a hook for).
[[nodiscard]] constexpr writ_subscription subscribe(std::uint32_t record_type,
                                                    std::uint32_t trigger = WRIT_TRIGGER_EVENT,
                                                    std::int64_t interval_ns = 0) noexcept {
  return writ_subscription{sizeof(writ_subscription), record_type, trigger, 0, interval_ns};
}

enum class Severity : std::uint32_t { kInfo = 1, kWarning = 2, kError = 3 };

namespace detail {
template <class T>
class Adapter;
}  // namespace detail

/// What strategies and signals have in common: hooks to override (with `override`, so that a
/// misspelt one does not compile) and what they may ask of the host.
///
/// A hook that is not overridden is not subscribed to. Hooks are called one at a time [strategy];
/// their arguments live for the call. An exception from a hook is caught at the boundary, logged,
/// and makes the call fail: what it submitted is refused.
class Plugin {
 public:
  Plugin() = default;
  virtual ~Plugin() = default;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  /// Parameters and instruments are known; nothing may be submitted or published yet. [main]
  virtual void on_start() {}
  /// Each instrument before on_start, and again when it changes.
  virtual void on_instrument(const writ_instrument& instrument) { (void)instrument; }
  virtual void on_book_snapshot(const writ_book_snapshot& book, std::span<const writ_level> bids,
                                std::span<const writ_level> asks) {
    (void)book, (void)bids, (void)asks;
  }
  /// Absolute quantities; 0 removes a level.
  virtual void on_book_delta(const writ_book_delta& delta, std::span<const writ_level> bids,
                             std::span<const writ_level> asks) {
    (void)delta, (void)bids, (void)asks;
  }
  virtual void on_book_top(const writ_book_top& top) { (void)top; }
  virtual void on_trade(const writ_trade& trade) { (void)trade; }
  virtual void on_mark_price(const writ_mark_price& mark) { (void)mark; }
  virtual void on_bar(const writ_bar& bar) { (void)bar; }
  virtual void on_market_status(const writ_market_status& status) { (void)status; }
  virtual void on_funding(const writ_funding& funding) { (void)funding; }
  virtual void on_liquidation(const writ_liquidation& liquidation) { (void)liquidation; }
  virtual void on_settlement(const writ_settlement& settlement) { (void)settlement; }
  virtual void on_tick_change(const writ_tick_change& change) { (void)change; }
  /// A runner of a market this instance names one of was withdrawn.
  virtual void on_reduction(const writ_reduction& reduction) { (void)reduction; }
  /// A value of a signal wired to `input`, a port of kSignalsIn.
  virtual void on_signal(std::uint32_t input, const writ_signal& signal) {
    (void)input, (void)signal;
  }
  /// The same with a JSON object behind it.
  virtual void on_signal_report(std::uint32_t input, const writ_signal_report& report,
                                std::string_view payload) {
    (void)input, (void)report, (void)payload;
  }
  virtual void on_timer(std::uint64_t timer, ReceiveTime due) { (void)timer, (void)due; }
  /// The live parameter `id` has its new value.
  virtual void on_parameter(std::uint32_t id) { (void)id; }

  /// The whole state, to be taken over by another object of this class.
  virtual void save(StateWriter& state) const { (void)state; }
  /// Takes over what save wrote under `schema`. Throw StateError for what cannot be: the object is
  /// then put back as it was.
  virtual void load(StateReader& state, std::uint32_t schema) { (void)state, (void)schema; }

 protected:
  /// The current value. [strategy]
  template <ParameterType T>
  [[nodiscard]] T value(const Parameter<T>& parameter) const {
    return values_.get(parameter);
  }

  /// The instruments of this instance, in the order they were announced.
  [[nodiscard]] std::span<const writ_instrument> instruments() const noexcept {
    return instruments_;
  }
  /// nullptr: not one of this instance's.
  [[nodiscard]] const writ_instrument* instrument(std::uint32_t id) const noexcept {
    for (const writ_instrument& known : instruments_) {
      if (known.instrument == id) return &known;
    }
    return nullptr;
  }

  /// Core time of the record being handled. [strategy]
  [[nodiscard]] ReceiveTime now() const noexcept { return ReceiveTime{host_->now(host_)}; }

  /// Calls on_timer at `due` or at once after it; the same timer again moves it.
  void set_timer(std::uint64_t timer, ReceiveTime due) {
    check("set_timer", host_->set_timer(host_, timer, due.ns));
  }
  /// False: it was not set.
  bool cancel_timer(std::uint64_t timer) {
    const writ_status status = host_->cancel_timer(host_, timer);
    if (status == WRIT_E_NOT_FOUND) return false;
    check("cancel_timer", status);
    return true;
  }
  /// The next number of this instance's seeded sequence; needs WRIT_CAN_RANDOM.
  [[nodiscard]] std::uint64_t random() {
    std::uint64_t value = 0;
    check("random", host_->random(host_, &value));
    return value;
  }
  /// One line in the journal under this instance's name. [any]
  void log(Severity severity, std::string_view text) const noexcept {
    host_->log(host_, static_cast<std::uint32_t>(severity), text.data(), text.size());
  }

  /// Up to `levels.size()` levels of one side (WRIT_SIDE_*), best first; none while the book is not
  /// in sync or the host does not offer depth.
  [[nodiscard]] std::span<const writ_level> book(std::uint32_t of_instrument, std::uint32_t side,
                                                 std::span<writ_level> levels) const {
    const auto* table =
        static_cast<const writ_ext_book*>(host_->get_extension(host_, WRIT_EXT_BOOK));
    if (table == nullptr) return {};
    const std::int32_t count = table->levels(host_, of_instrument, side, levels.data(),
                                             static_cast<std::uint32_t>(levels.size()));
    if (count == WRIT_E_STATE) return {};
    check("book", count);
    return levels.first(static_cast<std::size_t>(count));
  }

  /// The host's table, for what this class does not offer.
  [[nodiscard]] const writ_host* host() const noexcept { return host_; }

  /// Hands a record to its hook; WRIT_IGNORED for a type that has none.
  virtual writ_status deliver(const writ_event& event);

 private:
  template <class T>
  friend class detail::Adapter;

  /// Before any hook. [main]
  void attach(const writ_host* host, ParameterValues values) {
    host_ = host;
    values_ = std::move(values);
  }

  void remember(const writ_instrument& announced) {
    for (writ_instrument& known : instruments_) {
      if (known.instrument == announced.instrument) {
        known = announced;
        return;
      }
    }
    instruments_.push_back(announced);
  }

  /// The port a publisher's value was wired to; its own number where the host cannot say.
  [[nodiscard]] std::uint32_t input_of(std::uint32_t publisher, std::uint32_t signal,
                                       std::span<const writ_port> inputs) const;

  const writ_host* host_ = nullptr;
  ParameterValues values_{nullptr, 0, 0};
  std::vector<writ_instrument> instruments_;
  std::span<const writ_port> inputs_;
};

namespace detail {

/// The record as its own type, if it is long enough for it.
template <class Record>
[[nodiscard]] const Record& as(const writ_event& event) {
  if (event.size < sizeof(Record)) throw std::invalid_argument("a record is too short");
  return reinterpret_cast<const Record&>(event);
}

/// The counted bytes after the fixed part of a record.
template <class Element, class Record>
[[nodiscard]] std::span<const Element> tail(const Record& record, std::size_t count,
                                            std::size_t offset = 0) {
  const std::size_t size = record.header.size - sizeof(Record);
  if (offset > size || (size - offset) / sizeof(Element) < count) {
    throw std::invalid_argument("a record's tail is too short");
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(&record) + sizeof(Record) + offset;
  return {reinterpret_cast<const Element*>(bytes), count};
}

}  // namespace detail

inline std::uint32_t Plugin::input_of(std::uint32_t publisher, std::uint32_t signal,
                                      std::span<const writ_port> inputs) const {
  const auto* wiring =
      static_cast<const writ_ext_wiring*>(host_->get_extension(host_, WRIT_EXT_WIRING));
  if (wiring == nullptr) return signal;
  for (const writ_port& input : inputs) {
    std::uint32_t from = 0;
    std::uint32_t its_port = 0;
    if (wiring->input(host_, input.id, &from, &its_port) == WRIT_OK && from == publisher &&
        its_port == signal) {
      return input.id;
    }
  }
  return signal;
}

inline writ_status Plugin::deliver(const writ_event& event) {
  using detail::as;
  using detail::tail;
  switch (event.type) {
    case WRIT_RECORD_INSTRUMENT: {
      const auto& record = as<writ_instrument>(event);
      remember(record);
      on_instrument(record);
      return WRIT_OK;
    }
    case WRIT_RECORD_BOOK_SNAPSHOT: {
      const auto& record = as<writ_book_snapshot>(event);
      const auto bids = tail<writ_level>(record, record.bid_count);
      on_book_snapshot(record, bids, tail<writ_level>(record, record.ask_count, bids.size_bytes()));
      return WRIT_OK;
    }
    case WRIT_RECORD_BOOK_DELTA: {
      const auto& record = as<writ_book_delta>(event);
      const auto bids = tail<writ_level>(record, record.bid_count);
      on_book_delta(record, bids, tail<writ_level>(record, record.ask_count, bids.size_bytes()));
      return WRIT_OK;
    }
    case WRIT_RECORD_BOOK_TOP:
      on_book_top(as<writ_book_top>(event));
      return WRIT_OK;
    case WRIT_RECORD_TRADE:
      on_trade(as<writ_trade>(event));
      return WRIT_OK;
    case WRIT_RECORD_MARK_PRICE:
      on_mark_price(as<writ_mark_price>(event));
      return WRIT_OK;
    case WRIT_RECORD_BAR:
      on_bar(as<writ_bar>(event));
      return WRIT_OK;
    case WRIT_RECORD_MARKET_STATUS:
      on_market_status(as<writ_market_status>(event));
      return WRIT_OK;
    case WRIT_RECORD_FUNDING:
      on_funding(as<writ_funding>(event));
      return WRIT_OK;
    case WRIT_RECORD_LIQUIDATION:
      on_liquidation(as<writ_liquidation>(event));
      return WRIT_OK;
    case WRIT_RECORD_SETTLEMENT:
      on_settlement(as<writ_settlement>(event));
      return WRIT_OK;
    case WRIT_RECORD_TICK_CHANGE: {
      const auto& record = as<writ_tick_change>(event);
      for (writ_instrument& known : instruments_) {
        if (known.instrument == record.instrument) known.tick = record.tick;
      }
      on_tick_change(record);
      return WRIT_OK;
    }
    case WRIT_RECORD_REDUCTION:
      on_reduction(as<writ_reduction>(event));
      return WRIT_OK;
    case WRIT_RECORD_SIGNAL:
    case WRIT_RECORD_SIGNAL_INPUT: {
      const auto& record = as<writ_signal>(event);
      on_signal(input_of(record.instance, record.signal, inputs_), record);
      return WRIT_OK;
    }
    case WRIT_RECORD_SIGNAL_REPORT:
    case WRIT_RECORD_SIGNAL_REPORT_INPUT: {
      const auto& record = as<writ_signal_report>(event);
      const auto payload = tail<char>(record, record.payload_size);
      on_signal_report(input_of(record.instance, record.signal, inputs_), record,
                       {payload.data(), payload.size()});
      return WRIT_OK;
    }
    case WRIT_RECORD_TIMER: {
      const auto& record = as<writ_timer>(event);
      on_timer(record.timer, ReceiveTime{record.due_ts});
      return WRIT_OK;
    }
    case WRIT_RECORD_PARAMETER: {
      const auto& record = as<writ_parameter_change>(event);
      const auto text = tail<char>(record, record.text_size);
      values_.apply(record, {text.data(), text.size()});
      on_parameter(record.parameter);
      return WRIT_OK;
    }
    default:
      return WRIT_IGNORED;
  }
}

}  // namespace writ
