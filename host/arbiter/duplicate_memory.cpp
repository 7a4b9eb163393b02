#include "host/arbiter/duplicate_memory.hpp"

namespace writ::arbiter {

bool DuplicateMemory::Approved::is_alike(const writ_intent& intent) const noexcept {
  return kind == intent.kind && side == intent.side && price == intent.price &&
         quantity == intent.quantity;
}

void DuplicateMemory::note(const writ_intent& intent, std::uint64_t intent_id, std::int64_t now,
                           std::int64_t window_ns) {
  auto& approved = approved_[owner_of(intent)];
  while (!approved.empty() && now - approved.front().approved_at >= window_ns) {
    approved.pop_front();
  }
  approved.push_back({now, intent_id, intent.price, intent.quantity, intent.kind, intent.side});
}

void DuplicateMemory::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(approved_.size()));
  for (const auto& [owner, approved] : approved_) {
    const auto [account, instance, instrument] = owner;
    out.put(account);
    out.put(instance);
    out.put(instrument);
    out.put(static_cast<std::uint64_t>(approved.size()));
    for (const Approved& one : approved) {
      out.put(one.approved_at);
      out.put(one.intent_id);
      out.put(one.price);
      out.put(one.quantity);
      out.put(one.kind);
      out.put(one.side);
    }
  }
}

bool DuplicateMemory::load(base::ByteReader& in) {
  approved_.clear();
  for (auto owners = in.get<std::uint64_t>(); owners > 0 && in.ok(); --owners) {
    const auto account = in.get<std::uint32_t>();
    const auto instance = in.get<std::uint32_t>();
    auto& approved = approved_[{account, instance, in.get<std::uint32_t>()}];
    for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
      Approved one{};
      one.approved_at = in.get<std::int64_t>();
      one.intent_id = in.get<std::uint64_t>();
      one.price = in.get<std::int64_t>();
      one.quantity = in.get<std::int64_t>();
      one.kind = in.get<std::uint16_t>();
      one.side = in.get<std::uint16_t>();
      if (!approved.empty() && one.approved_at < approved.back().approved_at) return false;
      approved.push_back(one);
    }
  }
  return in.ok();
}

}  // namespace writ::arbiter
