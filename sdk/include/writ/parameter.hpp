#pragma once

#include <writ/abi/plugin.h>
#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>
#include <writ/time.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

/// The types a parameter can have; prices, quantities, rates and money are decimals of at most nine
/// places in a configuration.
template <class T>
concept ParameterType = std::same_as<T, std::int64_t> || std::same_as<T, bool> ||
    std::same_as<T, Price> || std::same_as<T, Quantity> || std::same_as<T, Rate> ||
    std::same_as<T, Money> || std::same_as<T, Duration> || std::same_as<T, std::string_view>;

/// A parameter of a plugin: constant data that the host prints, checks configurations against and
/// exports to editors. Bounds and default are texts as a configuration would have them ("0.01",
/// "250ms", "true"); no default means the configuration must give a value.
template <ParameterType T>
struct Parameter {
  std::uint32_t id;  ///< stable across versions
  const char* name;
  const char* doc;
  const char* unit = "";
  const char* default_value = nullptr;
  const char* min = nullptr;
  const char* max = nullptr;
  bool live = false;  ///< may change while running: on_parameter is called after it did
};

namespace detail {

template <ParameterType T>
inline constexpr std::uint32_t kParameterType =
    std::same_as<T, std::int64_t>       ? WRIT_PARAMETER_INTEGER
    : std::same_as<T, bool>             ? WRIT_PARAMETER_BOOLEAN
    : std::same_as<T, Duration>         ? WRIT_PARAMETER_DURATION
    : std::same_as<T, std::string_view> ? WRIT_PARAMETER_TEXT
                                        : WRIT_PARAMETER_DECIMAL;

template <ParameterType T>
[[nodiscard]] constexpr writ_parameter to_abi(const Parameter<T>& parameter) noexcept {
  return writ_parameter{
      sizeof(writ_parameter),
      parameter.id,
      parameter.name,
      parameter.doc,
      parameter.unit,
      kParameterType<T>,
      (parameter.default_value == nullptr ? std::uint32_t{WRIT_PARAMETER_REQUIRED} : 0U) |
          (parameter.live ? std::uint32_t{WRIT_PARAMETER_LIVE} : 0U),
      parameter.min,
      parameter.max,
      parameter.default_value};
}

}  // namespace detail

/// The list a plugin class declares as `kParameters`.
template <ParameterType... T>
[[nodiscard]] constexpr std::array<writ_parameter, sizeof...(T)> parameters(
    const Parameter<T>&... parameter) noexcept {
  return {detail::to_abi(parameter)...};
}

/// The values of one instance.
class ParameterValues {
 public:
  /// As create gives them: every parameter has one.
  ParameterValues(const writ_value* values, std::uint32_t count, std::uint32_t stride) {
    const auto* bytes = reinterpret_cast<const std::byte*>(values);
    for (std::uint32_t i = 0; i < count; ++i, bytes += stride) {
      const auto& value = *reinterpret_cast<const writ_value*>(bytes);
      if (!WRIT_HAS(&value, text)) throw std::invalid_argument("a parameter value is too small");
      slots_.push_back({value.parameter, value.type, value.value,
                        value.text == nullptr ? "" : std::string(value.text)});
    }
  }

  template <ParameterType T>
  [[nodiscard]] T get(const Parameter<T>& parameter) const {
    const Slot& slot = find(parameter.id);
    if (slot.type != detail::kParameterType<T>) {
      throw std::invalid_argument(std::string("parameter of another type: ") + parameter.name);
    }
    if constexpr (std::same_as<T, std::string_view>) {
      return slot.text;
    } else if constexpr (std::same_as<T, bool>) {
      return slot.value != 0;
    } else if constexpr (std::same_as<T, Money>) {
      return Money{Int128{slot.value} * 1'000'000'000};  // 1e-9 to 1e-18
    } else {
      return T{slot.value};
    }
  }

  void apply(const writ_parameter_change& change, std::string_view text) {
    Slot& slot = const_cast<Slot&>(find(change.parameter));
    slot.value = change.value;
    slot.text = text;
  }

 private:
  struct Slot {
    std::uint32_t id;
    std::uint32_t type;
    std::int64_t value;
    std::string text;
  };
  [[nodiscard]] const Slot& find(std::uint32_t id) const {
    for (const Slot& slot : slots_) {
      if (slot.id == id) return slot;
    }
    throw std::invalid_argument("no value for parameter " + std::to_string(id));
  }

  std::vector<Slot> slots_;
};

}  // namespace writ
