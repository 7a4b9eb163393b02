#include "host/venue/binance/gateway.hpp"

#include "host/execution/answer.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/binance/gateway_desk.hpp"

#include <algorithm>
#include <utility>

namespace writ::venue::binance {
namespace {

/// What becomes of a command that finds no room.
writ_report refusal_of(const writ_order& order) {
  auto report = execution::answer_to<writ_report>(order);
  report.header.ingest_ts = order.header.ingest_ts;
  report.header.event_ts = WRIT_NONE;
  report.kind = kind_of_refusal(order.command);
  report.reason = WRIT_REPORT_REASON_RATE_LIMIT;
  report.price = order.price;
  report.quantity = order.quantity;
  report.filled = order.filled;
  return report;
}

bool is_wanted(const writ_record& input) {
  return input.type == WRIT_RECORD_ASSET || input.type == WRIT_RECORD_INSTRUMENT ||
         input.type == WRIT_RECORD_INSTANCE || input.type == WRIT_RECORD_CONVERSION;
}

}  // namespace

Gateway::Gateway(net::IoThread& thread, GatewaySetup setup, const Credentials& credentials,
                 std::function<void()> wake)
    : thread_(thread),
      account_(setup.account),
      desk_(std::make_shared<GatewayDesk>(
          thread, std::move(setup), credentials, std::move(wake),
          [this](const writ_order& order) { return latch().admits(order); })) {
  thread_.run([this] { desk_->start(); });
}

Gateway::~Gateway() {
  thread_.run([this] { desk_->stop(); });
}

void Gateway::observe(const writ_record& input) {
  if (!is_wanted(input)) return;
  // A start knows them all before the first order; nothing of them may be lost.
  while (!desk_->push(model::words_of(input))) thread_.run([] {});
}

void Gateway::send(const writ_order& order) {
  if (desk_->push(order)) return;
  refused_.push_back(refusal_of(order));
}

bool Gateway::look() const {
  if (!front_) front_ = desk_->pop();
  return front_.has_value();
}

std::optional<std::int64_t> Gateway::next_due() const {
  if (!refused_.empty()) return refused_.front().header.ingest_ts;
  if (!look()) return std::nullopt;
  return model::record_in(*front_).ingest_ts;
}

const writ_record* Gateway::take_report(std::int64_t until) {
  const auto due = next_due();
  if (!due || *due > until) return nullptr;
  if (!refused_.empty()) {
    taken_ = model::words_of(refused_.front().header);
    refused_.pop_front();
  } else {
    taken_ = std::move(*std::exchange(front_, std::nullopt));
  }
  return &model::record_in(taken_);
}

std::optional<execution::OrderGateway::Left> Gateway::take_left() { return desk_->take_left(); }

void Gateway::ask(const execution::VenueQuestion& question) {
  ++asked_;
  while (!desk_->push(GatewayDesk::Question{asked_, question})) thread_.run([] {});
}

std::optional<base::Result<execution::VenueState>> Gateway::take_answer() {
  return desk_->take_answer(asked_);
}

void Gateway::cancel_everything(std::uint32_t account) {
  if (account == 0 || account == account_) desk_->cancel_everything();
}

}  // namespace writ::venue::binance
