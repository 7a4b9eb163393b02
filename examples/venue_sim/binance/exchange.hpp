#pragma once

#include "account.hpp"
#include "book.hpp"
#include "listing.hpp"
#include "order.hpp"

#include <writ/rate.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace writ::venue_sim {

struct PublicTrade {
  std::string symbol;
  std::uint64_t id = 0;
  Price price;
  Quantity quantity;
  std::int64_t ts = 0;
  bool buyer_is_maker = false;
};

/// What one taker took at one price.
struct AggregateTrade {
  PublicTrade trade;  ///< its id is the aggregate's
  std::uint64_t first_id = 0;
  std::uint64_t last_id = 0;
};

struct OrderEvent {
  Order order;  ///< as it was then
  Execution execution = Execution::kNew;
  std::optional<Fill> fill;
  std::string cancel_id;  ///< of the request that cancelled it
  std::int64_t ts = 0;
};

/// Why balances changed.
enum class BalanceReason : std::uint8_t { kOrder, kDeposit, kFunding };

struct BalanceEvent {
  std::uint32_t account = 0;
  BalanceReason reason = BalanceReason::kOrder;
  std::map<std::string, Balance> balances;    ///< those that changed
  std::map<std::string, Position> positions;  ///< those that changed
  std::string asset;                          ///< of `change`
  Money change;                               ///< of a deposit or of funding
  std::int64_t ts = 0;
};

struct ForcedEvent {
  Order order;
  std::int64_t ts = 0;
};

using Event = std::variant<PublicTrade, AggregateTrade, OrderEvent, BalanceEvent, ForcedEvent>;

/// Of a perpetual.
struct Mark {
  Price mark;
  Price index;
  Rate funding_rate;
  std::int64_t next_funding_ts = 0;
};

struct FundingPaid {
  std::string symbol;
  Rate rate;
  Price mark;
  std::int64_t ts = 0;
};

/// A line of an account's futures statement.
struct Income {
  std::uint32_t account = 0;
  std::string symbol;
  std::string kind;  ///< the venue's word: REALIZED_PNL, FUNDING_FEE, COMMISSION, TRANSFER
  Money amount;
  std::string asset;
  std::uint64_t trade_id = 0;
  std::uint64_t id = 0;
  std::int64_t ts = 0;
};

struct ListedBook {
  Listing listing;
  Book book;
  Mark mark;
  Price last;
  std::uint64_t next_trade_id = 1;
  std::uint64_t next_aggregate_id = 1;
  std::deque<PublicTrade> trades;         ///< the last thousand
  std::deque<AggregateTrade> aggregates;  ///< the last thousand
  std::vector<FundingPaid> fundings;
};

struct Fees {
  Rate maker;
  Rate taker;
};

/// Which order of an account: by number, or else by client id.
struct OrderName {
  std::uint64_t id = 0;
  std::string client_id;
};

/// One market of the venue: accounts, books, matching by price and time. Time is told it and every
/// answer depends on what it was told alone. Refuses by throwing Refusal, with nothing changed.
class Exchange {
 public:
  Exchange(Market market, std::vector<Listing> listings, Fees fees);

  [[nodiscard]] Market market() const noexcept { return market_; }
  [[nodiscard]] Fees fees() const noexcept { return fees_; }
  [[nodiscard]] std::int64_t now() const noexcept { return now_; }
  /// Time passes: funding is paid, countdowns and good-till dates end. Never backwards.
  void advance(std::int64_t now);

  // Accounts. 0 is the rest of the market.
  std::uint32_t open_account(std::string name);
  [[nodiscard]] const Account& account(std::uint32_t id) const { return accounts_.at(id); }
  [[nodiscard]] Account& account(std::uint32_t id) { return accounts_.at(id); }
  [[nodiscard]] std::uint32_t accounts() const noexcept {
    return static_cast<std::uint32_t>(accounts_.size());
  }
  void deposit(std::uint32_t account, const std::string& asset, Money amount);

  // Orders.
  const Order& place(std::uint32_t account, NewOrder wanted);
  /// Whether `place` would take it; nothing else.
  void check(std::uint32_t account, const NewOrder& wanted) const;
  const Order& cancel(std::uint32_t account, const std::string& symbol, const OrderName& name,
                      const std::string& cancel_id);
  std::vector<Order> cancel_all(std::uint32_t account, const std::string& symbol,
                                const std::string& cancel_id);
  /// Less of it, its place in the queue kept (spot).
  const Order& reduce(std::uint32_t account, const std::string& symbol, const OrderName& name,
                      Quantity quantity, const std::string& client_id);
  /// Another price and quantity, behind the others (futures).
  const Order& modify(std::uint32_t account, const std::string& symbol, const OrderName& name,
                      Side side, Price price, Quantity quantity);
  /// 0 disarms.
  void set_countdown(std::uint32_t account, const std::string& symbol, std::int64_t countdown_ns);
  /// The venue closes a position at the market.
  void liquidate(std::uint32_t account, const std::string& symbol);

  /// nullptr: no such order. Of several with one client id the last.
  [[nodiscard]] const Order* find(std::uint32_t account, const std::string& symbol,
                                  const OrderName& name) const;
  /// By number; of one symbol, or of all if it is empty.
  [[nodiscard]] std::vector<const Order*> open_orders(std::uint32_t account,
                                                      std::string_view symbol) const;
  [[nodiscard]] const std::map<std::uint64_t, Order>& orders() const noexcept { return orders_; }
  [[nodiscard]] const std::vector<Fill>& fills() const noexcept { return fills_; }
  [[nodiscard]] const std::vector<Income>& incomes() const noexcept { return incomes_; }

