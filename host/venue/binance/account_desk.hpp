#pragma once

#include "host/execution/venue_account.hpp"
#include "host/venue/binance/account_round.hpp"
#include "host/venue/binance/credentials.hpp"
#include "host/venue/binance/exchange_info.hpp"
#include "host/venue/binance/kill_sweep.hpp"
#include "host/venue/binance/line_keeper.hpp"
#include "host/venue/binance/order_session.hpp"
#include "host/venue/binance/seen_trades.hpp"
#include "host/venue/binance/user_session.hpp"
#include "host/venue/binance/venue_line.hpp"
#include "host/venue/binance/venue_names.hpp"
#include "host/venue/binance/venue_notices.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::venue::binance {

struct AccountSetup {
  Market market = Market::kSpot;
  std::uint32_t account = 0;  ///< its number in the run
  ExchangeInfo listing;       ///< filters and rate limits
  LineOptions line = {};
  OrderSessionOptions orders = {};
};

/// All there is to one account at one market, without bytes and clocks: commands, tables, messages
/// and our time (ns) come in; requests to be written and records for the core go out. [one thread]
class AccountDesk {
 public:
  /// `latch` says whether an order may still leave, the last moment before it does. `credentials`
  /// outlive it. From `begun` on nothing is missed.
  AccountDesk(AccountSetup setup, const Credentials& credentials,
              std::function<bool(const writ_order&)> latch, TellRecord tell, std::int64_t begun);
  AccountDesk(const AccountDesk&) = delete;
  AccountDesk& operator=(const AccountDesk&) = delete;

  // From the core.
  /// ASSET, INSTRUMENT, INSTANCE and CONVERSION are learnt, all others passed over.
  void enter(const writ_record& table);
  void carry_out(const writ_order& command, std::int64_t now) { orders_.on_command(command, now); }
  /// Begins once the stream of reports is live. A round under way is given up, its `done` not
  /// called.
  void ask(execution::VenueQuestion question, AccountRound::Done done);
  /// Every order there is, without the core.
  void cancel_everything(std::int64_t now);

  // From the connections. Of orders: the WebSocket API. Of reports: futures only.
  void orders_opened(std::int64_t now);
  void orders_message(std::string_view message, std::int64_t now);
  void orders_closed(std::string_view why, std::int64_t now);
  void reports_opened(std::int64_t now) { user_.opened(now); }
  void reports_message(std::string_view message, std::int64_t now) { user_.on_event(message, now); }
  void reports_closed(std::string_view why, std::int64_t now) { user_.closed(why, now); }
  /// The socket did not take it: it goes by REST.
  void not_written(const std::string& id, std::int64_t now) { line_.not_written(id, now); }
  void on_http(const std::string& id, int status,
               const std::vector<std::pair<std::string, std::string>>& headers,
               std::string_view body, std::int64_t sent, std::int64_t now);
  void on_http_failure(const std::string& id, bool not_sent, std::string_view why,
                       std::int64_t now);

  /// When turn() has something to do by itself; INT64_MAX: never.
  [[nodiscard]] std::int64_t next_due() const noexcept;
  /// Does what is due and returns what is to be written now, in order. To be called after all of
  /// the above, until it returns nothing.
  [[nodiscard]] std::vector<WrittenRequest> turn(std::int64_t now);
  /// A key the connection of reports is to be opened under, in the place of any earlier one.
  [[nodiscard]] std::optional<std::string> take_listen_key() { return user_.take_listen_key(); }
  /// The connection is of no use any more and is to be made anew: it fell silent, or its server
  /// said that it goes. Asking ends it.
  [[nodiscard]] bool take_orders_over() { return std::exchange(orders_over_, false); }
  [[nodiscard]] bool take_reports_over() { return std::exchange(reports_over_, false); }

 private:
  struct Question {
    execution::VenueQuestion question;
    AccountRound::Done done;
  };

  void begin_round(std::int64_t now);
  void warn(std::int64_t now);

  const AccountSetup setup_;
  VenueNames names_;
  SeenTrades seen_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Price> rates_;  ///< (asset, into)
  VenueLine line_;
  LineKeeper keeper_;
  KillSweep sweep_;
  VenueNotices notices_;
  OrderSession orders_;
  UserSession user_;
  AccountRound round_;
  std::vector<std::uint32_t> strategies_;
  bool rest_failing_ = false;
  bool orders_lost_ = false;
  bool orders_over_ = false;
  bool reports_over_ = false;
  bool unfit_ = false;                ///< no order may leave, which was said
  std::optional<Question> question_;  ///< waits for the stream
};

}  // namespace writ::venue::binance
