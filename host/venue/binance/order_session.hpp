#pragma once

#include "host/model/record_words.hpp"
#include "host/venue/binance/account_replies.hpp"
#include "host/venue/binance/order_replies.hpp"
#include "host/venue/binance/seen_trades.hpp"
#include "host/venue/binance/symbol_rules.hpp"
#include "host/venue/binance/venue_line.hpp"
#include "host/venue/binance/venue_names.hpp"

#include <writ/abi/outcome.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace writ::venue::binance {

/// Takes an input record for the core: REPORT, FILL and the like, without ingest_ts and seq.
using TellRecord = std::function<void(const writ_record&)>;

struct OrderSessionOptions {
  /// `selfTradePreventionMode`; empty: the venue's default.
  std::string self_trade_prevention;
  /// So long after it was sent an order the venue does not know never was: its time window and the
  /// venue's own time-out are over, with as much again.
  std::int64_t window_ns = 30'000'000'000;
};

/// What an order must pass the last moment before it leaves; each says whether it may.
struct LastQuestions {
  std::function<bool(const writ_order&)> latch;                            ///< kill switch
  std::function<bool(const std::string& symbol, std::int64_t now)> armed;  ///< dead-man switch
};

/// WRIT_REPORT_* of a command that did not leave, or that the venue would not even look at.
[[nodiscard]] std::uint16_t kind_of_refusal(std::uint16_t command) noexcept;

/// Carries out the commands of ORDER records at one market. An order passes, in this order: the
/// symbol's filters, the dead-man switch, the kill latch, clock and budget of the line; what does
/// not is reported as refused and never leaves. Every command gets a report within the line's
/// time-out: the venue's answer, a refusal, FAILED or REPLACE_REJECTED where it is proven that
/// nothing left, else UNKNOWN. Nothing is ever sent twice: the core asks what became of it. A
/// cancel that could not leave is UNKNOWN too, so that it is looked up and asked for again. Source:
/// Binance Spot API, rest-api.md and errors.md; USDS-M futures, "Trade". [one thread]
class OrderSession {
 public:
  /// All of them outlive it.
  OrderSession(VenueLine& line, const VenueNames& names, SeenTrades& seen, LastQuestions questions,
               TellRecord tell, AssetPrice price, OrderSessionOptions options = {});

  /// The listing's rules; a symbol without any is refused.
  void set_rules(std::string_view symbol, const SymbolRules& rules);
  /// A record whose command is not NONE.
  void on_command(const writ_order& order, std::int64_t now);

 private:
  void send(const writ_order& order, std::int64_t now);
  void replace(const writ_order& order, std::int64_t now);
  [[nodiscard]] std::optional<LineRefusal> refusal_of(const writ_order& order,
                                                      std::string_view symbol,
                                                      std::int64_t now) const;
  void ask(const writ_order& order, VenueRequest request, std::int64_t now);
  void on_answer(const writ_order& order, const VenueAnswer& answer);
  void on_trades(const writ_order& order, const model::RecordWords& found,
                 const VenueAnswer& answer);
  void note_terms(const writ_report& report);
  [[nodiscard]] OrderReply decode(const writ_order& order, const VenueAnswer& answer);
  void refuse(const writ_order& order, std::uint16_t reason, std::string_view why);
  void report(const writ_order& order, std::uint16_t kind, std::uint16_t reason,
              std::string_view why);
  [[nodiscard]] SentCommand sent(const writ_order& order, std::int64_t now) const;

  VenueLine& line_;
  const VenueNames& names_;
  SeenTrades& seen_;
  LastQuestions questions_;
  TellRecord tell_;
  AssetPrice price_;
  OrderSessionOptions options_;
  OrderReplies replies_;
  AnswerRecords made_;
  std::map<std::string, SymbolRules, std::less<>> rules_;
  /// An order that left, on the terms it rests on as far as its answers say.
  struct Left {
    std::int64_t sent;
    std::int64_t price;
    std::int64_t quantity;
  };
  std::map<std::uint64_t, Left> left_;  ///< by order, the oldest forgotten
  std::optional<std::int64_t> begun_;   ///< what is not remembered was sent before
};

}  // namespace writ::venue::binance
