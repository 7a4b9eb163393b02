#include "host/venue/binance/gateway_desk.hpp"

#include "host/model/record_view.hpp"

#include <writ/abi/plugin.h>

#include <algorithm>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kHandOverAgain = 2 * kMs;
constexpr std::size_t kCommandsMax = 4'096;
constexpr std::size_t kToldMax = 16'384;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

AssetPrice price_from(const std::map<std::pair<std::uint32_t, std::uint32_t>, Price>& rates) {
  return [&rates](std::uint32_t asset, std::uint32_t into) -> std::optional<Price> {
    const auto known = rates.find({asset, into});
    if (known == rates.end()) return std::nullopt;
    return known->second;
  };
}

}  // namespace

GatewayDesk::GatewayDesk(net::IoThread& thread, GatewaySetup setup, const Credentials& credentials,
                         std::function<void()> wake, std::function<bool(const writ_order&)> latch)
    : thread_(thread),
      setup_(std::move(setup)),
      credentials_(credentials),
      wake_(std::move(wake)),
      names_(setup_.market, setup_.account),
      line_(setup_.market, credentials_, setup_.line),
      keeper_(line_),
      sweep_(line_),
      notices_(setup_.market, setup_.account, [this](const writ_record& told) { tell(told); }),
      orders_(
          line_, names_, seen_,
          {std::move(latch), [this](const std::string& symbol,
                                    std::int64_t now) { return keeper_.is_armed(symbol, now); }},
          [this](const writ_record& told) { tell(told); }, price_from(rates_), setup_.orders),
      user_(
          line_, names_, seen_, [this](const writ_record& told) { tell(told); }, price_from(rates_),
          net::wall_clock_ns()),
      round_(line_, names_, price_from(rates_)),
      commands_(kCommandsMax),
      told_(kToldMax) {
  line_.budget().set_limits(setup_.listing.rate_limits);
}

// --- the sequencer's side ----------------------------------------------------------------------

bool GatewayDesk::push(Command&& command) {
  if (!commands_.try_push(std::move(command))) return false;
  if (!drain_posted_.exchange(true)) later(0, [](GatewayDesk& desk) { desk.drain(); });
  return true;
}

std::optional<GatewayDesk::Answer> GatewayDesk::take_answer(std::uint64_t number) {
  const std::lock_guard lock(answer_mutex_);
  if (!answer_ || answer_->first != number) return std::nullopt;
  std::optional<Answer> answer(std::move(answer_->second));
  answer_.reset();
  return answer;
}

void GatewayDesk::cancel_everything() {
  later(0, [](GatewayDesk& desk) {
    std::vector<std::string> symbols;
    desk.names_.for_each_instrument(
        [&](const std::string& symbol, const writ_instrument&) { symbols.push_back(symbol); });
    desk.sweep_.begin(symbols, net::wall_clock_ns());
    desk.pump();
  });
}

// --- the thread --------------------------------------------------------------------------------

void GatewayDesk::later(std::int64_t delay_ns, std::function<void(GatewayDesk&)> task) {
  auto run = [self = weak_from_this(), task = std::move(task)] {
    const auto desk = self.lock();
    if (desk && !desk->stopped_) task(*desk);
  };
  if (delay_ns <= 0) return thread_.post(std::move(run));
  thread_.after(delay_ns, std::move(run));
}

void GatewayDesk::start() {
  rest_.emplace(thread_, setup_.rest);
  connect_orders();
  pump();
}

void GatewayDesk::stop() {
  stopped_ = true;
  order_socket_.reset();
  report_socket_.reset();
  rest_.reset();
}

void GatewayDesk::drain() {
  drain_posted_ = false;
  while (auto command = commands_.try_pop()) carry_out(*command);
  pump();
}

void GatewayDesk::carry_out(Command& command) {
  if (auto* order = std::get_if<writ_order>(&command)) {
    orders_.on_command(*order, net::wall_clock_ns());
  } else if (auto* table = std::get_if<model::RecordWords>(&command)) {
    enter_table(model::record_in(*table));
  } else {
    question_ = std::move(std::get<Question>(command));
  }
}

