#pragma once

#include "host/base/dense_map.hpp"
#include "host/base/result.hpp"
#include "host/ledger/account_books.hpp"
#include "host/ledger/betting_market.hpp"
#include "host/ledger/marks.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_sink.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>
#include <writ/ids.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>
#include <writ/rounding.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::ledger {

/// A strategy's result, per instrument or summed over those of one asset, in that asset.
struct StrategyResult {
  std::uint32_t asset = 0;  ///< quote asset, of a perpetual the settle asset
  Quantity position;        ///< zero in a sum
  Money realized;           ///< gross of fees
  Money unrealized;         ///< as of the last portfolio record
  Money fees;               ///< positive = paid
  Money funding;            ///< positive = received
  Money adjustments;

  /// realized + unrealized - fees + funding + adjustments
  [[nodiscard]] Money total() const { return realized + unrealized - fees + funding + adjustments; }
};

/// Cash, lots, results and equity of every account, exact. Arithmetic on input records: the same
/// records give the same state and the same LEDGER, EXECUTED_TRADE and PORTFOLIO records.
/// [sequencer-thread]
///
/// Lots are kept twice. Per strategy: its rows (PNL, EXECUTED_TRADE, MTM) add up to its result. Per
/// account: the truth, from which cash of perpetuals and positions of the portfolio follow. Money
/// and coins deposited belong to instance 0, the account itself.
/// An event whose numbers would not fit is refused whole with an ARITHMETIC incident.
class Ledger {
 public:
  /// `tables` must know the instrument, asset and account of a record before it comes; it must
  /// outlive the ledger. Rows and portfolios are of the account's book.
  explicit Ledger(const model::InstrumentTable& tables) : tables_(tables) {}

  // Input records. `id` is that of the record (run and seq), by which ledger rows refer to it.

  /// CASH deposit or withdrawal. A base asset of a spot instrument quoted in the reporting asset
  /// becomes a lot of the account itself once that instrument has a mark; until then it counts
  /// nothing in equity. Whatever else is not the reporting asset counts at its conversion rate.
  void on_deposit(const writ_deposit& deposit, std::uint64_t id, model::RecordSink& sink);
  /// CASH trade and fee, PNL realized and fee, one EXECUTED_TRADE per leg. Duplicates were filtered
  /// by execution. The fee is booked in the asset it was charged in; where that is the base asset
  /// of a spot trade, the position is so much smaller, where it is a third one, the result shows
  /// what it is worth (`fee`, or by the conversion rate). A leg that opens shows no fee: the legs
  /// that close the lot show their parts of it beside their own. Returns false, with an incident,
  /// if the fill was refused.
  bool on_fill(const writ_fill& fill, FillId id, model::RecordSink& sink);
  /// CASH and PNL funding for every position open in a perpetual. A fill from before its instant
  /// (event_ts) that is reported later books what its position would have paid, as funding, too.
  void on_funding(const writ_funding& funding, std::uint64_t id, model::RecordSink& sink);
  /// CASH settlement and PNL adjustment: every lot is closed at the payout, every bet by its result
  /// (domain §2, §8). Once no bet is left in a betting market, CASH and PNL fee: the commission. A
  /// REVERSED settlement books the opposite of what the instrument's last one did and opens its
  /// lots and bets again; with a position taken since it is refused with an incident.
  void on_settlement(const writ_settlement& settlement, std::uint64_t id, model::RecordSink& sink);
  /// A non-runner: cuts the odds of the bets on the others of its market. PNL adjustment where that
  /// changes what was realised by closing bets with each other.
  void on_reduction(const writ_reduction& reduction, std::uint64_t id, model::RecordSink& sink);
  /// Tokens split, merged, redeemed or converted: cash, lots and PNL realized (of a redemption
  /// settlement and adjustment). Refused with an incident for more than the strategy and its
  /// account hold.
  void on_token_change(const writ_token_change& change, std::uint64_t id, model::RecordSink& sink);
  /// A transfer is a deposit; a correction of a balance or a position is CASH and PNL adjustment;
  /// funding as the venue booked it is CASH and PNL funding, shared by those who hold the
  /// perpetual, and booked once: one not later (event_ts) than its last is passed over.
  void on_adjustment(const writ_adjustment& adjustment, std::uint64_t id, model::RecordSink& sink);
  void on_conversion(const writ_conversion& conversion, model::RecordSink& sink);
  /// Best prices changed. Remembers the last valid ones and prices deposited coins waiting for
  /// their first mark. Cheap: may be called for every change of a top.
  void on_quote(std::uint32_t instrument, const Quote& quote, model::RecordSink& sink);

