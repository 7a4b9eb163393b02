#pragma once

#include "host/venue/binance/account_round.hpp"
#include "host/venue/binance/order_session.hpp"
#include "host/venue/binance/seen_trades.hpp"
#include "host/venue/binance/user_events.hpp"
#include "host/venue/binance/venue_line.hpp"
#include "host/venue/binance/venue_notices.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace writ::venue::binance {

/// Follows the account at one market: the user data stream, and after each interruption of it what
/// was missed. Spot: the stream comes with the line's socket, subscribed by signature. Futures: a
/// WebSocket of its own under a listen key, kept every half an hour and made again when it ends.
/// Tells REPORT and FILL, each trade once; DEPOSIT of transfers; funding as ADJUSTMENT, as the
/// venue booked it; losses and returns of the stream, margin calls and what is not understood as
/// COMMAND; an account in hedge mode halts the run. [one thread]
/// Source: Binance Spot API, user-data-stream.md; USDS-M futures, "User Data Streams".
class UserSession {
 public:
  /// All of them outlive it. From `begun` on nothing is missed.
  UserSession(VenueLine& line, const VenueNames& names, SeenTrades& seen, TellRecord tell,
              AssetPrice price, std::int64_t begun);

  /// Spot: the line's socket. Futures: the stream under the last listen key.
  void opened(std::int64_t now);
  void closed(std::string_view why, std::int64_t now);
  /// What came there and is no answer.
  void on_event(std::string_view message, std::int64_t now);
  /// Futures: a key the stream is to be opened under, in the place of any earlier one.
  [[nodiscard]] std::optional<std::string> take_listen_key() {
    return std::exchange(new_key_, std::nullopt);
  }

  /// The server is about to go: the connection is to be made anew; asking ends it.
  [[nodiscard]] bool take_leaving() noexcept { return std::exchange(leaving_, false); }

  [[nodiscard]] std::int64_t next_due() const noexcept;
  void on_time(std::int64_t now);

  /// Reports come, and what was missed is told.
  [[nodiscard]] bool is_live() const noexcept { return subscribed_ && recovered_; }
  [[nodiscard]] const UserEvents& events() const noexcept { return events_; }
  /// Events that could not be read.
  [[nodiscard]] std::uint64_t damaged() const noexcept { return damaged_; }

 private:
  /// When something is tried again: a second after the first failure, then twice as long, up to 30.
  class Retry {
   public:
    [[nodiscard]] std::int64_t due() const noexcept { return due_; }
    void now(std::int64_t at) noexcept { due_ = at; }
    void later(std::int64_t at) noexcept;
    void hold() noexcept { due_ = INT64_MAX; }  ///< an answer is awaited, which always comes
    void done() noexcept;

   private:
    std::int64_t due_ = INT64_MAX;
    std::int64_t wait_ = kFirst;
    static constexpr std::int64_t kFirst = 1'000'000'000;
  };

  void subscribe(std::int64_t now);
  void ask_listen_key(std::int64_t now);
  void keep_listen_key(std::int64_t now);
  void on_subscribed(std::int64_t now);
  void lose(std::string_view why);
  void recover(std::int64_t now);
  void take_over(const execution::VenueState& state);
  void tell_fill(const writ_fill& fill);
  void tell_funding(writ_adjustment funding);
  void ask_funding(std::int64_t now);
  void on_account(const UserEvent& event, std::int64_t now);
  void warn_once(const std::string& text);

  VenueLine& line_;
  const VenueNames& names_;
  SeenTrades& seen_;
  TellRecord tell_;
  VenueNotices notices_;
  UserEvents events_;
  AccountRound round_;

  bool open_ = false;
  bool subscribed_ = false;
  bool recovered_ = false;
  bool lost_ = false;
  bool leaving_ = false;
  std::uint64_t losses_ = 0;
  Retry subscribing_;
  Retry recovering_;
  Retry funding_;
  std::string key_;
  std::optional<std::string> new_key_;
  std::int64_t keep_due_ = INT64_MAX;
  std::int64_t heard_;             ///< the venue's time of the last event
  std::int64_t funded_;            ///< the venue's time of the last funding, likewise
  std::size_t funding_tries_ = 0;  ///< left, until what the stream told of is there
  std::set<std::pair<std::uint32_t, std::int64_t>> fundings_;  ///< told, by instrument and time
  std::uint64_t damaged_ = 0;
  std::set<std::string> warned_;
};

}  // namespace writ::venue::binance
