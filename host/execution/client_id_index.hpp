#pragma once

#include <writ/abi/outcome.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace writ::execution {

/// A client order id as a record has it.
using ClientId = std::array<char, sizeof(writ_order::client_order_id)>;

[[nodiscard]] ClientId client_id_of(const writ_order& order) noexcept;
[[nodiscard]] std::uint64_t hash_of(const ClientId& id) noexcept;

/// Which entry a client order id belongs to; an entry has its order as `record` and stays where it
/// is while it is in here. An open table of small places: finding one is a look at a place or two
/// and at the entry, where a tree of thousands of texts is a walk through memory. Never iterated,
/// so that its order can have no effect.
template <class Entry>
class ClientIdIndex {
 public:
  /// What was there for the same id before is replaced.
  void set(Entry& entry) {
    if (2 * (taken_ + 1) > places_.size()) grow();
    const ClientId id = client_id_of(entry.record);
    Place& place = places_[place_of(id, hash_of(id))];
    taken_ += place.entry == nullptr ? 1 : 0;
    place = {hash_of(id), &entry};
  }
  /// nullptr: none has it.
  [[nodiscard]] Entry* find(const ClientId& id) const noexcept {
    return taken_ == 0 ? nullptr : places_[place_of(id, hash_of(id))].entry;
  }
  /// The entry, if its id stands for it. Those behind that would not be found past a free place
  /// move up.
  void erase(const Entry& entry) noexcept {
    if (taken_ == 0) return;
    const ClientId id = client_id_of(entry.record);
    std::size_t free = place_of(id, hash_of(id));
    if (places_[free].entry != &entry) return;
    --taken_;
    for (std::size_t at = after(free); places_[at].entry != nullptr; at = after(at)) {
      const std::size_t way = (at - places_[at].hash) & (places_.size() - 1);
      const std::size_t gap = (at - free) & (places_.size() - 1);
      if (way < gap) continue;
      places_[free] = places_[at];
      free = at;
    }
    places_[free].entry = nullptr;
  }

 private:
  struct Place {
    std::uint64_t hash = 0;
    Entry* entry = nullptr;  // nullptr: the place is free
  };

  [[nodiscard]] std::size_t after(std::size_t at) const noexcept {
    return (at + 1) & (places_.size() - 1);
  }
  /// The place of the id, or the free one where it would be.
  [[nodiscard]] std::size_t place_of(const ClientId& id, std::uint64_t hash) const noexcept {
    std::size_t at = static_cast<std::size_t>(hash) & (places_.size() - 1);
    while (places_[at].entry != nullptr &&
           (places_[at].hash != hash || client_id_of(places_[at].entry->record) != id)) {
      at = after(at);
    }
    return at;
  }
  void grow() {
    constexpr std::size_t kPlacesMin = 64;
    const auto before = std::exchange(places_, {});
    places_.resize(before.empty() ? kPlacesMin : 2 * before.size());
    for (const Place& place : before) {
      if (place.entry == nullptr) continue;
      std::size_t at = static_cast<std::size_t>(place.hash) & (places_.size() - 1);
      while (places_[at].entry != nullptr) at = after(at);
      places_[at] = place;
    }
  }

  std::vector<Place> places_;  // a power of two, at most half of them taken
  std::size_t taken_ = 0;
};

}  // namespace writ::execution