  /// One PORTFOLIO record, then a PNL mtm row for each strategy and instrument whose unrealised
  /// result changed since its row before. Asserts, exactly: equity = sum of balance and position
  /// values = initial + realized - fees + funding + adjustments + unrealized.
  /// Returns the record's id; 0 for an unknown account or numbers that do not fit (an incident).
  std::uint64_t portfolio(AccountId account, std::int64_t now, const QuoteSource& quotes,
                          std::uint32_t open_orders, model::RecordSink& sink);

  /// Operator's reset of the drawdown: peak = equity of the last portfolio, tier NORMAL.
  void reset_drawdown(AccountId account);

  // Reading. Unknown accounts, assets and instruments read as zero.

  [[nodiscard]] Money cash(AccountId account, AssetId asset) const;
  /// Signed position of the account, in one instrument; of a runner, in win units.
  [[nodiscard]] Quantity position(AccountId account, InstrumentId instrument) const;
  /// Of one strategy; instance 0 = the account's own (deposited coins).
  [[nodiscard]] Quantity strategy_position(AccountId account, InstanceId instance,
                                           InstrumentId instrument) const;
  /// Of what an account has bet on a runner; zero once that is settled.
  [[nodiscard]] BetResult bets(AccountId account, InstrumentId instrument) const;
  [[nodiscard]] BetResult strategy_bets(AccountId account, InstanceId instance,
                                        InstrumentId instrument) const;
  /// As of the last portfolio record.
  [[nodiscard]] Money equity(AccountId account) const;
  [[nodiscard]] Money gross_exposure(AccountId account) const;
  [[nodiscard]] Money net_exposure(AccountId account) const;
  [[nodiscard]] Money max_loss(AccountId account) const;
  [[nodiscard]] std::uint32_t tier(AccountId account) const;        ///< WRIT_TIER_*
  [[nodiscard]] const Drawdown* drawdown(AccountId account) const;  ///< nullptr: unknown account
  /// As of the last portfolio record of the UTC day of `now`, against the day's first; >= 0.
  [[nodiscard]] Money daily_loss(AccountId account, std::int64_t now) const;
  /// Price a position is marked at, from the last valid quotes; none: there never was one.
  [[nodiscard]] Price last_mark(InstrumentId instrument, Quantity position) const;
  /// The last valid best prices; none where there never was one.
  [[nodiscard]] Quote last_quote(InstrumentId instrument) const;
  /// What one unit of the asset is worth in the account's reporting asset, rounded up; nothing: no
  /// rate is known.
  [[nodiscard]] std::optional<Rate> reporting_rate(AccountId account, AssetId asset) const;
  /// How often deposited coins became a position, in whatever instrument: a fill of one may make
  /// those of another fit. No part of what is saved.
  [[nodiscard]] std::uint64_t coins_booked() const noexcept { return coins_booked_; }
  /// The account's open lots in an instrument; nullptr: it never had any.
  [[nodiscard]] const FifoLots* lots(AccountId account, InstrumentId instrument) const;
  /// Calls `visit(instrument, lots)` for each instrument the account ever had lots in, by number.
  template <class Visit>
  void for_each_lots(AccountId account, Visit&& visit) const {
    const AccountBooks* books = find(account);
    if (books == nullptr) return;
    for (const auto& [instrument, lots] : books->truth) visit(instrument, lots);
  }
  /// Calls `visit(instance, lots)` for each strategy that ever had lots there, by number.
  template <class Visit>
  void for_each_strategy(AccountId account, InstrumentId instrument, Visit&& visit) const {
    const AccountBooks* books = find(account);
    if (books == nullptr) return;
    for (auto at = books->strategies.lower_bound({instrument.raw(), 0});
         at != books->strategies.end() && at->first.first == instrument.raw(); ++at) {
      visit(at->first.second, at->second.lots);
    }
  }
  /// Of one strategy in one instrument.
  [[nodiscard]] StrategyResult result(AccountId account, InstanceId instance,
                                      InstrumentId instrument) const;
  /// Of one strategy over all instruments, one for each asset, by asset number. Instance 0 has what
  /// currencies did to the account in its unrealised result.
  [[nodiscard]] std::vector<StrategyResult> results(AccountId account, InstanceId instance) const;
  /// Every (instrument, instance) of an account that ever had a fill, in that order.
  [[nodiscard]] std::vector<std::pair<InstrumentId, InstanceId>> strategies(
      AccountId account) const;
  /// Accounts with anything in them, by number.
  [[nodiscard]] std::vector<AccountId> accounts() const;
  /// Calls `visit(AccountId)` for each of them.
  template <class Visit>
  void for_each_account(Visit&& visit) const {
    for (const auto& [account, books] : accounts_) visit(AccountId{account});
  }

