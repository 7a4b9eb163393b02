#include "host/execution/client_id_index.hpp"

#include <cstring>
#include <utility>

namespace writ::execution {
namespace {

constexpr std::size_t kPlacesMin = 64;

std::uint64_t hash_of(const ClientIdIndex::Id& id) noexcept {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15U;  // 2^64 over the golden ratio
  static_assert(sizeof(ClientIdIndex::Id) % sizeof(std::uint64_t) == 0);
  std::uint64_t hash = 0;
  for (std::size_t at = 0; at < id.size(); at += sizeof hash) {
    std::uint64_t word = 0;
    std::memcpy(&word, id.data() + at, sizeof word);
    hash = (hash ^ word) * kOdd;
    hash ^= hash >> 32U;
  }
  return hash;
}

}  // namespace

std::size_t ClientIdIndex::home_of(const Id& id) const noexcept {
  return static_cast<std::size_t>(hash_of(id)) & (places_.size() - 1);
}

std::size_t ClientIdIndex::place_of(const Id& id) const noexcept {
  std::size_t at = home_of(id);
  while (places_[at].taken && places_[at].id != id) at = after(at);
  return at;
}

void ClientIdIndex::set(const Id& id, std::uint64_t order) {
  if (2 * (taken_ + 1) > places_.size()) grow();
  Place& place = places_[place_of(id)];
  taken_ += place.taken ? 0 : 1;
  place = {id, order, true};
}

const std::uint64_t* ClientIdIndex::find(const Id& id) const noexcept {
  if (taken_ == 0) return nullptr;
  const Place& place = places_[place_of(id)];
  return place.taken ? &place.order : nullptr;
}

// Those behind that would not be found past a free place move up.
void ClientIdIndex::erase(const Id& id) noexcept {
  if (taken_ == 0) return;
  std::size_t free = place_of(id);
  if (!places_[free].taken) return;
  --taken_;
  for (std::size_t at = after(free); places_[at].taken; at = after(at)) {
    const std::size_t way = (at - home_of(places_[at].id)) & (places_.size() - 1);
    const std::size_t gap = (at - free) & (places_.size() - 1);
    if (way < gap) continue;
    places_[free] = places_[at];
    free = at;
  }
  places_[free].taken = false;
}

void ClientIdIndex::grow() {
  const auto before = std::exchange(places_, {});
  places_.resize(before.empty() ? kPlacesMin : 2 * before.size());
  for (const Place& place : before) {
    if (place.taken) places_[place_of(place.id)] = place;
  }
}

}  // namespace writ::execution
