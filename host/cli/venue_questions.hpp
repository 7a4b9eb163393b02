#pragma once

#include "host/venue/binance/address_budget.hpp"
#include "host/venue/binance/clock_offset.hpp"
#include "host/venue/binance/credentials.hpp"
#include "host/venue/binance/exchange_info.hpp"
#include "host/venue/binance/requests.hpp"
#include "host/venue/net/http_client.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace writ::cli {

/// Who is asked, and as whom.
struct VenueQuestionsSetup {
  std::string name;  ///< of the venue, in messages
  venue::binance::Market market = venue::binance::Market::kSpot;
  std::shared_ptr<venue::binance::AddressBudget> address;
  const venue::binance::Credentials* keys = nullptr;  ///< nullptr: as anybody
  std::int64_t recv_window_ns = 5'000'000'000;
};

/// Questions to a venue that are waited for: a start's, or a person's. Each is counted in the
/// address's budget, and waits till that has room. Not on the I/O thread. All throw
/// std::runtime_error with what the venue, or the way to it, said; never with a key.
class VenueQuestions {
 public:
  /// `rest` and the keys outlive it.
  VenueQuestions(venue::net::HttpClient& rest, VenueQuestionsSetup setup);

  /// An answer of status 200. A signed request needs keys and a clock that was asked for.
  [[nodiscard]] venue::net::HttpAnswer answer_to(const venue::binance::VenueRequest& request);
  /// Asks the venue's clock so often, and estimates how far it is from ours.
  [[nodiscard]] venue::binance::OffsetEstimate clock(int times);
  /// What the venue lists; its limits are the address's from then on.
  [[nodiscard]] venue::binance::ExchangeInfo listing();

  /// Why a request came to nothing.
  [[noreturn]] void fail(const venue::binance::VenueRequest& request, const std::string& why) const;

 private:
  void wait_for_room(const venue::binance::VenueRequest& request);

  venue::net::HttpClient& rest_;
  VenueQuestionsSetup setup_;
  venue::binance::ClockOffset clock_;
};

}  // namespace writ::cli
