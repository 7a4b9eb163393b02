#include "host/venue/binance/account_desk.hpp"

#include "host/model/record_view.hpp"

#include <writ/abi/plugin.h>

#include <algorithm>

namespace writ::venue::binance {
namespace {

AssetPrice price_from(const std::map<std::pair<std::uint32_t, std::uint32_t>, Price>& rates) {
  return [&rates](std::uint32_t asset, std::uint32_t into) -> std::optional<Price> {
    const auto known = rates.find({asset, into});
    if (known == rates.end()) return std::nullopt;
    return known->second;
  };
}

}  // namespace

AccountDesk::AccountDesk(AccountSetup setup, const Credentials& credentials,
                         std::function<bool(const writ_order&)> latch, TellRecord tell,
                         std::int64_t begun)
    : setup_(std::move(setup)),
      names_(setup_.market, setup_.account),
      line_(setup_.market, credentials, setup_.line),
      keeper_(line_),
      sweep_(line_),
      notices_(setup_.market, setup_.account, tell),
      orders_(
          line_, names_, seen_,
          {std::move(latch), [this](const std::string& symbol,
                                    std::int64_t now) { return keeper_.is_armed(symbol, now); }},
          tell, price_from(rates_), setup_.orders),
      user_(line_, names_, seen_, tell, price_from(rates_), begun),
      round_(line_, names_, price_from(rates_)) {
  line_.budget().set_limits(setup_.listing.rate_limits);
}

// --- from the core -----------------------------------------------------------------------------

void AccountDesk::enter(const writ_record& table) {
  if (const auto* asset = model::as<writ_asset>(table)) names_.add(*asset);
  if (const auto* rate = model::as<writ_conversion>(table)) {
    rates_[{rate->asset, rate->into}] = Price{rate->rate};
  }
  if (const auto* instance = model::as<writ_instance>(table)) {
    if (instance->kind == WRIT_PLUGIN_STRATEGY) strategies_.push_back(instance->instance);
    line_.budget().set_strategies(strategies_);
  }
  const auto* instrument = model::as<writ_instrument>(table);
  if (instrument == nullptr || model::text_of(instrument->venue) != venue_name(setup_.market)) {
    return;
  }
  names_.add(*instrument);
  const std::string symbol(model::text_of(instrument->symbol));
  if (const ListedSymbol* listed = setup_.listing.find(symbol)) {
    orders_.set_rules(symbol, listed->rules);
    keeper_.guard(symbol);
  }
}

void AccountDesk::ask(execution::VenueQuestion question, AccountRound::Done done) {
  question_ = Question{std::move(question), std::move(done)};
}

void AccountDesk::begin_round(std::int64_t now) {
  auto [question, done] = *std::exchange(question_, std::nullopt);
  round_.begin(
      std::move(question), now,
      [this, done = std::move(done)](base::Result<execution::VenueState> state, std::int64_t at) {
        if (!state && state.error().code() == base::Errc::kUnsupported) {
          notices_.halt(base::to_string(state.error()));
        }
        done(std::move(state), at);
      });
}

void AccountDesk::cancel_everything(std::int64_t now) {
  std::vector<std::string> symbols;
  names_.for_each_instrument(
      [&](const std::string& symbol, const writ_instrument&) { symbols.push_back(symbol); });
  sweep_.begin(symbols, now);
}

// --- from the connections ----------------------------------------------------------------------

void AccountDesk::orders_opened(std::int64_t now) {
  line_.socket_opened();
  orders_lost_ = false;
  if (setup_.market == Market::kSpot) user_.opened(now);
}

void AccountDesk::orders_message(std::string_view message, std::int64_t now) {
  if (!line_.on_message(message, now) && setup_.market == Market::kSpot) {
    user_.on_event(message, now);
  }
}

void AccountDesk::orders_closed(std::string_view why, std::int64_t now) {
  line_.socket_closed(now);
  if (setup_.market == Market::kSpot) {
    user_.closed(why, now);
  } else if (!std::exchange(orders_lost_, true)) {
    notices_.warn("the connection for orders is down, they go by REST: " + std::string(why));
  }
}

void AccountDesk::on_http(const std::string& id, int status,
                          const std::vector<std::pair<std::string, std::string>>& headers,
                          std::string_view body, std::int64_t sent, std::int64_t now) {
  rest_failing_ = false;
  line_.on_http(id, status, headers, body, sent, now);
}

void AccountDesk::on_http_failure(const std::string& id, bool not_sent, std::string_view why,
                                  std::int64_t now) {
  if (!std::exchange(rest_failing_, true)) {
    notices_.warn("a request got no answer: " + std::string(why));
  }
  line_.on_http_failure(id, not_sent, now);
}

// --- what is due -------------------------------------------------------------------------------

std::int64_t AccountDesk::next_due() const noexcept {
  return std::min({line_.next_due(), keeper_.next_due(), sweep_.next_due(), user_.next_due()});
}

std::vector<WrittenRequest> AccountDesk::turn(std::int64_t now) {
  // What happens from the round on is told by the stream: nothing falls between the two.
  if (question_ && user_.is_live()) begin_round(now);
  if (line_.next_due() <= now) line_.on_time(now);
  if (sweep_.next_due() <= now) sweep_.on_time(now);
  if (keeper_.next_due() <= now) keeper_.on_time(now);
  if (user_.next_due() <= now) user_.on_time(now);
  if (line_.take_socket_silent()) orders_over_ = true;  // what follows goes by REST meanwhile
  if (user_.take_leaving()) {
    (setup_.market == Market::kSpot ? orders_over_ : reports_over_) = true;
  }
  warn(now);
  return line_.take_requests();
}

void AccountDesk::warn(std::int64_t now) {
  for (const std::string& text : line_.take_warnings()) notices_.warn(text);
  const auto unfit = line_.clock().estimate() ? line_.refusal_of_orders() : std::nullopt;
  if (unfit && !unfit_) notices_.warn("no order leaves: " + unfit->why);
  unfit_ = unfit.has_value();
  for (const std::string& symbol : keeper_.take_fired(now)) {
    notices_.warn(
        "the dead-man switch was not armed again in time: the venue may have cancelled "
        "the orders in " +
        symbol);
  }
}

}  // namespace writ::venue::binance
