#pragma once

#include "host/base/result.hpp"
#include "host/venue/binance/answer_records.hpp"
#include "host/venue/binance/error_codes.hpp"
#include "host/venue/binance/venue_names.hpp"

#include <writ/abi/outcome.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace writ::venue::binance {

/// A command and what is known of it when its answer comes.
struct SentCommand {
  const writ_order& order;  ///< with the command that was sent, never NONE
  /// Of a look-up: the order was sent so long ago that the venue would know it by now.
  bool window_over = false;
};

/// What an answer comes to. Views are valid until the next decode.
struct OrderReply {
  writ_report* report = nullptr;  ///< always one, ready but for ingest_ts and seq
  Fate fate = Fate::kDone;
  Consequence consequence = Consequence::kNone;
  std::int64_t code = 0;  ///< the venue's, 0 = done
  std::string_view text;  ///< the venue's own words of an error
  /// When requests may go on, in ms of the venue's clock, where a WebSocket API error says so.
  std::int64_t retry_after_ms = 0;
};

/// Decodes answers to SEND, CANCEL, REPLACE and LOOKUP. An answer is about its command's order
/// whatever ids it carries. It never makes a fill: what it counts as filled and the stream does not
/// tell is looked up by the core, and read_trades answers that. An answer that is not understood is
/// UNKNOWN, as is every error that does not prove that nothing was done; a look-up proves that an
/// order never was only once its window is over.
/// Source: Binance Spot API, rest-api.md, web-socket-api.md and errors.md; USDS-M futures, "New
/// Order", "Modify Order", "Cancel Order", "Query Order", "Error Codes".
class OrderReplies {
 public:
  /// `names` must outlive this.
  explicit OrderReplies(const VenueNames& names);
  ~OrderReplies();
  OrderReplies(OrderReplies&&) noexcept;

  /// The answer to a REST request; `status` is the HTTP status.
  [[nodiscard]] OrderReply decode(const SentCommand& sent, int status, std::string_view body);
  /// The answer to a WebSocket API request.
  [[nodiscard]] OrderReply decode(const SentCommand& sent, std::string_view message);
  /// No answer came: the line broke or its time is over.
  [[nodiscard]] OrderReply unanswered(const SentCommand& sent);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The `id` of a WebSocket API answer, by which its request is found. Errors: kCorrupt, kInvalid.
[[nodiscard]] base::Result<std::string> read_reply_id(std::string_view message);

}  // namespace writ::venue::binance
