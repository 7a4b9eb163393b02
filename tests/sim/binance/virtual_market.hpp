#pragma once

#include "host/feed/feed_source.hpp"
#include "host/model/record_words.hpp"
#include "host/venue/binance/market_streams.hpp"
#include "host/venue/binance/trade_continuity.hpp"
#include "tests/sim/binance/virtual_network.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

/// Market data of the simulated venue over a virtual network: connects, keeps images coming,
/// connects again, as the host's receiver does on its thread.
class VirtualMarket final : public feed::FeedSource {
 public:
  /// Both outlive it.
  VirtualMarket(VirtualTime& time, VirtualNetwork& network, venue::binance::Market market,
                const std::vector<venue::binance::Subscription>& subscriptions);
  ~VirtualMarket() override;
  VirtualMarket(const VirtualMarket&) = delete;
  VirtualMarket& operator=(const VirtualMarket&) = delete;

  [[nodiscard]] std::optional<std::int64_t> next_ts() override;
  [[nodiscard]] const writ_record& take() override;
  [[nodiscard]] bool exhausted() const override { return false; }

  [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
  [[nodiscard]] std::uint64_t losses() const noexcept { return losses_; }

 private:
  struct Line {
    std::string target;
    std::uint64_t connection = 0;
    bool is_up = false;
  };

  void connect(std::size_t line);
  void on_up(std::size_t line);
  void on_down(std::size_t line);
  void on_message(std::size_t line, std::string_view message);
  void say(std::uint32_t status);
  void put(const writ_record& record);
  void ask_for_images();
  void on_image(std::size_t subscription, std::uint64_t epoch, const venue_sim::RestAnswer* answer);

  VirtualTime& time_;
  VirtualNetwork& network_;
  venue::binance::MarketStreams streams_;
  venue::binance::TradeContinuity trades_;
  std::vector<Line> lines_;
  std::uint64_t epoch_ = 0;
  bool connected_ = false;
  std::deque<model::RecordWords> waiting_;
  model::RecordWords current_;
  std::uint64_t taken_ = 0;
  std::uint64_t losses_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // of what is still to be done later
};

}  // namespace writ::test
