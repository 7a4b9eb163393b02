#pragma once

#include "host/base/result.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/execution/venue_account.hpp"
#include "host/model/record_words.hpp"
#include "host/venue/binance/account_desk.hpp"
#include "host/venue/binance/credentials.hpp"
#include "host/venue/net/endpoint.hpp"
#include "host/venue/net/io_thread.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace writ::venue::binance {

class GatewayDesk;

/// One account at one market, and where that is reached.
struct GatewaySetup : AccountSetup {
  net::Endpoint rest;
  net::Endpoint socket_api;  ///< WebSocket API; without a prefix the market's own path is added
  net::Endpoint stream;      ///< futures: where the stream of reports is; spot: not used
  bool timed = false;        ///< take_left() says when each command left by the WebSocket API
};

/// Orders to Binance and what it says of them. Everything of the protocol runs on the I/O thread;
/// this is the sequencer's side: bounded queues both ways. Commands leave in the order they were
/// sent; when so many wait that the queue is full an order is refused at once, and a cancel or a
/// look-up is UNKNOWN. Reports that find no room wait on the other side, in order. The kill latch
/// is asked on the I/O thread, the last moment before bytes are written.
class Gateway final : public execution::OrderGateway, public execution::VenueAccount {
 public:
  /// Begins to connect. `credentials` and `thread` outlive it. `wake` is called, on the I/O thread,
  /// when something came for the sequencer. Throws base::Failure if a CA file cannot be used.
  Gateway(net::IoThread& thread, GatewaySetup setup, const Credentials& credentials,
          std::function<void()> wake);
  /// Nothing of it runs any more on the I/O thread when it returns. Orders stay as they are.
  ~Gateway() override;
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // [sequencer-thread]
  void observe(const writ_record& input) override;
  void send(const writ_order& order) override;
  [[nodiscard]] std::optional<std::int64_t> next_due() const override;
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override;
  [[nodiscard]] std::optional<Left> take_left() override;
  [[nodiscard]] execution::VenueAccount* account() override { return this; }
  [[nodiscard]] bool simulates(std::uint32_t /*book*/) const override { return false; }
  /// A real venue keeps its own state.
  [[nodiscard]] std::vector<std::byte> save() const override { return {}; }
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> /*state*/) override {
    return {};
  }

  void ask(const execution::VenueQuestion& question) override;
  [[nodiscard]] std::optional<base::Result<execution::VenueState>> take_answer() override;

 private:
  void cancel_everything(std::uint32_t account) override;
  bool look() const;

  net::IoThread& thread_;
  std::uint32_t account_;
  std::shared_ptr<GatewayDesk> desk_;
  std::deque<writ_report> refused_;  ///< by this side
  /// What next_due() looked at and take_report() will give.
  mutable std::optional<model::RecordWords> front_;
  model::RecordWords taken_;
  std::uint64_t asked_ = 0;
};

}  // namespace writ::venue::binance
