#include "host/venue/binance/account_round.hpp"

#include "host/execution/client_order_id.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace writ::venue::binance {
namespace {

using base::Errc;
using base::Error;
using base::Result;
using execution::VenueOrder;
using execution::VenueState;

constexpr std::size_t kPage = 1'000;
// A list of orders weighs as much as so many look-ups of one, on both markets.
constexpr std::size_t kListWeighs = 5;
constexpr std::size_t kRemembered = 100'000;

bool has_ended(const VenueOrder& order) {
  using execution::OrderState;
  return order.state != OrderState::kOpen && order.state != OrderState::kPartial;
}

std::int64_t number_of(std::string_view venue_order_id) noexcept {
  std::int64_t number = 0;
  std::from_chars(venue_order_id.data(), venue_order_id.data() + venue_order_id.size(), number);
  return number;
}

/// A question about one order, by our id of it or by the venue's number.
writ_order question_about(std::string_view client_id, const std::string& number) {
  auto order = model::make_record<writ_order>();
  order.command = WRIT_COMMAND_LOOKUP;
  const bool fits = model::set_text(order.client_order_id, client_id) &&
                    model::set_text(order.venue_order_id, number);
  WRIT_ASSERT(fits);
  return order;
}

}  // namespace

AccountRound::AccountRound(VenueLine& line, const VenueNames& names, AssetPrice price)
    : line_(line), names_(names), price_(std::move(price)) {}

void AccountRound::begin(execution::VenueQuestion question, std::int64_t now, Done done) {
  ++round_;
  question_ = std::move(question);
  done_ = std::move(done);
  steps_.clear();
  pages_.clear();
  wanted_.clear();
  state_ = {};
  stage_ = 0;
  names_.for_each_instrument([this](const std::string& symbol, const writ_instrument& instrument) {
    ask_symbol(symbol, instrument.instrument);
  });
  next(now);
}

void AccountRound::ask_symbol(const std::string& symbol, std::uint32_t instrument) {
  steps_.push_back({open_orders_request(line_.market(), symbol), [this](const VenueAnswer& answer) {
                      auto orders = read_orders(answer.body, names_);
                      if (!orders) return Result<void>(orders.error());
                      for (const VenueOrder& order : *orders) learn(order);
                      state_.open.insert(state_.open.end(), orders->begin(), orders->end());
                      return Result<void>();
                    }});
  steps_.push_back(
      {trades_request(line_.market(), symbol, 0, std::max<std::int64_t>(0, question_.fills_since)),
       [this, symbol, instrument](const VenueAnswer& answer) {
         return read_page(symbol, instrument, answer.body);
       }});
}

Result<void> AccountRound::read_page(const std::string& symbol, std::uint32_t instrument,
                                     std::string_view body) {
  const auto numbers = read_trade_numbers(body);
  if (!numbers) return numbers.error();
  if (numbers->trades == 0) return {};
  pages_.push_back({instrument, std::string(body)});
  if (numbers->trades < kPage) return {};
  steps_.push_front({trades_from_request(line_.market(), symbol, numbers->last + 1),
                     [this, symbol, instrument](const VenueAnswer& answer) {
                       return read_page(symbol, instrument, answer.body);
                     }});
  return {};
}

// Whose trades they are, and what became of the orders that are not open any more.
void AccountRound::want_orders() {
  for (const TradePage& page : pages_) {
    const auto numbers = read_trade_numbers(page.body);
    for (const auto& [symbol, number] : numbers->orders) {
      if (client_ids_.count({page.instrument, std::to_string(number)}) == 0) {
        wanted_[page.instrument].numbers.insert(number);
      }
    }
  }
  for (const auto& order : question_.orders) {
    const bool open = std::any_of(state_.open.begin(), state_.open.end(), [&](const auto& there) {
      return there.client_order_id == order.client_order_id;
    });
    if (open || names_.instrument(order.instrument) == nullptr ||
        !execution::is_own_client_order_id(order.client_order_id)) {
      continue;
    }
    wanted_[order.instrument].client_ids.insert(order.client_order_id);
  }
}

// One question, whose answer may spare others; false: nothing is wanted any more.
bool AccountRound::ask_orders() {
  while (!wanted_.empty() && wanted_.begin()->second.size() == 0) wanted_.erase(wanted_.begin());
  if (wanted_.empty()) return false;
  auto& [number, wanted] = *wanted_.begin();
  const writ_instrument& instrument = *names_.instrument(number);
  if (wanted.by_lists && wanted.size() > kListWeighs) {
    ask_list(instrument, wanted.numbers.empty() ? 0 : *wanted.numbers.begin());
  } else {
    ask_order(instrument, wanted);
  }
  return true;
}

void AccountRound::ask_list(const writ_instrument& instrument, std::int64_t from) {
  steps_.push_back({all_orders_request(line_.market(), model::text_of(instrument.symbol), from),
                    [this, from, number = instrument.instrument](const VenueAnswer& answer) {
                      return read_list(number, from, answer.body);
                    }});
}

Result<void> AccountRound::read_list(std::uint32_t instrument, std::int64_t from,
                                     std::string_view body) {
  auto orders = read_orders(body, names_);
  if (!orders) return orders.error();
  Wanted& wanted = wanted_.at(instrument);
  const std::size_t before = wanted.size();
  for (VenueOrder& order : *orders) {
    if (wanted.numbers.erase(number_of(order.venue_order_id)) != 0) learn(order);
    if (!has_ended(order) || wanted.client_ids.erase(order.client_order_id) == 0) continue;
    state_.closed.push_back(std::move(order));
  }
  const bool goes_on = from != 0 && orders->size() >= kPage;
  wanted.by_lists = goes_on && before - wanted.size() >= kListWeighs;
  return {};
}

