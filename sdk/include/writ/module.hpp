#pragma once

#include <writ/abi/ext/state.h>
#include <writ/abi/plugin.h>
#include <writ/plugin.hpp>
#include <writ/signal.hpp>
#include <writ/snapshot.hpp>
#include <writ/state.hpp>
#include <writ/strategy.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// From plugin classes to the C contract: constant descriptors, the instance table, the entry.

/// Registers the plugin classes of one shared object; once, in one source file, at namespace scope:
///   WRIT_MODULE("Example Ltd", MyStrategy, MySignal)
#define WRIT_MODULE(vendor, ...)                                                             \
  WRIT_PLUGIN(0) {                                                                           \
    static constexpr ::writ_module kModule = ::writ::detail::module_of<__VA_ARGS__>(vendor); \
    return &kModule;                                                                         \
  }

namespace writ::detail {

/// Whether T has its own version of a hook: then the member's type names T (or a class between).
#define WRIT_OVERRIDES(T, base, hook) (!std::is_same_v<decltype(&T::hook), decltype(&base::hook)>)

struct HookSubscription {
  bool wanted;
  writ_subscription subscription;
};

/// Each record of the types that T has a hook for.
template <class T>
[[nodiscard]] constexpr auto hook_subscriptions() noexcept {
  std::array<HookSubscription, 21> all{{
      {WRIT_OVERRIDES(T, Plugin, on_book_snapshot), subscribe(WRIT_RECORD_BOOK_SNAPSHOT)},
      {WRIT_OVERRIDES(T, Plugin, on_book_delta), subscribe(WRIT_RECORD_BOOK_DELTA)},
      {WRIT_OVERRIDES(T, Plugin, on_book_top), subscribe(WRIT_RECORD_BOOK_TOP)},
      {WRIT_OVERRIDES(T, Plugin, on_trade), subscribe(WRIT_RECORD_TRADE)},
      {WRIT_OVERRIDES(T, Plugin, on_mark_price), subscribe(WRIT_RECORD_MARK_PRICE)},
      {WRIT_OVERRIDES(T, Plugin, on_bar), subscribe(WRIT_RECORD_BAR)},
      {WRIT_OVERRIDES(T, Plugin, on_market_status), subscribe(WRIT_RECORD_MARKET_STATUS)},
      {WRIT_OVERRIDES(T, Plugin, on_funding), subscribe(WRIT_RECORD_FUNDING)},
      {WRIT_OVERRIDES(T, Plugin, on_liquidation), subscribe(WRIT_RECORD_LIQUIDATION)},
      {WRIT_OVERRIDES(T, Plugin, on_settlement), subscribe(WRIT_RECORD_SETTLEMENT)},
      {WRIT_OVERRIDES(T, Plugin, on_tick_change), subscribe(WRIT_RECORD_TICK_CHANGE)},
      {WRIT_OVERRIDES(T, Plugin, on_reduction), subscribe(WRIT_RECORD_REDUCTION)},
      {WRIT_OVERRIDES(T, Plugin, on_timer), subscribe(WRIT_RECORD_TIMER)},
      {WRIT_OVERRIDES(T, Plugin, on_signal), subscribe(WRIT_RECORD_SIGNAL)},
      {WRIT_OVERRIDES(T, Plugin, on_signal), subscribe(WRIT_RECORD_SIGNAL_INPUT)},
      {WRIT_OVERRIDES(T, Plugin, on_signal_report), subscribe(WRIT_RECORD_SIGNAL_REPORT)},
      {WRIT_OVERRIDES(T, Plugin, on_signal_report), subscribe(WRIT_RECORD_SIGNAL_REPORT_INPUT)},
      {},
      {},
      {},
      {},
  }};
  if constexpr (std::derived_from<T, Strategy>) {
    all[17] = {WRIT_OVERRIDES(T, Strategy, on_snapshot),
               subscribe(WRIT_RECORD_SNAPSHOT, T::kDescription.snapshot_trigger,
                         T::kDescription.snapshot_interval_ns)};
    all[18] = {WRIT_OVERRIDES(T, Strategy, on_verdict), subscribe(WRIT_RECORD_VERDICT)};
    all[19] = {WRIT_OVERRIDES(T, Strategy, on_order), subscribe(WRIT_RECORD_ORDER)};
    all[20] = {WRIT_OVERRIDES(T, Strategy, on_fill), subscribe(WRIT_RECORD_FILL)};
  }
  return all;
}

template <class T>
[[nodiscard]] constexpr auto subscriptions_of() noexcept {
  if constexpr (requires { T::kSubscriptions; }) {
    return T::kSubscriptions;
  } else {
    constexpr auto all = hook_subscriptions<T>();
    constexpr std::size_t count = [&] {
      std::size_t wanted = 0;
      for (const auto& entry : all) wanted += entry.wanted ? 1 : 0;
      return wanted;
    }();
    std::array<writ_subscription, count> result{};
    std::size_t at = 0;
    for (const auto& entry : all) {
      if (entry.wanted) result[at++] = entry.subscription;
    }
    return result;
  }
}

template <class T>
[[nodiscard]] constexpr auto parameters_of() noexcept {
  if constexpr (requires { T::kParameters; }) {
    return T::kParameters;
  } else {
    return std::array<writ_parameter, 0>{};
  }
}

template <class T>
[[nodiscard]] constexpr auto signals_in_of() noexcept {
  if constexpr (requires { T::kSignalsIn; }) {
    return T::kSignalsIn;
  } else {
    return std::array<writ_port, 0>{};
  }
}

template <class T>
[[nodiscard]] constexpr auto signals_out_of() noexcept {
  if constexpr (requires { T::kSignalsOut; }) {
    return T::kSignalsOut;
  } else {
    return std::array<writ_port, 0>{};
  }
}

/// The constant data of one plugin class.
template <class T>
struct DescriptorOf {
  static_assert(std::derived_from<T, Strategy> != std::derived_from<T, Signal>,
                "a plugin class derives from writ::Strategy or writ::Signal");
  static_assert(WRIT_OVERRIDES(T, Plugin, save) == WRIT_OVERRIDES(T, Plugin, load),
                "save and load go together");
  static_assert(WRIT_OVERRIDES(T, Plugin, save) == (T::kDescription.state_schema != 0),
                "kDescription.state_schema goes with save and load");

