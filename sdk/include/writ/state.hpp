#pragma once

#include <writ/ids.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>
#include <writ/time.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace writ {

/// A saved state that cannot be read back.
class StateError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What can be one field of a saved state.
template <class T>
concept StateField = std::integral<T> || std::same_as<T, double> || std::same_as<T, Price> ||
    std::same_as<T, Quantity> || std::same_as<T, Rate> || std::same_as<T, Duration> ||
    std::same_as<T, ReceiveTime> || std::same_as<T, EventTime>;

/// Collects the state of a plugin, field after field. Same state, same bytes: iterate in a defined
/// order and save nothing that only memory addresses decide.
class StateWriter {
 public:
  template <StateField T>
  void put(T value) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), bytes, bytes + sizeof value);
  }
  void put(std::string_view text) {
    put(static_cast<std::uint64_t>(text.size()));
    const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
    bytes_.insert(bytes_.end(), bytes, bytes + text.size());
  }
  template <class Tag, class Rep>
  void put(StrongId<Tag, Rep> id) {
    put(id.raw());
  }

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

/// Reads back what StateWriter collected, in the same order. Throws StateError when there is less.
class StateReader {
 public:
  explicit StateReader(std::span<const std::byte> bytes) noexcept : rest_(bytes) {}

  template <StateField T>
  [[nodiscard]] T get() {
    T value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  /// Like get, for a field that may be any bytes: what is no bool is an error.
  [[nodiscard]] bool get_bool() {
    const auto byte = get<std::uint8_t>();
    if (byte > 1) throw StateError("saved state: not a boolean");
    return byte == 1;
  }
  [[nodiscard]] std::string get_text() {
    const auto size = get<std::uint64_t>();
    const auto bytes = take(size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  /// A count of elements of at least `element_size` bytes each: never more than can follow.
  [[nodiscard]] std::size_t get_count(std::size_t element_size) {
    const auto count = get<std::uint64_t>();
    if (count > rest_.size() / element_size) throw StateError("saved state: count too large");
    return static_cast<std::size_t>(count);
  }

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

 private:
  std::span<const std::byte> take(std::uint64_t size) {
    if (size > rest_.size()) throw StateError("saved state: truncated");
    const auto bytes = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
    return bytes;
  }

  std::span<const std::byte> rest_;
};

}  // namespace writ
