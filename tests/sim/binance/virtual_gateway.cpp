#include "tests/sim/binance/virtual_gateway.hpp"

#include "host/model/record_view.hpp"

#include <algorithm>
#include <utility>

namespace writ::test {

using namespace venue::binance;

namespace {

constexpr std::int64_t kReconnectNs = 700'000'000;
constexpr std::int64_t kTickNs = 10'000'000;

}  // namespace

VirtualGateway::VirtualGateway(VirtualTime& time, VirtualNetwork& network, Market market,
                               std::uint32_t account, const Credentials& credentials,
                               const ExchangeInfo& listing)
    : time_(time),
      network_(network),
      market_(market),
      account_(
          {market, account, listing}, credentials,
          [this](const writ_order& order) { return latch().admits(order); },
          [this](const writ_record& record) { tell(record); }, time.now()) {
  connect_orders();
  tick();
}

VirtualGateway::~VirtualGateway() {
  *alive_ = false;
  network_.drop(orders_);
  network_.drop(reports_);
}

void VirtualGateway::observe(const writ_record& input) { account_.enter(input); }

void VirtualGateway::send(const writ_order& order) {
  account_.carry_out(order, time_.now());
  go_on();
}

std::optional<std::int64_t> VirtualGateway::next_due() const {
  if (waiting_.empty()) return std::nullopt;
  return model::record_in(waiting_.front()).ingest_ts;
}

const writ_record* VirtualGateway::take_report(std::int64_t until) {
  if (waiting_.empty() || model::record_in(waiting_.front()).ingest_ts > until) return nullptr;
  current_ = std::move(waiting_.front());
  waiting_.pop_front();
  return &model::record_in(current_);
}

void VirtualGateway::ask(const execution::VenueQuestion& question) {
  answer_.reset();
  account_.ask(question, [this](base::Result<execution::VenueState> state, std::int64_t /*now*/) {
    answer_ = std::move(state);
  });
  go_on();
}

std::optional<base::Result<execution::VenueState>> VirtualGateway::take_answer() {
  return std::exchange(answer_, std::nullopt);
}

void VirtualGateway::tell(const writ_record& record) {
  auto words = model::words_of(record);
  model::record_in(words).ingest_ts = time_.now();
  waiting_.push_back(std::move(words));
}

void VirtualGateway::tick() {
  go_on();
  time_.after(kTickNs, [this, alive = alive_] {
    if (*alive) tick();
  });
}

void VirtualGateway::go_on() {
  if (!*alive_) return;
  const std::int64_t now = time_.now();
  for (auto due = account_.turn(now); !due.empty(); due = account_.turn(now)) {
    for (const auto& request : due) write(request);
  }
  if (account_.take_orders_over()) {
    network_.drop(orders_);
    on_orders_closed("left");
  }
  if (account_.take_reports_over()) {
    network_.drop(reports_);
    on_reports_closed("left");
  }
  if (const auto key = account_.take_listen_key()) connect_reports(*key);
}

void VirtualGateway::write(const WrittenRequest& request) {
  if (request.way == Way::kSocket) {
    if (!orders_open_) return account_.not_written(request.id, time_.now());
    return network_.send(orders_, request.message);
  }
  network_.ask({std::string(request.http.method), request.http.target, "",
                std::string(request.http.api_key)},
               request.timeout_ns,
               [this, id = request.id, alive = alive_](const venue_sim::RestAnswer* answer,
                                                       std::int64_t sent) {
                 if (!*alive) return;
                 const std::int64_t now = time_.now();
                 if (answer == nullptr) {
                   account_.on_http_failure(id, false, "nothing came", now);
                 } else {
                   account_.on_http(id, answer->status, answer->headers, answer->body, sent, now);
                 }
                 go_on();
               });
}

void VirtualGateway::connect_orders() {
  orders_ = network_.open(market_ == Market::kSpot ? "/ws-api/v3" : "/ws-fapi/v1",
                          {[this] {
                             orders_open_ = true;
                             account_.orders_opened(time_.now());
                             go_on();
                           },
                           [this](std::string_view message) {
                             account_.orders_message(message, time_.now());
                             go_on();
                           },
                           [this](std::string_view why) { on_orders_closed(why); }});
}

void VirtualGateway::on_orders_closed(std::string_view why) {
  orders_open_ = false;
  account_.orders_closed(why, time_.now());
  time_.after(kReconnectNs, [this, alive = alive_] {
    if (*alive) connect_orders();
  });
  go_on();
}

void VirtualGateway::connect_reports(const std::string& key) {
  network_.drop(reports_);
  listen_key_ = key;
  reports_ = network_.open("/private/ws?listenKey=" + percent_encoded(key),
                           {[this] {
                              account_.reports_opened(time_.now());
                              go_on();
                            },
                            [this](std::string_view message) {
                              account_.reports_message(message, time_.now());
                              go_on();
                            },
                            [this](std::string_view why) { on_reports_closed(why); }});
}

void VirtualGateway::on_reports_closed(std::string_view why) {
  account_.reports_closed(why, time_.now());
  time_.after(kReconnectNs, [this, key = listen_key_, alive = alive_] {
    if (*alive && key == listen_key_) connect_reports(key);
  });
  go_on();
}

}  // namespace writ::test