  static constexpr auto kParameters = parameters_of<T>();
  static constexpr auto kSignalsIn = signals_in_of<T>();
  static constexpr auto kSignalsOut = signals_out_of<T>();
  static constexpr auto kSubscriptions = subscriptions_of<T>();
  static constexpr std::uint64_t kCapabilities =
      T::kDescription.capabilities |
      (std::derived_from<T, Strategy> ? WRIT_CAN_TRADE : WRIT_CAN_PUBLISH) |
      (WRIT_OVERRIDES(T, Plugin, on_timer) ? WRIT_CAN_TIMER : 0);

  static constexpr writ_descriptor kValue{sizeof(writ_descriptor),
                                          std::derived_from<T, Strategy>
                                              ? std::uint32_t{WRIT_PLUGIN_STRATEGY}
                                              : std::uint32_t{WRIT_PLUGIN_SIGNAL},
                                          T::kDescription.id,
                                          T::kDescription.name,
                                          T::kDescription.version,
                                          T::kDescription.doc,
                                          kCapabilities,
                                          kParameters.data(),
                                          kParameters.size(),
                                          sizeof(writ_parameter),
                                          kSignalsIn.data(),
                                          kSignalsIn.size(),
                                          sizeof(writ_port),
                                          kSignalsOut.data(),
                                          kSignalsOut.size(),
                                          sizeof(writ_port),
                                          kSubscriptions.data(),
                                          kSubscriptions.size(),
                                          sizeof(writ_subscription),
                                          T::kDescription.warmup_events,
                                          T::kDescription.warmup_ns,
                                          T::kDescription.state_schema,
                                          T::kDescription.state_schema_min};
};

/// One instance: the table the host holds and the author's object behind it. Nothing thrown by the
/// author passes these functions.
template <class T>
class Adapter {
 public:
  static writ_status create(const writ_host* host, const writ_value* values,
                            std::uint32_t value_count, std::uint32_t value_stride,
                            writ_plugin** plugin) noexcept {
    return guarded(host, "create", [&]() -> writ_status {
      auto made = std::make_unique<Adapter>(host);
      made->author_.attach(host, ParameterValues(values, value_count, value_stride));
      made->author_.inputs_ = DescriptorOf<T>::kSignalsIn;
      *plugin = &made.release()->table_;
      return WRIT_OK;
    });
  }

  explicit Adapter(const writ_host* host) : host_(host) {
    table_.struct_size = sizeof table_;
    table_.self = this;
    table_.init = &Adapter::init;
    table_.destroy = &Adapter::destroy;
    table_.on_event = &Adapter::on_event;
    if constexpr (std::derived_from<T, Strategy>) {
      if (WRIT_OVERRIDES(T, Strategy, on_snapshot)) table_.on_snapshot = &Adapter::on_snapshot;
    }
    table_.get_extension = &Adapter::get_extension;
  }

 private:
  static Adapter& of(writ_plugin* plugin) noexcept { return *static_cast<Adapter*>(plugin->self); }

