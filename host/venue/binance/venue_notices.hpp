#pragma once

#include "host/venue/binance/answer_records.hpp"
#include "host/venue/binance/order_session.hpp"

#include <writ/abi/journal.h>

#include <cstdint>
#include <string_view>

namespace writ::venue::binance {

/// Tells the core what a person must learn of, as COMMAND records of a gateway. Texts are one line.
class VenueNotices {
 public:
  VenueNotices(Market market, std::uint32_t account, TellRecord tell)
      : market_(market), account_(account), tell_(std::move(tell)) {}

  void lost(std::string_view text) const { say(WRIT_OPERATOR_VENUE_LOST, text); }
  /// The core asks what became of every order that works.
  void back(std::string_view text) const { say(WRIT_OPERATOR_VENUE_BACK, text); }
  void warn(std::string_view text) const { say(WRIT_OPERATOR_VENUE_WARNING, text); }
  /// The run halts.
  void halt(std::string_view text) const { say(WRIT_OPERATOR_VENUE_HALT, text); }

 private:
  void say(std::uint32_t command, std::string_view text) const;

  Market market_;
  std::uint32_t account_;
  TellRecord tell_;
};

}  // namespace writ::venue::binance