  // The market. Throws Refusal for a symbol that is not listed.
  [[nodiscard]] const ListedBook& listed(const std::string& symbol) const;
  [[nodiscard]] const std::map<std::string, ListedBook>& all_listed() const noexcept {
    return listed_;
  }
  /// Lets go of changes nobody will ask for.
  void forget_changes(const std::string& symbol, std::uint64_t up_to_id);

  // The rest of the market.
  /// What it offers at a price from now on. More of it may trade against an account's order.
  void others_offer(const std::string& symbol, Side side, Price price, Quantity quantity);
  /// It takes, at once and as far as the limit; what nobody was there for is returned.
  Quantity others_take(const std::string& symbol, Side side, Price limit, Quantity quantity);
  /// It trades with itself.
  void others_print(const std::string& symbol, Side taker, Price price, Quantity quantity);
  /// It leaves.
  void others_withdraw(const std::string& symbol);
  void set_mark(const std::string& symbol, const Mark& mark);
  /// Funding at the rate of its mark is paid now, whatever its instant (futures).
  void fund(const std::string& symbol) { pay_funding(book_of(symbol)); }

  // Margin of a futures account, in its quote asset.
  [[nodiscard]] Money position_margin(std::uint32_t account) const;
  [[nodiscard]] Money order_margin(std::uint32_t account) const;
  [[nodiscard]] Money unrealised(std::uint32_t account) const;
  [[nodiscard]] Money available_margin(std::uint32_t account) const;

  /// What happened since the last call, in order.
  [[nodiscard]] std::vector<Event> take_events();

 private:
  struct Taker {
    Side side;
    Price limit;
    Quantity left;
    Order* order;  // nullptr: the rest of the market
  };

  ListedBook& book_of(const std::string& symbol);
  void check_filters(const Listing& listing, const NewOrder& wanted, std::uint32_t account) const;
  void check_funds(const ListedBook& listed, const NewOrder& wanted, std::uint32_t account) const;
  void check_crossing(const ListedBook& listed, const NewOrder& wanted,
                      std::uint32_t account) const;
  void check_reduction(const NewOrder& wanted, std::uint32_t account) const;
  [[nodiscard]] Money market_cost(const ListedBook& listed, const NewOrder& wanted) const;
  [[nodiscard]] bool crosses(const ListedBook& listed, Side side, Price price) const;

  void match(ListedBook& listed, Taker& taker);
  [[nodiscard]] Quantity tradable(const ListedBook& listed, const Taker& taker, const Order* maker,
                                  Price price, Quantity resting) const;
  /// False: the taker goes no further.
  bool prevent_self_trade(Taker& taker, Order& maker);
  void print(ListedBook& listed, const Taker& taker, Order* maker, Price price, Quantity quantity);
  void aggregate(ListedBook& listed, const PublicTrade& trade);
  void fill(ListedBook& listed, Order& order, const PublicTrade& trade, bool maker);
  void settle_spot(const Listing& listing, Order& order, Fill& fill);
  void settle_future(const Listing& listing, Order& order, Fill& fill);
  void pay_in_bnb(const Listing& listing, Account& account, Fill& fill);
  void expire_needless_reductions(std::uint32_t account, const std::string& symbol);

  void lock(Order& order, Quantity quantity);
  void unlock(Order& order, Quantity quantity);
  void rest(ListedBook& listed, Order& order);
  /// Takes an open order off the book, or what is left of a taker.
  void end(Order& order, Status status, Execution execution, const std::string& cancel_id = {});
  Order& open_order(std::uint32_t account, const std::string& symbol, const OrderName& name,
                    std::int64_t code, const char* text);
  void report(const Order& order, Execution execution, const Fill* fill = nullptr,
              const std::string& cancel_id = {});
  void touch(std::uint32_t account, const std::string& asset);
  void touch_position(std::uint32_t account, const std::string& symbol);
  /// One balance event for each account that was touched.
  void report_balances(BalanceReason reason, const std::string& asset = {}, Money change = {});
  void record_income(std::uint32_t account, const std::string& symbol, std::string kind,
                     Money amount, const std::string& asset, std::uint64_t trade_id);

  void pay_funding(ListedBook& listed);
  void end_countdowns();
  void end_good_till();
  void liquidate_the_insolvent();

  Market market_;
  Fees fees_;
  std::int64_t now_ = 0;
  std::map<std::string, ListedBook> listed_;
  std::deque<Account> accounts_;
  std::map<std::uint64_t, Order> orders_;
  std::map<std::uint32_t, std::set<std::uint64_t>> open_;
  std::map<std::pair<std::uint32_t, std::string>, std::uint64_t> by_client_id_;
  std::set<std::pair<std::int64_t, std::uint64_t>> good_till_;  ///< end and number of GTD orders
  std::vector<Fill> fills_;
  std::vector<Income> incomes_;
  std::vector<Event> events_;
  std::map<std::uint32_t, std::pair<std::set<std::string>, std::set<std::string>>> touched_;
  std::uint64_t next_order_id_ = 1'001;
  std::uint64_t next_income_id_ = 1;
};

}  // namespace writ::venue_sim