void GatewayDesk::enter_table(const writ_record& table) {
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

void GatewayDesk::begin_round() {
  const Question question = *std::exchange(question_, std::nullopt);
  round_.begin(question.question, net::wall_clock_ns(),
               [this, number = question.number](Answer state, std::int64_t) {
                 if (!state && state.error().code() == base::Errc::kUnsupported) {
                   notices_.halt(base::to_string(state.error()));
                 }
                 answer(number, std::move(state));
               });
}

void GatewayDesk::answer(std::uint64_t number, Answer state) {
  {
    const std::lock_guard lock(answer_mutex_);
    answer_.emplace(number, std::move(state));
  }
  wake_();
}

// --- connections -------------------------------------------------------------------------------

void GatewayDesk::connect_orders() {
  const bool spot = setup_.market == Market::kSpot;
  net::WebSocketHandlers handlers;
  handlers.opened = [this, spot] {
    line_.socket_opened();
    orders_lost_ = false;
    if (spot) user_.opened(net::wall_clock_ns());
    pump();
  };
  handlers.message = [this, spot](std::string_view message, std::int64_t received) {
    if (!line_.on_message(message, received) && spot) user_.on_event(message, received);
    pump();
  };
  handlers.closed = [this, spot](const net::Failure& why) {
    const std::int64_t now = net::wall_clock_ns();
    line_.socket_closed(now);
    if (spot) user_.closed(why.text(), now);
    if (!spot && !std::exchange(orders_lost_, true)) {
      notices_.warn("the connection for orders is down, they go by REST: " + why.text());
    }
    pump();
  };
  const std::string own_path = spot ? "/ws-api/v3" : "/ws-fapi/v1";
  order_socket_.emplace(thread_, setup_.socket_api,
                        setup_.socket_api.prefix.empty() ? own_path : std::string(),
                        std::move(handlers));
}

void GatewayDesk::connect_reports(const std::string& listen_key) {
  net::WebSocketHandlers handlers;
  handlers.opened = [this] {
    user_.opened(net::wall_clock_ns());
    pump();
  };
  handlers.message = [this](std::string_view message, std::int64_t received) {
    user_.on_event(message, received);
    pump();
  };
  handlers.closed = [this](const net::Failure& why) {
    user_.closed(why.text(), net::wall_clock_ns());
    pump();
  };
  report_socket_ = std::make_unique<net::WebSocketClient>(
      thread_, setup_.stream, "/private/ws?listenKey=" + percent_encoded(listen_key),
      std::move(handlers));
}

void GatewayDesk::write(WrittenRequest request) {
  if (request.way == Way::kSocket) {
    if (!order_socket_->send(std::move(request.message))) {
      line_.not_written(request.id, net::wall_clock_ns());
    }
    return;
  }
  net::HttpAsk asked;
  asked.method = request.http.method;
  asked.target = std::move(request.http.target);
  if (!request.http.api_key.empty()) {
    asked.headers.emplace_back("X-MBX-APIKEY", request.http.api_key);
  }
  asked.timeout_ns = request.timeout_ns;
  // The client lives no longer than this does.
  rest_->ask(std::move(asked), [this, id = std::move(request.id)](const net::HttpResult& result) {
    on_answer(id, result);
  });
}

void GatewayDesk::on_answer(const std::string& id, const net::HttpResult& result) {
  if (result) {
    rest_failing_ = false;
    line_.on_http(id, result->status, result->headers, result->body, result->sent_ts,
                  result->received_ts);
  } else {
    if (!std::exchange(rest_failing_, true)) {
      notices_.warn("a request got no answer: " + result.error().text());
    }
    line_.on_http_failure(id, result.error().reach() == net::Failure::kNotSent,
                          net::wall_clock_ns());
  }
  pump();
}

// --- what is due -------------------------------------------------------------------------------

std::int64_t GatewayDesk::next_due() const noexcept {
  return std::min({line_.next_due(), keeper_.next_due(), sweep_.next_due(), user_.next_due()});
}

void GatewayDesk::pump() {
  std::int64_t now = net::wall_clock_ns();
  if (question_ && line_.clock().estimate()) begin_round();
  while (true) {
    if (line_.next_due() <= now) line_.on_time(now);
    if (sweep_.next_due() <= now) sweep_.on_time(now);
    if (keeper_.next_due() <= now) keeper_.on_time(now);
    if (user_.next_due() <= now) user_.on_time(now);
    auto requests = line_.take_requests();
    if (requests.empty()) break;
    for (WrittenRequest& request : requests) write(std::move(request));
    now = net::wall_clock_ns();
  }
  if (line_.take_socket_silent()) order_socket_->drop();  // what follows goes by REST meanwhile
  if (user_.take_leaving()) {
    (setup_.market == Market::kSpot ? *order_socket_ : *report_socket_).drop();
  }
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
  if (const auto key = user_.take_listen_key()) connect_reports(*key);
  hand_over();
  const std::int64_t due = waiting_.empty() ? next_due() : now + kHandOverAgain;
  if (due == kNever || due >= timer_at_) return;
  timer_at_ = due;
  later(std::max<std::int64_t>(1, due - now), [](GatewayDesk& desk) {
    desk.timer_at_ = kNever;
    desk.pump();
  });
}

// --- to the sequencer --------------------------------------------------------------------------

void GatewayDesk::tell(const writ_record& record) {
  auto words = model::words_of(record);
  model::record_in(words).ingest_ts = net::wall_clock_ns();
  waiting_.push_back(std::move(words));
}

void GatewayDesk::hand_over() {
  bool any = false;
  while (!waiting_.empty() && told_.try_push(std::move(waiting_.front()))) {
    waiting_.pop_front();
    any = true;
  }
  if (any) wake_();
}

}  // namespace writ::venue::binance