  template <class Call>
  static writ_status guarded(const writ_host* host, const char* where, Call&& call) noexcept {
    try {
      return call();
    } catch (const HostError& error) {
      report(host, where, error.what());
      return error.status();
    } catch (const StateError& error) {
      report(host, where, error.what());
      return WRIT_E_CORRUPT;
    } catch (const std::exception& error) {
      report(host, where, error.what());
      return WRIT_E_INTERNAL;
    } catch (...) {
      report(host, where, "an exception that is no std::exception");
      return WRIT_E_INTERNAL;
    }
  }

  static void report(const writ_host* host, const char* where, const char* what) noexcept {
    // Without allocation: the exception may have been std::bad_alloc.
    std::array<char, 256> line{};
    std::size_t size = 0;
    for (const char* part : {where, ": ", what}) {
      for (; *part != '\0' && size < line.size(); ++part) line[size++] = *part;
    }
    host->log(host, static_cast<std::uint32_t>(Severity::kError), line.data(), size);
  }

  static writ_status init(writ_plugin* plugin) noexcept {
    return guarded(of(plugin).host_, "on_start", [&]() -> writ_status {
      of(plugin).author_.on_start();
      return WRIT_OK;
    });
  }
  static void destroy(writ_plugin* plugin) noexcept { delete &of(plugin); }
  static writ_status on_event(writ_plugin* plugin, const writ_event* event) noexcept {
    return guarded(of(plugin).host_, "on_event",
                   [&] { return static_cast<Plugin&>(of(plugin).author_).deliver(*event); });
  }
  static writ_status on_snapshot(writ_plugin* plugin, const writ_snapshot* snapshot) noexcept
      requires std::derived_from<T, Strategy> {
    return guarded(of(plugin).host_, "on_snapshot", [&]() -> writ_status {
      of(plugin).author_.on_snapshot(Snapshot(*snapshot));
      return WRIT_OK;
    });
  }
  static const void* get_extension(writ_plugin*, const char* id) noexcept {
    static constexpr writ_ext_state kState{sizeof(writ_ext_state), 0, &Adapter::save,
                                           &Adapter::load};
    const bool has_state = T::kDescription.state_schema != 0;
    if (has_state && id != nullptr && std::string_view(id) == WRIT_EXT_STATE) return &kState;
    return nullptr;
  }

  static writ_status save(writ_plugin* plugin, void* buffer, std::size_t capacity,
                          std::size_t* size) noexcept {
    return guarded(of(plugin).host_, "save", [&]() -> writ_status {
      StateWriter state;
      of(plugin).author_.save(state);
      *size = state.bytes().size();
      if (*size > capacity) return WRIT_E_LIMIT;
      if (*size != 0) std::memcpy(buffer, state.bytes().data(), *size);
      return WRIT_OK;
    });
  }
  static writ_status load(writ_plugin* plugin, std::uint32_t schema, const void* bytes,
                          std::size_t size) noexcept {
    T& author = of(plugin).author_;
    return guarded(of(plugin).host_, "load", [&]() -> writ_status {
      if (schema < T::kDescription.state_schema_min || schema > T::kDescription.state_schema) {
        return WRIT_E_UNSUPPORTED;
      }
      StateWriter before;
      author.save(before);
      try {
        StateReader reader({static_cast<const std::byte*>(bytes), size});
        author.load(reader, schema);
        if (!reader.at_end()) throw StateError("saved state: bytes left over");
      } catch (...) {
        StateReader reader(before.bytes());
        author.load(reader, T::kDescription.state_schema);
        throw;
      }
      return WRIT_OK;
    });
  }

  const writ_host* host_;
  writ_plugin table_{};
  T author_;
};

template <class... T>
writ_status create_one_of(const char* id, const writ_host* host, const writ_value* values,
                          std::uint32_t value_count, std::uint32_t value_stride,
                          writ_plugin** plugin) noexcept {
  if (id == nullptr || host == nullptr || plugin == nullptr) return WRIT_E_INVALID;
  if (values == nullptr && value_count != 0) return WRIT_E_INVALID;
  if (!WRIT_HAS(host, get_extension)) return WRIT_E_UNSUPPORTED;
  writ_status status = WRIT_E_NOT_FOUND;
  const std::string_view wanted(id);
  (void)((wanted == T::kDescription.id
              ? (status = Adapter<T>::create(host, values, value_count, value_stride, plugin), true)
              : false) ||
         ...);
  return status;
}

template <class... T>
inline constexpr std::array<const writ_descriptor*, sizeof...(T)> kDescriptors = {
    &DescriptorOf<T>::kValue...};

template <class... T>
[[nodiscard]] constexpr writ_module module_of(const char* vendor) noexcept {
  return writ_module{sizeof(writ_module),
                     WRIT_ABI_MAJOR,
                     WRIT_ABI_MINOR,
                     vendor,
                     kDescriptors<T...>.data(),
                     sizeof...(T),
                     0,
                     &create_one_of<T...>};
}

#undef WRIT_OVERRIDES

}  // namespace writ::detail
