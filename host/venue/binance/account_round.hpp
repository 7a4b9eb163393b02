#pragma once

#include "host/base/result.hpp"
#include "host/execution/venue_account.hpp"
#include "host/venue/binance/account_replies.hpp"
#include "host/venue/binance/venue_line.hpp"
#include "host/venue/binance/venue_names.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace writ::venue::binance {

/// Asks a market what it holds for us, one request after the other: for each symbol the open orders
/// and the trades since a time, then which orders those trades are of and what became of the orders
/// asked for, then balances, positions and funding. Balances of a futures account are told less
/// what its open positions cost. Everything by REST, within the line's budget.
///
/// Orders of a symbol are looked up the way that weighs less: one by one (4 each on spot, 1 on
/// futures), or where more of them are wanted than that pays for, by lists of a thousand (20 and 5)
/// as long as each spares what it weighs. A list says whose order it is and how one ended; it may
/// be behind, so what it shows as working, and the open orders do not, is asked for by itself.
/// [one thread]
class AccountRound {
 public:
  using Done = std::function<void(base::Result<execution::VenueState>, std::int64_t now)>;

  /// `line` and `names` outlive it.
  AccountRound(VenueLine& line, const VenueNames& names, AssetPrice price);

  /// A round under way is given up, its `done` never called. Errors: kUnsupported (the account is
  /// in hedge mode), kTimeout, kFull (a rate limit), kRejected, kCorrupt, kInvalid.
  void begin(execution::VenueQuestion question, std::int64_t now, Done done);
  [[nodiscard]] bool under_way() const noexcept { return done_ != nullptr; }

 private:
  struct Step {
    VenueRequest request;
    std::function<base::Result<void>(const VenueAnswer&)> read;
    bool may_be_missing = false;  ///< an order the venue does not know is no error
  };
  /// Orders of a symbol to be looked up.
  struct Wanted {
    std::set<std::int64_t> numbers;    ///< of trades, by the venue's number
    std::set<std::string> client_ids;  ///< of the question
    bool by_lists = true;              ///< another may still spare what it weighs

    [[nodiscard]] std::size_t size() const noexcept { return numbers.size() + client_ids.size(); }
  };
  struct TradePage {
    std::uint32_t instrument;
    std::string body;
  };

  void next(std::int64_t now);
  void on_answer(const Step& step, const VenueAnswer& answer);
  void finish(std::int64_t now);
  void end(base::Result<execution::VenueState> result, std::int64_t now);
  void ask_symbol(const std::string& symbol, std::uint32_t instrument);
  base::Result<void> read_page(const std::string& symbol, std::uint32_t instrument,
                               std::string_view body);
  void want_orders();
  [[nodiscard]] bool ask_orders();
  void ask_list(const writ_instrument& instrument, std::int64_t from);
  base::Result<void> read_list(std::uint32_t instrument, std::int64_t from, std::string_view body);
  void ask_order(const writ_instrument& instrument, Wanted& wanted);
  base::Result<void> read_order(std::string_view body, bool asked_for);
  void ask_account();
  base::Result<void> take_off_costs(std::string_view body);
  [[nodiscard]] std::string client_id(std::uint32_t instrument, std::int64_t order) const;
  void learn(const execution::VenueOrder& order);

  VenueLine& line_;
  const VenueNames& names_;
  AssetPrice price_;
  std::uint64_t round_ = 0;
  execution::VenueQuestion question_;
  Done done_;
  std::deque<Step> steps_;
  int stage_ = 0;  ///< symbols, orders, account
  execution::VenueState state_;
  std::vector<TradePage> pages_;
  std::map<std::uint32_t, Wanted> wanted_;                                   ///< by instrument
  std::map<std::pair<std::uint32_t, std::string>, std::string> client_ids_;  ///< by venue order id
};

}  // namespace writ::venue::binance
