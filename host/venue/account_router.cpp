#include "host/venue/account_router.hpp"

#include "host/base/assert.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace writ::venue {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

template <class T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

void AccountRouter::observe(const writ_record& input) {
  shadow_.observe(input);
  for (const auto& route : routes_) route.gateway->observe(input);
}

void AccountRouter::send(const writ_order& order) {
  if (order.book == WRIT_BOOK_SHADOW) return shadow_.send(order);
  if (routes_.empty()) return;
  const auto route = std::find_if(routes_.begin(), routes_.end(), [&order](const Route& known) {
    return known.account == order.account;
  });
  WRIT_ASSERT(route != routes_.end());  // no account trades live without a venue
  route->gateway->send(order);
}

std::optional<std::int64_t> AccountRouter::next_due() const {
  auto first = shadow_.next_due().value_or(kNever);
  for (const auto& route : routes_) {
    first = std::min(first, route.gateway->next_due().value_or(kNever));
  }
  return first == kNever ? std::nullopt : std::optional(first);
}

const writ_record* AccountRouter::take_report(std::int64_t until) {
  execution::OrderGateway* first = &shadow_;
  auto due = shadow_.next_due().value_or(kNever);
  for (const auto& route : routes_) {
    const auto theirs = route.gateway->next_due().value_or(kNever);
    if (theirs >= due) continue;
    due = theirs;
    first = route.gateway;
  }
  return due <= until ? first->take_report(until) : nullptr;
}

std::optional<execution::OrderGateway::Left> AccountRouter::take_left() {
  for (const auto& route : routes_) {
    if (const auto left = route.gateway->take_left()) return left;
  }
  return std::nullopt;
}

void AccountRouter::cancel_everything(std::uint32_t account) {
  for (const auto& route : routes_) {
    if (account == 0 || account == route.account) route.gateway->kill(account);
  }
}

void AccountRouter::ask(const execution::VenueQuestion& question) {
  std::fill(answers_.begin(), answers_.end(), std::nullopt);
  // An order of another venue's is of no instrument there.
  for (const auto& route : routes_) route.gateway->account()->ask(question);
}

std::optional<base::Result<execution::VenueState>> AccountRouter::take_answer() {
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (!answers_[i]) answers_[i] = routes_[i].gateway->account()->take_answer();
    if (answers_[i] && !*answers_[i]) return *std::exchange(answers_[i], std::nullopt);
  }
  if (!std::all_of(answers_.begin(), answers_.end(),
                   [](const auto& answer) { return answer.has_value(); })) {
    return std::nullopt;
  }
  execution::VenueState whole;
  for (auto& answer : answers_) {
    const auto& part = **answer;
    append(whole.open, part.open);
    append(whole.closed, part.closed);
    append(whole.fills, part.fills);
    append(whole.positions, part.positions);
    append(whole.balances, part.balances);
    append(whole.fundings, part.fundings);
    answer.reset();
  }
  std::stable_sort(whole.fills.begin(), whole.fills.end(), [](const auto& a, const auto& b) {
    return a.header.event_ts < b.header.event_ts;
  });
  return whole;
}

}  // namespace writ::venue
