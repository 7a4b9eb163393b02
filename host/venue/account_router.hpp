#pragma once

#include "host/base/result.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/execution/venue_account.hpp"
#include "host/venue/paper/paper_options.hpp"
#include "host/venue/paper/paper_venues.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace writ::venue {

/// Who trades where in mode live: orders of the main book go to the real venue of their account,
/// those of the shadow book to a simulated exchange on the same market data. What real venues say
/// and what the simulated one says comes in the order of its time.
class AccountRouter final : public execution::OrderGateway, public execution::VenueAccount {
 public:
  /// The account's orders go to this gateway, which must outlive the router. Its own account() must
  /// be asked about this account alone.
  struct Route {
    std::uint32_t account;
    execution::OrderGateway* gateway;
  };

  /// Without routes for what went before and is gone through again: nothing leaves then.
  explicit AccountRouter(const paper::PaperOptions& shadow, std::vector<Route> routes = {})
      : routes_(std::move(routes)), shadow_(shadow), answers_(routes_.size()) {}

  void observe(const writ_record& input) override;
  void send(const writ_order& order) override;
  [[nodiscard]] std::optional<std::int64_t> next_due() const override;
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override;
  [[nodiscard]] std::optional<Left> take_left() override;
  [[nodiscard]] execution::VenueAccount* account() override {
    return routes_.empty() ? nullptr : this;
  }
  [[nodiscard]] bool simulates(std::uint32_t book) const override {
    return book == WRIT_BOOK_SHADOW;
  }
  /// Of the simulated exchange alone: real venues keep their own books.
  [[nodiscard]] std::vector<std::byte> save() const override { return shadow_.save(); }
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state) override {
    return shadow_.load(state);
  }

  // As one venue: a round is whole when every venue has answered.
  void ask(const execution::VenueQuestion& question) override;
  [[nodiscard]] std::optional<base::Result<execution::VenueState>> take_answer() override;

 private:
  void cancel_everything(std::uint32_t account) override;

  const std::vector<Route> routes_;
  paper::PaperVenues shadow_;
  /// Of the round under way, one for each route.
  std::vector<std::optional<base::Result<execution::VenueState>>> answers_;
};

}  // namespace writ::venue
