// Files of Betfair's Exchange Stream: recorded by oneself, or of the historical data service, whose
// BASIC plan knows the last price traded and nothing of the book.
#include "host/base/input_error.hpp"
#include "host/feed/archive_format.hpp"
#include "host/feed/betfair_message.hpp"
#include "host/feed/book_levels.hpp"
#include "host/feed/import_tables.hpp"
#include "host/feed/text_file.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace writ::feed {
namespace {

using base::InputError;

constexpr std::int64_t kOne = 1'000'000'000;
constexpr std::int64_t kPenny = kOne / 100;

// One side of a book: size by price.
using Ladder = std::map<std::int64_t, std::int64_t>;

void set(Ladder& ladder, const writ_level& level) {
  if (level.quantity == 0) {
    ladder.erase(level.price);
  } else {
    ladder[level.price] = level.quantity;
  }
}

std::vector<writ_level> levels_of(const Ladder& ladder) {
  std::vector<writ_level> levels;
  for (const auto& [price, size] : ladder) levels.push_back({price, size});
  return levels;
}

// A side known by its best levels only, as a ladder.
Ladder ladder_of(const std::map<std::int64_t, writ_level>& rungs) {
  Ladder ladder;
  for (const auto& [level, at] : rungs) ladder[at.price] = at.quantity;
  return ladder;
}

struct Runner {
  std::string symbol;     // market and selection
  bool listed = false;    // it has an instrument
  bool by_price = false;  // its book came by price: what comes by level says no more
  Ladder to_back;
  Ladder to_lay;
  std::map<std::int64_t, writ_level> best_to_back;
  std::map<std::int64_t, writ_level> best_to_lay;
  std::uint64_t last_id = 0;  // of its book; the stream has no ids of its own
  bool traded_known = false;
  Ladder traded;
  std::uint64_t trades = 0;
  std::tuple<std::uint32_t, std::uint32_t, std::uint32_t> status{};  // as said last
  std::uint32_t result = 0;                                          // WRIT_SETTLED_*, 0 = open
};

struct Market {
  bool defined = false;
  std::map<std::string, Runner> runners;  // by selection
};

bool is_removed(const BetfairRunner& runner) {
  return runner.status == "REMOVED" || runner.status == "REMOVED_VACANT" ||
         runner.status == "HIDDEN";
}

class BetfairArchive final : public ArchiveReader {
 public:
  explicit BetfairArchive(const std::filesystem::path& path) : text_(path) {}

  bool read(const MarketRecordConsumer& consumer) override;

  [[nodiscard]] const std::string& file() const noexcept override { return text_.name(); }
  [[nodiscard]] std::int64_t line() const noexcept override { return text_.line(); }
  [[nodiscard]] std::uint64_t rows() const noexcept override { return rows_; }

 private:
  [[noreturn]] void fail(const std::string& what, std::int64_t column = 0) const {
    throw InputError(file(), line(), column, what);
  }

  void apply(const BetfairMarketChange& change, const MarketRecordConsumer& consumer);

  // The definition.
  void define(const std::string& name, Market& market, const BetfairDefinition& definition,
              const MarketRecordConsumer& consumer);
  [[nodiscard]] writ_instrument instrument_of(const std::string& name,
                                              const BetfairDefinition& definition,
                                              const BetfairRunner& said) const;
  [[nodiscard]] std::uint32_t status_of(const std::string& word) const;
  void report_status(Runner& runner, std::uint32_t status, const BetfairDefinition& definition,
                     const MarketRecordConsumer& consumer);
  void settle(Runner& runner, const BetfairRunner& said, const BetfairDefinition& definition,
              const MarketRecordConsumer& consumer);

  // The runners' changes.
  void report_trades(Runner& runner, const BetfairRunnerChange& change, bool image,
                     const MarketRecordConsumer& consumer);
  void report_trade(Runner& runner, std::int64_t price, std::int64_t size,
                    const MarketRecordConsumer& consumer);
  void report_book(Runner& runner, const BetfairRunnerChange& change, bool image,
                   const MarketRecordConsumer& consumer);
  void report_image(Runner& runner, const MarketRecordConsumer& consumer);

  template <model::Record Record>
  [[nodiscard]] Record stamped() const {
    auto record = model::make_record<Record>();
    record.header.event_ts = ts_;
    record.header.ingest_ts = ts_;
    return record;
  }

