#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace writ::venue::binance {

/// Bytes nobody else may see: wiped before their memory is given back. Neither copied nor printed.
class Secret {
 public:
  Secret() noexcept = default;
  /// So many zero bytes, to be read into.
  explicit Secret(std::size_t size);
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  [[nodiscard]] std::span<char> bytes() noexcept { return {bytes_.get(), size_}; }
  /// Valid while this object lives and is not moved from.
  [[nodiscard]] std::string_view reveal() const noexcept { return {bytes_.get(), size_}; }

 private:
  void wipe() noexcept;

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace writ::venue::binance
