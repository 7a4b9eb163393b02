#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace writ::base {

/// What can be saved byte for byte and means the same when read back.
template <class T>
concept PlainField = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>;

/// Saved state as bytes: fields one after the other, host byte order, no padding between them.
/// Same state, same bytes.
class ByteWriter {
 public:
  template <PlainField T>
  void put(const T& value) {
    static_assert(std::has_unique_object_representations_v<T>, "padding or a double would leak");
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof(T));
    std::memcpy(bytes_.data() + at, &value, sizeof(T));
  }
  /// Each, as if put one after the other.
  template <PlainField T>
  void put_all(std::span<const T> values) {
    static_assert(std::has_unique_object_representations_v<T>, "padding or a double would leak");
    const auto bytes = std::as_bytes(values);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void put_double(double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    put(bits);
  }
  void put_bytes(std::span<const std::byte> bytes) {
    put(static_cast<std::uint64_t>(bytes.size()));
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void put_text(std::string_view text) { put_bytes(std::as_bytes(std::span{text})); }

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::vector<std::byte> take() noexcept { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

/// Reads back what ByteWriter wrote. The first read past the end, or a length that does not fit,
/// makes `ok()` false for good and every later read gives zero.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <PlainField T>
  [[nodiscard]] T get() {
    T value{};
    if (!ok_ || rest_.size() < sizeof(T)) {
      ok_ = false;
      return value;
    }
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_ = rest_.subspan(sizeof(T));
    return value;
  }
  [[nodiscard]] double get_double() {
    const auto bits = get<std::uint64_t>();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  [[nodiscard]] std::span<const std::byte> get_bytes() {
    const auto size = get<std::uint64_t>();
    if (!ok_ || rest_.size() < size) {
      ok_ = false;
      return {};
    }
    const auto bytes = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
    return bytes;
  }
  [[nodiscard]] std::string get_text() {
    const auto bytes = get_bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  /// Everything was read and nothing is left over.
  [[nodiscard]] bool complete() const noexcept { return ok_ && rest_.empty(); }

 private:
  std::span<const std::byte> rest_;
  bool ok_ = true;
};

}  // namespace writ::base
