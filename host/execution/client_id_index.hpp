#pragma once

#include <writ/abi/outcome.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace writ::execution {

/// Which order a client order id belongs to. An open table: finding one is a look at a place or
/// two, where a tree of thousands of texts is a walk through memory. Never iterated, so that its
/// order can have no effect.
class ClientIdIndex {
 public:
  using Id = std::array<char, sizeof(writ_order::client_order_id)>;

  /// What was set for the same id before is replaced.
  void set(const Id& id, std::uint64_t order);
  /// nullptr: no order has it. Valid until the next change.
  [[nodiscard]] const std::uint64_t* find(const Id& id) const noexcept;
  void erase(const Id& id) noexcept;

 private:
  struct Place {
    Id id{};
    std::uint64_t order = 0;
    bool taken = false;
  };

  [[nodiscard]] std::size_t home_of(const Id& id) const noexcept;
  [[nodiscard]] std::size_t after(std::size_t at) const noexcept {
    return (at + 1) & (places_.size() - 1);
  }
  /// The place of the id, or the free one where it would be.
  [[nodiscard]] std::size_t place_of(const Id& id) const noexcept;
  void grow();

  std::vector<Place> places_;  // a power of two, at most half of them taken
  std::size_t taken_ = 0;
};

}  // namespace writ::execution
