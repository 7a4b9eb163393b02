#pragma once

#include "host/base/result.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/execution/venue_account.hpp"
#include "host/model/record_words.hpp"
#include "host/venue/binance/account_desk.hpp"
#include "host/venue/binance/credentials.hpp"
#include "host/venue/binance/exchange_info.hpp"
#include "tests/sim/binance/virtual_network.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

/// An account's desk at one market over a virtual network: the gateway in virtual time, without
/// threads.
class VirtualGateway final : public execution::OrderGateway, public execution::VenueAccount {
 public:
  /// All outlive it.
  VirtualGateway(VirtualTime& time, VirtualNetwork& network, venue::binance::Market market,
                 std::uint32_t account, const venue::binance::Credentials& credentials,
                 const venue::binance::ExchangeInfo& listing);
  ~VirtualGateway() override;
  VirtualGateway(const VirtualGateway&) = delete;
  VirtualGateway& operator=(const VirtualGateway&) = delete;

  void observe(const writ_record& input) override;
  void send(const writ_order& order) override;
  [[nodiscard]] std::optional<std::int64_t> next_due() const override;
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override;
  [[nodiscard]] execution::VenueAccount* account() override { return this; }
  [[nodiscard]] bool simulates(std::uint32_t /*book*/) const override { return false; }
  [[nodiscard]] std::vector<std::byte> save() const override { return {}; }
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> /*state*/) override {
    return {};
  }

  void ask(const execution::VenueQuestion& question) override;
  [[nodiscard]] std::optional<base::Result<execution::VenueState>> take_answer() override;

  /// From here on it says and hears nothing.
  void die() { *alive_ = false; }

 private:
  void tick();
  void go_on();
  void tell(const writ_record& record);
  void connect_orders();
  void on_orders_closed(std::string_view why);
  void connect_reports(const std::string& key);
  void on_reports_closed(std::string_view why);
  void write(const venue::binance::WrittenRequest& request);

  VirtualTime& time_;
  VirtualNetwork& network_;
  const venue::binance::Market market_;
  venue::binance::AccountDesk account_;
  std::uint64_t orders_ = 0;  // connections
  std::uint64_t reports_ = 0;
  bool orders_open_ = false;
  std::string listen_key_;
  std::deque<model::RecordWords> waiting_;
  model::RecordWords current_;
  std::optional<base::Result<execution::VenueState>> answer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace writ::test