  [[nodiscard]] std::vector<std::byte> save() const;
  /// Errors: kCorrupt; the ledger is then as it was.
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state);

 private:
  struct Valuation;
  struct Ref {
    std::uint16_t kind;  ///< WRIT_REF_*
    std::uint64_t id;
  };
  /// Of an entry: whose, in what.
  struct Entry {
    std::uint32_t account;
    std::uint32_t instrument;
    std::uint32_t instance;
    std::uint32_t asset;
  };

  /// Nothing: the account is unknown.
  [[nodiscard]] const AccountBooks* find(AccountId account) const;
  [[nodiscard]] std::uint32_t reporting_asset(std::uint32_t account) const;
  /// The first spot instrument that sells `asset` for `quote`; nullptr if none does.
  [[nodiscard]] const writ_instrument* spot_of(std::uint32_t asset, std::uint32_t quote) const;
  /// What an amount is worth; nothing without a rate or if it does not fit.
  [[nodiscard]] std::optional<Money> worth(Money amount, std::uint32_t asset, std::uint32_t into,
                                           Rounding rounding) const;
  /// The same for running sums: an amount nobody can value yet counts zero.
  [[nodiscard]] Money worth_or_zero(Money amount, std::uint32_t asset, std::uint32_t into) const;

  /// Money from or to outside; deposited coins may become a lot.
  void move_money(const writ_record& cause, std::uint32_t account, std::uint32_t asset,
                  Money amount, Ref ref, model::RecordSink& sink);
  void adjust_cash(const writ_adjustment& adjustment, Ref ref, model::RecordSink& sink);
  void adjust_position(const writ_adjustment& adjustment, Ref ref, model::RecordSink& sink);
  void adjust_funding(const writ_adjustment& adjustment, Ref ref, model::RecordSink& sink);
  void redeem(const writ_token_change& change, Ref ref, model::RecordSink& sink);
  /// Books lots closed and opened by tokens changing and the collateral that moves. All or nothing.
  struct TokenLeg {
    std::uint32_t instrument;
    Quantity quantity;  ///< received, negative = given
    Price price;        ///< entered at; of what is given, none
  };
  void change_tokens(const writ_token_change& change, const std::vector<TokenLeg>& legs,
                     Money collateral, Ref ref, model::RecordSink& sink);
  /// YES mid by the last valid prices, within 0 and 1; 0.5 if there is none.
  [[nodiscard]] Price token_mid(std::uint32_t yes) const;
  /// Sum over markets of what the worst outcome would cost against what the open lots and bets
  /// cost, in the reporting asset (domain §1). Of a betting market see betting_payoff; asks
  /// for every runner of it in the tables. What cannot be valued counts nothing.
  [[nodiscard]] std::optional<Money> worst_case(std::uint32_t account, const AccountBooks& books,
                                                const QuoteSource& quotes) const;

  /// A funding's terms, and the positions it was paid for, by account and instance.
  struct PastFunding {
    std::uint64_t id;
    std::int64_t event_ts;
    std::int64_t mark;
    std::int64_t rate;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Quantity> positions;
  };
  /// What a fill's fee comes to.
  struct FeeTerms {
    Quantity traded;      ///< signed, what the position changes by
    Money fee;            ///< in the result asset, for the strategy's result
    Money in_result;      ///< the part of it that cash and positions of the result asset show
    std::uint32_t asset;  ///< it was charged in, where that is another one; 0: it was not
    Money charged;        ///< in that asset
    Money apart;          ///< the part of it that no position shows
  };
  [[nodiscard]] FeeTerms fee_terms(const writ_fill& fill, const writ_instrument& instrument,
                                   Quantity quantity) const;
  /// What fundings after the fill's instant would have moved besides.
  void fund_late(const writ_fill& fill, const writ_instrument& instrument, Quantity quantity,
                 model::RecordSink& sink);

  void settle(const writ_settlement& settlement, const writ_instrument& instrument,
              std::uint32_t account, Ref ref, model::RecordSink& sink);
  void take_back(const writ_settlement& settlement, const writ_instrument& instrument,
                 std::uint32_t account, Ref ref, model::RecordSink& sink);
  /// Charges what the commission on a betting market has become, or gives it back.
  void charge_commission(const writ_settlement& settlement, const writ_instrument& instrument,
                         std::uint32_t account, Ref ref, model::RecordSink& sink);
  void reduce(const writ_reduction& reduction, const writ_instrument& instrument,
              std::uint32_t account, Ref ref, model::RecordSink& sink);

  [[nodiscard]] writ_ledger row_of(const Entry& entry, std::uint16_t kind, Money amount,
                                   Ref ref) const;
  void cash_row(const Entry& entry, std::uint16_t kind, Money amount, Ref ref,
                model::RecordSink& sink);
  void pnl_row(const Entry& entry, std::uint16_t kind, Money amount, Ref ref,
               model::RecordSink& sink);
  void incident(const writ_record& cause, std::uint16_t code, const Entry& entry,
                std::string_view text, model::RecordSink& sink) const;
  /// Opens an incident for an asset that went below zero, closes it when it is back.
  void watch_cash(const writ_record& cause, const Entry& entry, model::RecordSink& sink);
  /// Turns what deposits wait for into lots or money where it can be priced by now. `price` stands
  /// in for a mark of `instrument` that never was; none: nothing does.
  void price_deposits(std::uint32_t account, AccountBooks& books, std::uint32_t instrument,
                      Price price, model::RecordSink& sink);
  /// Books coins into the account's own lots at a price; false if the numbers do not fit.
  bool book_coins(std::uint32_t account, AccountBooks& books, const writ_instrument& instrument,
                  const PendingDeposit& deposit, Price price, model::RecordSink& sink);

  const model::InstrumentTable& tables_;
  base::DenseMap<AccountBooks> accounts_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> conversions_;
  Marks marks_;
  std::uint64_t coins_booked_ = 0;
  std::map<std::uint32_t, std::deque<PastFunding>> fundings_;  // by instrument, the latest last
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> funded_;  // (account, instrument)
};

}  // namespace writ::ledger