  TextFile text_;
  BetfairParser parser_;
  model::RecordBuffer buffer_;
  std::map<std::string, Market> markets_;
  std::uint64_t rows_ = 0;
  std::int64_t ts_ = 0;
};

bool BetfairArchive::read(const MarketRecordConsumer& consumer) {
  const auto text = text_.next();
  if (!text) return false;
  if (text->empty()) return true;
  ++rows_;
  try {
    const BetfairMessage& message = parser_.parse(*text);
    if (message.op == "connection" || message.op == "status") return true;
    if (message.op != "mcm") {
      fail("no message of the market stream: op is `" + message.op.substr(0, 40) + "`");
    }
    if (message.ts == WRIT_NONE) fail("the message has no pt");
    ts_ = message.ts;
    for (const BetfairMarketChange& change : message.markets) apply(change, consumer);
  } catch (const BetfairFault& fault) {
    fail(fault.what(), fault.offset == 0 ? 0 : static_cast<std::int64_t>(fault.offset) + 1);
  }
  return true;
}

void BetfairArchive::apply(const BetfairMarketChange& change,
                           const MarketRecordConsumer& consumer) {
  Market& market = markets_[change.market];
  if (change.has_definition) define(change.market, market, change.definition, consumer);
  if (!market.defined) fail("market " + change.market + " changes before its definition");

  const auto runner_of = [&](const BetfairRunnerChange& one) -> Runner& {
    const auto found = market.runners.find(one.selection);
    if (found == market.runners.end()) {
      fail("runner " + one.selection + " is not in the definition of market " + change.market);
    }
    return found->second;
  };
  // Trades took from the book as it was.
  for (const BetfairRunnerChange& one : change.runners) {
    report_trades(runner_of(one), one, change.image, consumer);
  }
  std::vector<const Runner*> replaced;
  for (const BetfairRunnerChange& one : change.runners) {
    Runner& runner = runner_of(one);
    report_book(runner, one, change.image, consumer);
    replaced.push_back(&runner);
  }
  if (!change.image) return;
  for (auto& [selection, runner] : market.runners) {
    if (std::find(replaced.begin(), replaced.end(), &runner) != replaced.end()) continue;
    if (runner.to_back.empty() && runner.to_lay.empty()) continue;
    runner.to_back.clear();
    runner.to_lay.clear();
    report_image(runner, consumer);
  }
}

void BetfairArchive::define(const std::string& name, Market& market,
                            const BetfairDefinition& definition,
                            const MarketRecordConsumer& consumer) {
  market.defined = true;
  const std::uint32_t status = status_of(definition.status);
  for (const BetfairRunner& said : definition.runners) {
    Runner& runner = market.runners[said.selection];
    const bool removed = is_removed(said);
    if (!runner.listed && !removed) {
      runner.listed = true;
      runner.symbol = name + "/" + said.selection;
      writ_instrument instrument = instrument_of(name, definition, said);
      consumer(runner.symbol, instrument.header);
    }
    // Whoever was gone from the beginning is no instrument.
    if (!runner.listed) continue;
    report_status(runner, removed ? std::uint32_t{WRIT_MARKET_CLOSED} : status, definition,
                  consumer);
    settle(runner, said, definition, consumer);
  }
}

writ_instrument BetfairArchive::instrument_of(const std::string& name,
                                              const BetfairDefinition& definition,
                                              const BetfairRunner& said) const {
  writ_instrument instrument = blank_instrument();
  instrument.header.event_ts = ts_;
  instrument.header.ingest_ts = ts_;
  instrument.kind = WRIT_KIND_RUNNER;
  instrument.tick = kPenny;
  instrument.lot = kPenny;
  if (definition.ladder.empty() || definition.ladder == "CLASSIC") {
    instrument.ladder = WRIT_LADDER_CLASSIC;
  } else if (definition.ladder == "FINEST") {
    instrument.ladder = WRIT_LADDER_FINEST;
  } else if (definition.ladder == "LINE_RANGE") {
    instrument.ladder = WRIT_LADDER_LINE;
    instrument.price_min = definition.line_min;
    instrument.price_max = definition.line_max;
    if (definition.line_interval != WRIT_NONE) instrument.tick = definition.line_interval;
  } else {
    fail("the ladder is not CLASSIC, FINEST or LINE_RANGE: `" + definition.ladder + "`");
  }
  instrument.taker_fee = definition.base_rate / 100;  // per cent
  instrument.fee_decimals = 2;
  instrument.fee_rounding = WRIT_ROUND_HALF_AWAY;
  instrument.winners = definition.winners;
  instrument.runners = static_cast<std::uint32_t>(
      std::count_if(definition.runners.begin(), definition.runners.end(),
                    [](const BetfairRunner& one) { return !is_removed(one); }));
  instrument.each_way_divisor = definition.each_way_divisor;
  instrument.start_ts = definition.start_ts;
  const bool fits = model::set_text(instrument.venue, "betfair") &&
                    model::set_text(instrument.market, name) &&
                    model::set_text(instrument.selection, said.selection) &&
                    model::set_text(instrument.symbol, said.selection) &&
                    model::set_text(instrument.quote, "GBP") &&  // the market stream's currency
                    model::set_text(instrument.settle, "GBP");
  if (!fits) fail("the ids of market or runner are too long");
  return instrument;
}

std::uint32_t BetfairArchive::status_of(const std::string& word) const {
  if (word == "OPEN") return WRIT_MARKET_OPEN;
  if (word == "SUSPENDED" || word == "INACTIVE") return WRIT_MARKET_SUSPENDED;
  if (word == "CLOSED") return WRIT_MARKET_CLOSED;
  fail("the market's status is unknown: `" + word + "`");
}

void BetfairArchive::report_status(Runner& runner, std::uint32_t status,
                                   const BetfairDefinition& definition,
                                   const MarketRecordConsumer& consumer) {
  const std::tuple said{status, std::uint32_t{definition.in_play}, definition.bet_delay_s};
  if (said == runner.status) return;
  runner.status = said;
  auto record = stamped<writ_market_status>();
  record.status = status;
  record.in_play = definition.in_play ? 1 : 0;
  record.bet_delay_s = definition.bet_delay_s;
  consumer(runner.symbol, record.header);
}

// What a runner's status says of its bets. A result that is taken back is reversed, and what the
// venue then says settles anew.
void BetfairArchive::settle(Runner& runner, const BetfairRunner& said,
                            const BetfairDefinition& definition,
                            const MarketRecordConsumer& consumer) {
  const bool closed = definition.status == "CLOSED";
  const bool removed = is_removed(said);
  // PLACED stands in each-way markets only, where no order goes.
  std::uint32_t result = 0;
  if (removed) {
    result = WRIT_SETTLED_VOID;
  } else if (closed && said.status == "WINNER") {
    result = WRIT_SETTLED_WINNER;
  } else if (closed && said.status == "LOSER") {
    result = WRIT_SETTLED_LOSER;
  }
  if (result == runner.result) return;
  if (runner.result != 0) {
    auto back = stamped<writ_settlement>();
    back.result = WRIT_SETTLED_REVERSED;
    back.starting_price = WRIT_NONE;
    consumer(runner.symbol, back.header);
  }
  runner.result = result;
  if (result == 0) return;
  if (removed && said.factor > 0) {
    auto reduction = stamped<writ_reduction>();
    reduction.factor = said.factor;
    const bool place = definition.winners > 1 || definition.market_type == "PLACE" ||
                       definition.market_type == "OTHER_PLACE";
    reduction.market = place ? WRIT_REDUCTION_PLACE : WRIT_REDUCTION_WIN;
    consumer(runner.symbol, reduction.header);
  }
  auto settlement = stamped<writ_settlement>();
  settlement.result = result;
  settlement.starting_price = said.starting_price;
  settlement.places = 1;
  settlement.tied = 1;
  if (result == WRIT_SETTLED_WINNER) {
    // More winners than places is a dead heat. Which of several places it is for nobody says.
    const auto winners = static_cast<std::uint32_t>(
        std::count_if(definition.runners.begin(), definition.runners.end(),
                      [](const BetfairRunner& one) { return one.status == "WINNER"; }));
    if (definition.winners > 0 && winners > definition.winners) {
      settlement.places = definition.winners;
      settlement.tied = winners;
    }
  }
  consumer(runner.symbol, settlement.header);
}

void BetfairArchive::report_trades(Runner& runner, const BetfairRunnerChange& change, bool image,
                                   const MarketRecordConsumer& consumer) {
  if (!runner.listed) return;
  if (image) runner.traded.clear();
  if (!change.has_traded) {
    const bool only_price = !runner.traded_known && !image && change.last_price != WRIT_NONE;
    if (only_price) report_trade(runner, change.last_price, 0, consumer);
    return;
  }
  runner.traded_known = true;
  std::vector<writ_level> fresh;
  for (const writ_level& level : change.traded) {
    const auto before = runner.traded.find(level.price);
    const std::int64_t grown =
        level.quantity - (before == runner.traded.end() ? 0 : before->second);
    set(runner.traded, level);
    // An image tells what was traded earlier; sizes count the stakes of both sides.
    if (!image && grown > 0) fresh.push_back({level.price, grown / 2});
  }
  // The last price traded comes last.
  static_cast<void>(std::stable_partition(fresh.begin(), fresh.end(), [&](const writ_level& level) {
    return level.price != change.last_price;
  }));
  for (const writ_level& level : fresh) report_trade(runner, level.price, level.quantity, consumer);
}

// The stream does not say who took: whoever found this price in the book.
void BetfairArchive::report_trade(Runner& runner, std::int64_t price, std::int64_t size,
                                  const MarketRecordConsumer& consumer) {
  auto trade = stamped<writ_trade>();
  trade.price = price;
  trade.quantity = size;
  trade.trade_id = ++runner.trades;
  if (!runner.to_back.empty() && price <= runner.to_back.rbegin()->first) {
    trade.side = WRIT_SIDE_BUY;  // a back took what was offered to back
  } else if (!runner.to_lay.empty() && price >= runner.to_lay.begin()->first) {
    trade.side = WRIT_SIDE_SELL;
  }
  consumer(runner.symbol, trade.header);
}

void BetfairArchive::report_book(Runner& runner, const BetfairRunnerChange& change, bool image,
                                 const MarketRecordConsumer& consumer) {
  if (!runner.listed) return;
  if (image) {
    runner.to_back.clear();
    runner.to_lay.clear();
    runner.best_to_back.clear();
    runner.best_to_lay.clear();
  }
  if (change.has_prices) {
    // A book that came by level until now begins anew, by price.
    const bool anew = !std::exchange(runner.by_price, true);
    if (anew) {
      runner.to_back.clear();
      runner.to_lay.clear();
    }
    for (const writ_level& level : change.to_back) set(runner.to_back, level);
    for (const writ_level& level : change.to_lay) set(runner.to_lay, level);
    if (!image && !anew) {
      auto delta = stamped<writ_book_delta>();
      delta.flags = WRIT_DELTA_CONTIGUOUS;
      delta.first_id = ++runner.last_id;
      delta.last_id = runner.last_id;
      consumer(runner.symbol, with_levels(buffer_, delta, change.to_back, change.to_lay));
      return;
    }
  } else if (change.has_levels && !runner.by_price) {
    const auto place = [](auto& rungs, const std::vector<BetfairRung>& changed) {
      for (const BetfairRung& rung : changed) {
        if (rung.at.quantity == 0) {
          rungs.erase(rung.level);
        } else {
          rungs[rung.level] = rung.at;
        }
      }
    };
    place(runner.best_to_back, change.best_to_back);
    place(runner.best_to_lay, change.best_to_lay);
    runner.to_back = ladder_of(runner.best_to_back);
    runner.to_lay = ladder_of(runner.best_to_lay);
  } else if (!image) {
    return;
  }
  report_image(runner, consumer);
}

void BetfairArchive::report_image(Runner& runner, const MarketRecordConsumer& consumer) {
  auto image = stamped<writ_book_snapshot>();
  image.last_id = ++runner.last_id;
  std::vector<writ_level> to_back = levels_of(runner.to_back);
  std::reverse(to_back.begin(), to_back.end());  // from the highest odds down
  consumer(runner.symbol, with_levels(buffer_, image, to_back, levels_of(runner.to_lay)));
}

}  // namespace

std::vector<ArchiveFormat> betfair_archives() {
  return {{"betfair-stream", [](const std::filesystem::path& path, const ImportOptions&) {
             return std::make_unique<BetfairArchive>(path);
           }}};
}

}  // namespace writ::feed
