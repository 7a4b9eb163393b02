#include "tests/sim/binance/virtual_market.hpp"

#include "host/model/record_view.hpp"
#include "host/venue/binance/requests.hpp"

#include <algorithm>
#include <utility>

namespace writ::test {

using venue::binance::MarketStreams;

namespace {

constexpr std::int64_t kReconnectNs = 500'000'000;
constexpr std::int64_t kImageTimeoutNs = 10'000'000'000;
constexpr std::int64_t kImageAgainNs = 1'000'000'000;
constexpr std::int64_t kTickNs = 20'000'000;

}  // namespace

VirtualMarket::VirtualMarket(VirtualTime& time, VirtualNetwork& network,
                             venue::binance::Market market,
                             const std::vector<venue::binance::Subscription>& subscriptions)
    : time_(time),
      network_(network),
      streams_(market, subscriptions),
      trades_(market, subscriptions) {
  for (auto& target : stream_targets(market, streams_.subscriptions())) {
    lines_.push_back({std::move(target)});
  }
  for (std::size_t i = 0; i < lines_.size(); ++i) connect(i);
  ask_for_images();
}

VirtualMarket::~VirtualMarket() {
  *alive_ = false;
  for (const auto& line : lines_) network_.drop(line.connection);
}

std::optional<std::int64_t> VirtualMarket::next_ts() {
  if (waiting_.empty()) return std::nullopt;
  return model::record_in(waiting_.front()).ingest_ts;
}

const writ_record& VirtualMarket::take() {
  current_ = std::move(waiting_.front());
  waiting_.pop_front();
  ++taken_;
  return model::record_in(current_);
}

void VirtualMarket::connect(std::size_t line) {
  lines_[line].connection = network_.open(
      lines_[line].target, {[this, line] { on_up(line); },
                            [this, line](std::string_view text) { on_message(line, text); },
                            [this, line](std::string_view /*why*/) { on_down(line); }});
}

void VirtualMarket::on_up(std::size_t line) {
  lines_[line].is_up = true;
  if (!std::all_of(lines_.begin(), lines_.end(), [](const Line& one) { return one.is_up; })) return;
  connected_ = true;
  ++epoch_;
  streams_.restart(time_.now());
  say(WRIT_MARKET_CONNECTED);
}

void VirtualMarket::on_down(std::size_t line) {
  lines_[line].is_up = false;
  if (std::exchange(connected_, false)) {
    ++losses_;
    say(WRIT_MARKET_DISCONNECTED);
  }
  time_.after(kReconnectNs, [this, line, alive = alive_] {
    if (*alive) connect(line);
  });
}

void VirtualMarket::on_message(std::size_t line, std::string_view message) {
  if (!connected_) return;
  const auto heard =
      streams_.on_message(message, time_.now(), [this](const writ_record& one) { put(one); });
  if (heard != MarketStreams::Heard::kShutdown) return;
  network_.drop(lines_[line].connection);
  on_down(line);
}

void VirtualMarket::say(std::uint32_t status) {
  auto record = model::make_record<writ_market_status>();
  record.header.stream = streams_.subscriptions().front().stream;
  record.header.event_ts = record.header.ingest_ts = time_.now();
  record.status = status;
  put(record.header);
}

void VirtualMarket::put(const writ_record& record) {
  if (const auto* missing = trades_.missing_before(record)) {
    waiting_.push_back(model::words_of(*missing));
  }
  trades_.on_told(record);
  waiting_.push_back(model::words_of(record));
}

void VirtualMarket::ask_for_images() {
  while (connected_) {
    const auto due = streams_.take_image_due(time_.now());
    if (!due) break;
    const auto request = depth_request(streams_.market(), streams_.subscriptions()[*due].symbol);
    network_.ask({std::string(request.method),
                  std::string(request.path) + '?' + request.parameters.query(), "", ""},
                 kImageTimeoutNs,
                 [this, subscription = *due, epoch = epoch_, alive = alive_](
                     const venue_sim::RestAnswer* answer, std::int64_t /*sent*/) {
                   if (*alive) on_image(subscription, epoch, answer);
                 });
  }
  time_.after(kTickNs, [this, alive = alive_] {
    if (*alive) ask_for_images();
  });
}

void VirtualMarket::on_image(std::size_t subscription, std::uint64_t epoch,
                             const venue_sim::RestAnswer* answer) {
  if (epoch != epoch_ || !connected_) return;
  if (answer == nullptr || answer->status != 200) {
    return streams_.on_image_failed(subscription, time_.now() + kImageAgainNs);
  }
  streams_.on_image(subscription, answer->body, time_.now(),
                    [this](const writ_record& one) { put(one); });
}

}  // namespace writ::test
