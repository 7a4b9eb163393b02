#include "host/execution/client_id_index.hpp"

#include "host/model/record_view.hpp"

#include <algorithm>

namespace writ::execution {

// What follows the text's end is no part of it.
ClientId client_id_of(const writ_order& order) noexcept {
  ClientId id{};
  const auto text = model::text_of(order.client_order_id);
  std::copy(text.begin(), text.end(), id.begin());
  return id;
}

std::uint64_t hash_of(const ClientId& id) noexcept {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15U;  // 2^64 over the golden ratio
  static_assert(sizeof(ClientId) % sizeof(std::uint64_t) == 0);
  std::uint64_t hash = 0;
  for (std::size_t at = 0; at < id.size(); at += sizeof hash) {
    std::uint64_t word = 0;
    std::memcpy(&word, id.data() + at, sizeof word);
    hash = (hash ^ word) * kOdd;
    hash ^= hash >> 32U;
  }
  return hash;
}

}  // namespace writ::execution
