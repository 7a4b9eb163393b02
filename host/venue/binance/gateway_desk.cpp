#include "host/venue/binance/gateway_desk.hpp"

#include "host/model/record_view.hpp"

#include <algorithm>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kHandOverAgain = 2 * kMs;
constexpr std::size_t kCommandsMax = 4'096;
constexpr std::size_t kToldMax = 16'384;
constexpr std::size_t kLeftMax = 1'024;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

}  // namespace

GatewayDesk::GatewayDesk(net::IoThread& thread, GatewaySetup setup, const Credentials& credentials,
                         std::function<void()> wake, std::function<bool(const writ_order&)> latch)
    : thread_(thread),
      market_(setup.market),
      rest_at_(std::move(setup.rest)),
      orders_at_(std::move(setup.socket_api)),
      reports_at_(std::move(setup.stream)),
      wake_(std::move(wake)),
      timed_(setup.timed),
      account_(
          std::move(static_cast<AccountSetup&>(setup)), credentials, std::move(latch),
          [this](const writ_record& told) { tell(told); }, net::wall_clock_ns()),
      commands_(kCommandsMax),
      told_(kToldMax),
      left_(kLeftMax) {}

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
    desk.account_.cancel_everything(net::wall_clock_ns());
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
  rest_.emplace(thread_, rest_at_);
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
    account_.carry_out(*order, net::wall_clock_ns());
  } else if (auto* table = std::get_if<model::RecordWords>(&command)) {
    account_.enter(model::record_in(*table));
  } else {
    auto& asked = std::get<Question>(command);
    account_.ask(std::move(asked.question),
                 [this, number = asked.number](Answer state, std::int64_t) {
                   answer(number, std::move(state));
                 });
  }
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
  net::WebSocketHandlers handlers;
  if (timed_) handlers.leaving = [this](std::int64_t ts) { on_leaving(ts); };
  handlers.opened = [this] {
    leaving_.clear();
    account_.orders_opened(net::wall_clock_ns());
    pump();
  };
  handlers.message = [this](std::string_view message, std::int64_t received) {
    account_.orders_message(message, received);
    pump();
  };
  handlers.closed = [this](const net::Failure& why) {
    account_.orders_closed(why.text(), net::wall_clock_ns());
    pump();
  };
  const std::string own_path = market_ == Market::kSpot ? "/ws-api/v3" : "/ws-fapi/v1";
  order_socket_.emplace(thread_, orders_at_, orders_at_.prefix.empty() ? own_path : std::string(),
                        std::move(handlers));
}

void GatewayDesk::connect_reports(const std::string& listen_key) {
  net::WebSocketHandlers handlers;
  handlers.opened = [this] {
    account_.reports_opened(net::wall_clock_ns());
    pump();
  };
  handlers.message = [this](std::string_view message, std::int64_t received) {
    account_.reports_message(message, received);
    pump();
  };
  handlers.closed = [this](const net::Failure& why) {
    account_.reports_closed(why.text(), net::wall_clock_ns());
    pump();
  };
  report_socket_ = std::make_unique<net::WebSocketClient>(
      thread_, reports_at_, "/private/ws?listenKey=" + percent_encoded(listen_key),
      std::move(handlers));
}

void GatewayDesk::write(WrittenRequest request) {
  if (request.way == Way::kSocket) {
    if (timed_) leaving_.push_back(request.order_seq);
    if (!order_socket_->send(std::move(request.message))) {
      if (timed_) leaving_.pop_back();
      account_.not_written(request.id, net::wall_clock_ns());
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

// What finds no room is not counted: nothing but a measurement is lost.
void GatewayDesk::on_leaving(std::int64_t ts) {
  const std::uint64_t order_seq = leaving_.front();
  leaving_.pop_front();
  if (order_seq != 0 && ts != 0) (void)left_.try_push({order_seq, ts});
}

void GatewayDesk::on_answer(const std::string& id, const net::HttpResult& result) {
  if (result) {
    account_.on_http(id, result->status, result->headers, result->body, result->sent_ts,
                     result->received_ts);
  } else {
    account_.on_http_failure(id, result.error().reach() == net::Failure::kNotSent,
                             result.error().text(), net::wall_clock_ns());
  }
  pump();
}

// --- what is due -------------------------------------------------------------------------------

void GatewayDesk::pump() {
  std::int64_t now = net::wall_clock_ns();
  for (auto requests = account_.turn(now); !requests.empty(); requests = account_.turn(now)) {
    for (WrittenRequest& request : requests) write(std::move(request));
    now = net::wall_clock_ns();
  }
  if (account_.take_orders_over()) order_socket_->drop();
  if (account_.take_reports_over()) report_socket_->drop();
  if (const auto key = account_.take_listen_key()) connect_reports(*key);
  hand_over();
  const std::int64_t due = waiting_.empty() ? account_.next_due() : now + kHandOverAgain;
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
