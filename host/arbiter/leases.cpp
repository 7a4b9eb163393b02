#include "host/arbiter/leases.hpp"

namespace writ::arbiter {

void Leases::take(const Market& market, std::uint32_t instrument, std::uint32_t instance) {
  Lease& lease = leases_[market];
  if (lease.owner != instance) taken_.insert(market);
  lease = {instance, instrument, kBusy};
}

void Leases::hold(const Market& market, std::uint32_t instrument, std::uint32_t instance) {
  const Lease* lease = find(market);
  held_.push_back(
      {market, lease == nullptr ? std::nullopt : std::optional(*lease), taken_in_batch(market)});
  take(market, instrument, instance);
}

void Leases::release_held() {
  for (auto before = held_.rbegin(); before != held_.rend(); ++before) {
    if (before->lease) {
      leases_[before->market] = *before->lease;
    } else {
      leases_.erase(before->market);
    }
    if (!before->taken) taken_.erase(before->market);
  }
  held_.clear();
}

bool Leases::rest(const Market& market, std::int64_t now, std::int64_t kept_ns) {
  const auto at = leases_.find(market);
  if (at == leases_.end()) return false;
  Lease& lease = at->second;
  if (!lease.is_idle()) lease.idle_since = now;
  if (now - lease.idle_since < kept_ns) return false;
  leases_.erase(at);
  return true;
}

void Leases::wake(const Market& market) {
  const auto at = leases_.find(market);
  if (at != leases_.end()) at->second.idle_since = kBusy;
}

void Leases::release_all(std::uint32_t instance, std::uint32_t account) {
  std::erase_if(leases_, [=](const auto& lease) {
    return lease.second.owner == instance && (account == 0 || lease.first.first == account);
  });
}

const Leases::Lease* Leases::find(const Market& market) const {
  const auto at = leases_.find(market);
  return at == leases_.end() ? nullptr : &at->second;
}

std::vector<std::pair<Market, Leases::Lease>> Leases::expired(std::int64_t now,
                                                              std::int64_t kept_ns) const {
  std::vector<std::pair<Market, Lease>> found;
  for (const auto& [market, lease] : leases_) {
    if (lease.is_idle() && now - lease.idle_since >= kept_ns) found.emplace_back(market, lease);
  }
  return found;
}

std::optional<std::int64_t> Leases::next_expiry(std::int64_t kept_ns) const {
  std::optional<std::int64_t> next;
  for (const auto& [market, lease] : leases_) {
    std::int64_t expiry = 0;
    if (!lease.is_idle() || __builtin_add_overflow(lease.idle_since, kept_ns, &expiry)) continue;
    next = std::min(next.value_or(expiry), expiry);
  }
  return next;
}

void Leases::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(leases_.size()));
  for (const auto& [market, lease] : leases_) {
    out.put(market.first);
    out.put(market.second);
    out.put(lease.owner);
    out.put(lease.instrument);
    out.put(lease.idle_since);
  }
}

bool Leases::load(base::ByteReader& in) {
  leases_.clear();
  taken_.clear();
  for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
    const auto account = in.get<std::uint32_t>();
    const auto market = in.get<std::uint64_t>();
    const auto owner = in.get<std::uint32_t>();
    const auto instrument = in.get<std::uint32_t>();
    leases_[{account, market}] = {owner, instrument, in.get<std::int64_t>()};
  }
  return in.ok();
}

}  // namespace writ::arbiter
