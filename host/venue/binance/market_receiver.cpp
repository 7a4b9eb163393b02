#include "host/venue/binance/market_receiver.hpp"

#include "host/base/assert.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/binance/requests.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kTickNs = 20'000'000;
constexpr std::int64_t kImageFailedNs = kSecondNs;
constexpr std::size_t kImagesUnderWayMax = 4;
constexpr std::int64_t kImageTimeoutNs = 10 * kSecondNs;

std::string stream_of_images(std::string symbol) {
  for (char& c : symbol) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return symbol + "@depth";
}

}  // namespace

class MarketReceiver::State : public std::enable_shared_from_this<State> {
 public:
  State(net::IoThread& thread, MarketReceiverOptions options, Handlers handlers)
      : thread_(thread),
        options_(std::move(options)),
        handlers_(std::move(handlers)),
        streams_(options_.market, options_.subscriptions),
        rest_(thread, options_.rest),
        address_(options_.address
                     ? options_.address
                     : std::make_shared<AddressBudget>(documented_limits(options_.market))) {
    WRIT_ASSERT(!options_.subscriptions.empty());
  }

  void begin() {
    std::uint64_t seed = options_.line.socket.seed;
    for (const std::string& target : stream_targets(options_.market, options_.subscriptions)) {
      auto line = options_.line;
      line.socket.seed = ++seed << 32U;
      const std::size_t index = lines_.size();
      lines_.push_back(std::make_unique<StreamLine>(
          thread_, options_.streams, target,
          StreamLine::Handlers{
              [this] { line_up(); },
              [this, index](std::string_view text, std::int64_t ts) { hear(index, text, ts); },
              [this](const net::Failure& why) { line_down(why); }},
          line));
    }
    tick();
  }
  void end() {
    ended_ = true;
    lines_.clear();
  }

  void resync() {
    if (std::exchange(resync_due_, true)) return;
    thread_.post([state = weak_from_this()] {
      const auto self = state.lock();
      if (!self || self->ended_) return;
      self->resync_due_ = false;
      if (!self->connected_) return;
      self->say(WRIT_MARKET_DISCONNECTED);
      self->connect();
    });
  }
  [[nodiscard]] const MarketStreams& streams() const noexcept { return streams_; }

 private:
  [[nodiscard]] std::int64_t now() noexcept {
    last_ts_ = std::max(last_ts_, net::wall_clock_ns());
    return last_ts_;
  }

  void line_up() {
    const bool all =
        std::all_of(lines_.begin(), lines_.end(), [](const auto& line) { return line->is_up(); });
    if (all) connect();
  }
  void connect() {
    connected_ = true;
    ++epoch_;
    streams_.restart(now());
    images_under_way_ = 0;
    say(WRIT_MARKET_CONNECTED);
  }
  void line_down(const net::Failure& why) {
    tell("market data: " + why.text());
    if (!std::exchange(connected_, false)) return;
    say(WRIT_MARKET_DISCONNECTED);
  }

  void say(std::uint32_t status) {
    auto record = model::make_record<writ_market_status>();
    record.header.stream = options_.subscriptions.front().stream;
    record.header.event_ts = record.header.ingest_ts = now();
    record.status = status;
    handlers_.record(record.header);
  }
  void tell(const std::string& line) {
    if (handlers_.trouble) handlers_.trouble(line);
  }

  void hear(std::size_t line, std::string_view text, std::int64_t received_ts) {
    if (!connected_) return;  // its image would be missing
    last_ts_ = std::max(last_ts_, received_ts);
    const auto heard = streams_.on_message(text, last_ts_, handlers_.record);
    if (heard == MarketStreams::Heard::kRecord) {
      if (handlers_.capture) handlers_.capture(text, last_ts_);
    } else if (heard == MarketStreams::Heard::kShutdown) {
      lines_[line]->renew();
    } else if (heard == MarketStreams::Heard::kBad) {
      tell("market data: a message is refused: " + streams_.last_bad());
    }
  }

  void tick() {
    ask_for_images();
    thread_.after(kTickNs, [state = weak_from_this()] {
      const auto self = state.lock();
      if (self && !self->ended_) self->tick();
    });
  }

  void ask_for_images() {
    while (connected_ && images_under_way_ < kImagesUnderWayMax) {
      const std::int64_t asked = now();
      const std::int64_t ahead = address_->clock_offset();
      if (asked + ahead < address_->stopped_until()) return;
      const auto due = streams_.take_image_due(asked);
      if (!due) return;
      const auto request = depth_request(options_.market, options_.subscriptions[*due].symbol);
      const auto admission = address_->take({request.kind, request.weight, 0}, asked + ahead);
      if (!admission.admitted) {
        streams_.on_image_failed(*due, admission.try_again - ahead);
        continue;
      }
      ++images_under_way_;
      rest_.ask({std::string(request.method),
                 std::string(request.path) + '?' + request.parameters.query(),
                 {},
                 {},
                 kImageTimeoutNs},
                [state = weak_from_this(), subscription = *due, epoch = epoch_](auto result) {
                  const auto self = state.lock();
                  if (!self || self->ended_) return;
                  self->image_answered(subscription, epoch, std::move(result));
                });
    }
  }

  void image_answered(std::size_t subscription, std::uint64_t epoch, net::HttpResult result) {
    if (result) {
      address_->on_answer(result->status, result->headers, now() + address_->clock_offset());
    }
    if (epoch != epoch_ || !connected_) return;  // of an earlier connection
    --images_under_way_;
    const std::string& symbol = options_.subscriptions[subscription].symbol;
    if (!result || result->status != 200) {
      tell("market data: no image of " + symbol + ": " +
           (result ? "status " + std::to_string(result->status) : result.error().text()));
      return streams_.on_image_failed(subscription, now() + kImageFailedNs);
    }
    const std::int64_t ts = now();
    const auto heard = streams_.on_image(subscription, result->body, ts, handlers_.record);
    if (heard == MarketStreams::Heard::kRecord && handlers_.capture) {
      handlers_.capture(
          R"({"stream":")" + stream_of_images(symbol) + R"(","data":)" + result->body + "}", ts);
    }
    if (heard == MarketStreams::Heard::kBad) {
      tell("market data: an image of " + symbol + " is refused: " + streams_.last_bad());
    }
  }

  net::IoThread& thread_;
  MarketReceiverOptions options_;
  Handlers handlers_;
  MarketStreams streams_;
  net::HttpClient rest_;
  std::shared_ptr<AddressBudget> address_;
  std::vector<std::unique_ptr<StreamLine>> lines_;
  std::uint64_t epoch_ = 0;  // of the connections, or of the last resync
  std::size_t images_under_way_ = 0;
  std::int64_t last_ts_ = 0;
  bool connected_ = false;
  bool resync_due_ = false;
  bool ended_ = false;
};

MarketReceiver::MarketReceiver(net::IoThread& thread, MarketReceiverOptions options,
                               Handlers handlers)
    : state_(std::make_shared<State>(thread, std::move(options), std::move(handlers))) {
  state_->begin();
}

MarketReceiver::~MarketReceiver() { state_->end(); }

void MarketReceiver::resync() { state_->resync(); }
const MarketStreams& MarketReceiver::streams() const noexcept { return state_->streams(); }

}  // namespace writ::venue::binance
