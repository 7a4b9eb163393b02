#include "host/venue/binance/rate_budget.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace writ::venue::binance {

RateBudget::RateBudget(std::shared_ptr<AddressBudget> address)
    : address_(address ? std::move(address) : std::make_shared<AddressBudget>()) {}

void RateBudget::set_limits(std::span<const RateLimit> limits) {
  std::vector<RateLimit> of_account(limits.begin(), limits.end());
  std::erase_if(of_account,
                [](const RateLimit& limit) { return limit.kind != RateLimitKind::kOrders; });
  orders_.set_limits(of_account);
  address_->set_limits(limits);
}

void RateBudget::set_strategies(std::span<const std::uint32_t> strategies) {
  orders_.set_strategies(strategies);
  address_->add_strategies(strategies);
}

Admission RateBudget::take(const Request& request, std::int64_t now) {
  const bool order = request.kind == RequestKind::kOrder;
  const std::int64_t room = orders_.room_after(request, now);
  const std::int64_t wait_until =
      order && now < orders_stopped_until_ ? std::max(room, orders_stopped_until_) : room;
  if (wait_until != WRIT_NONE) return {false, wait_until};
  const Admission admission = address_->take(request, now);
  if (admission.admitted) orders_.charge(request);
  return admission;
}

void RateBudget::on_use(const RateUse& use, std::int64_t now) {
  if (use.kind == RateLimitKind::kOrders) return orders_.on_use(use, now);
  address_->on_use(use, now);
}

void RateBudget::on_refusal(int status, std::int64_t code,
                            std::optional<std::int64_t> retry_after_ns, std::int64_t now) {
  if (code != -1015 || status == 418) {
    return address_->on_refusal(status, code, retry_after_ns, now);
  }
  orders_stopped_until_ =
      std::max(orders_stopped_until_, refused_until(status, code, retry_after_ns, now));
}

}  // namespace writ::venue::binance