void AccountRound::ask_order(const writ_instrument& instrument, Wanted& wanted) {
  const bool asked_for = wanted.numbers.empty();
  writ_order about;
  if (asked_for) {
    about = question_about(*wanted.client_ids.begin(), {});
    wanted.client_ids.erase(wanted.client_ids.begin());
  } else {
    about = question_about({}, std::to_string(*wanted.numbers.begin()));
    wanted.numbers.erase(wanted.numbers.begin());
  }
  const auto request = order_request(line_.market(), instrument, about, {});
  WRIT_ASSERT(request);
  steps_.push_back(
      {*request,
       [this, asked_for](const VenueAnswer& answer) { return read_order(answer.body, asked_for); },
       true});
}

Result<void> AccountRound::read_order(std::string_view body, bool asked_for) {
  auto orders = read_orders(body, names_);
  if (!orders) return orders.error();
  for (VenueOrder& order : *orders) {
    learn(order);
    const auto wanted = wanted_.find(order.instrument);
    const bool wanted_too =
        wanted != wanted_.end() && wanted->second.client_ids.erase(order.client_order_id) != 0;
    if (!asked_for && !wanted_too) continue;
    (has_ended(order) ? state_.closed : state_.open).push_back(std::move(order));
  }
  return {};
}

void AccountRound::ask_account() {
  steps_.push_back({account_request(line_.market()), [this](const VenueAnswer& answer) {
                      auto balances = read_balances(answer.body, names_);
                      if (!balances) return Result<void>(balances.error());
                      state_.balances = std::move(*balances);
                      if (line_.market() == Market::kSpot) return Result<void>();
                      auto positions = read_positions(answer.body, names_);
                      if (!positions) return Result<void>(positions.error());
                      state_.positions = std::move(*positions);
                      return take_off_costs(answer.body);
                    }});
  if (line_.market() == Market::kSpot) return;
  steps_.push_back({funding_request(std::max<std::int64_t>(0, question_.funding_since)),
                    [this](const VenueAnswer& answer) {
                      auto fundings = read_fundings(answer.body, names_);
                      if (!fundings) return Result<void>(fundings.error());
                      state_.fundings = std::move(*fundings);
                      return Result<void>();
                    }});
}

// The venue closes at a position's average price, the host lot by lot: what they hold is the same
// only less what the open positions cost, and so it is told.
base::Result<void> AccountRound::take_off_costs(std::string_view body) {
  const auto costs = read_position_costs(body, names_);
  if (!costs) return costs.error();
  for (const auto& [asset, cost] : *costs) {
    const auto held = std::find_if(state_.balances.begin(), state_.balances.end(),
                                   [&](const auto& one) { return one.asset == asset; });
    if (held == state_.balances.end()) {
      state_.balances.push_back({names_.account(), asset, -cost});
    } else {
      held->amount = held->amount - cost;
    }
  }
  return {};
}

void AccountRound::next(std::int64_t now) {
  while (steps_.empty()) {
    if (stage_ == 1 && ask_orders()) break;
    ++stage_;
    if (stage_ == 1) want_orders();
    if (stage_ == 2) ask_account();
    if (stage_ == 3) return finish(now);
  }
  Step step = std::move(steps_.front());
  steps_.pop_front();
  const VenueRequest request = step.request;
  const auto refusal =
      line_.ask(request, 0, false, now,
                [this, round = round_, step = std::move(step)](const VenueAnswer& answer) {
                  if (round == round_ && done_) on_answer(step, answer);
                });
  if (!refusal) return;
  end(refusal->reason == WRIT_REPORT_REASON_RATE_LIMIT
          ? Error(Errc::kFull, "ask the venue: its rate limit leaves no room")
          : Error(Errc::kRejected, "ask the venue: nothing signed may leave"),
      now);
}

void AccountRound::on_answer(const Step& step, const VenueAnswer& answer) {
  if (answer.kind != VenueAnswer::Kind::kAnswered) {
    return end(Error(Errc::kTimeout, "ask the venue: no answer"), answer.received);
  }
  if (answer.status != 200) {
    const bool missing =
        step.may_be_missing && is_not_found(line_.market(), answer.status, answer.body);
    if (!missing) {
      return end(Error(Errc::kRejected, "ask the venue: refused", answer.status), answer.received);
    }
  } else if (const auto read = step.read(answer); !read) {
    return end(read.error(), answer.received);
  }
  next(answer.received);
}

void AccountRound::finish(std::int64_t now) {
  for (const TradePage& page : pages_) {
    auto fills = read_trades(
        page.body, names_,
        [this](std::uint32_t instrument, std::int64_t order) {
          return client_id(instrument, order);
        },
        price_);
    if (!fills) return end(fills.error(), now);
    state_.fills.insert(state_.fills.end(), fills->begin(), fills->end());
  }
  std::stable_sort(
      state_.fills.begin(), state_.fills.end(),
      [](const writ_fill& a, const writ_fill& b) { return a.header.event_ts < b.header.event_ts; });
  end(std::move(state_), now);
}

void AccountRound::end(Result<VenueState> result, std::int64_t now) {
  steps_.clear();
  const Done done = std::exchange(done_, nullptr);
  done(std::move(result), now);
}

std::string AccountRound::client_id(std::uint32_t instrument, std::int64_t order) const {
  const auto known = client_ids_.find({instrument, std::to_string(order)});
  return known == client_ids_.end() ? "" : known->second;
}

void AccountRound::learn(const VenueOrder& order) {
  client_ids_[{order.instrument, order.venue_order_id}] = order.client_order_id;
  if (client_ids_.size() > kRemembered) client_ids_.erase(client_ids_.begin());
}

}  // namespace writ::venue::binance
