// Binance's public archives: https://github.com/binance/binance-public-data, README.
#include "host/feed/book_levels.hpp"
#include "host/feed/csv_archive.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace writ::feed {
namespace {

constexpr std::int64_t kNone = WRIT_NONE;

// Ids that must rise from row to row.
class RisingIds {
 public:
  [[nodiscard]] std::uint64_t read(const CsvRows& rows, std::size_t column) {
    const std::int64_t id = rows.integer(column);
    if (last_ && id <= *last_) {
      rows.fail(column,
                "the id " + std::to_string(id) + " does not follow " + std::to_string(*last_));
    }
    last_ = id;
    return static_cast<std::uint64_t>(id);
  }

 private:
  std::optional<std::int64_t> last_;
};

// An archive has no other time than the venue's.
void set_time(writ_record& header, std::int64_t ts) noexcept {
  header.event_ts = ts;
  header.ingest_ts = ts;
}

const std::array<CsvColumn, 8> kAggTradeColumns = {
    CsvColumn{"agg_trade_id"},   CsvColumn{"price"},
    CsvColumn{"quantity"},       CsvColumn{"first_trade_id"},
    CsvColumn{"last_trade_id"},  CsvColumn{"transact_time"},
    CsvColumn{"is_buyer_maker"}, CsvColumn{"is_best_match", false},
};

// The layouts of trades: id, price and quantity first, the others at these columns.
class TradeRows : public ArchiveRows {
 protected:
  TradeRows(std::string symbol, std::size_t time, std::size_t maker)
      : symbol_(std::move(symbol)), time_(time), maker_(maker) {}

  void read_trade(CsvRows& rows, std::uint16_t flags, const MarketRecordConsumer& consumer) {
    auto trade = model::make_record<writ_trade>();
    trade.trade_id = ids_.read(rows, 0);
    trade.price = rows.positive(1);
    trade.quantity = rows.positive(2);
    set_time(trade.header, rows.time(time_));
    trade.side = rows.truth(maker_) ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
    trade.flags = flags;
    consumer(symbol_, trade.header);
  }

 private:
  std::string symbol_;
  std::size_t time_;
  std::size_t maker_;
  RisingIds ids_;
};

class AggTrades final : public TradeRows {
 public:
  AggTrades(std::string symbol, const ImportOptions&) : TradeRows(std::move(symbol), 5, 6) {}

  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    if (rows.integer(4) < rows.integer(3)) {
      rows.fail(4, "last_trade_id is below first_trade_id");
    }
    read_trade(rows, WRIT_TRADE_AGGREGATE, consumer);
  }
};

const std::array<CsvColumn, 7> kTradeColumns = {
    CsvColumn{"id"},
    CsvColumn{"price"},
    CsvColumn{"qty"},
    CsvColumn{"quote_qty"},
    CsvColumn{"time"},
    CsvColumn{"is_buyer_maker"},
    CsvColumn{"is_best_match", false},
};

class Trades final : public TradeRows {
 public:
  Trades(std::string symbol, const ImportOptions&) : TradeRows(std::move(symbol), 4, 5) {}

  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    read_trade(rows, 0, consumer);
  }
};

const std::array<CsvColumn, 12> kKlineColumns = {
    CsvColumn{"open_time|timestamp"},
    CsvColumn{"open"},
    CsvColumn{"high"},
    CsvColumn{"low"},
    CsvColumn{"close"},
    CsvColumn{"volume"},
    CsvColumn{"close_time", false},
    CsvColumn{"quote_volume", false},
    CsvColumn{"count|trades", false},
    CsvColumn{"taker_buy_volume", false},
    CsvColumn{"taker_buy_quote_volume", false},
    CsvColumn{"ignore", false},
};

// A bar is known when it is closed: that is its time on the tape.
class Klines final : public ArchiveRows {
 public:
  Klines(std::string symbol, const ImportOptions& options)
      : symbol_(std::move(symbol)), interval_ns_(options.bar_interval_ns) {
    if (options.instruments.size() == 1) multiplier_ = options.instruments[0].multiplier;
  }

  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    auto bar = model::make_record<writ_bar>();
    bar.open_ts = rows.time(0);
    bar.interval_ns = interval(rows, bar.open_ts);
    if (next_open_ts_ != kNone && bar.open_ts < next_open_ts_) {
      rows.fail(0, "the bar opens before the one before it closed");
    }
    next_open_ts_ = bar.open_ts + bar.interval_ns;
    bar.open = price(rows, 1);
    bar.high = price(rows, 2);
    bar.low = price(rows, 3);
    bar.close = price(rows, 4);
    if (bar.high < std::max(bar.open, bar.close)) rows.fail(2, "high is below open or close");
    if (bar.low > std::min(bar.open, bar.close)) rows.fail(3, "low is above open or close");
    bar.volume = rows.not_negative(5, multiplier_);
    if (rows.has(8)) bar.trade_count = static_cast<std::uint64_t>(rows.integer(8));
    set_time(bar.header, next_open_ts_);
    consumer(symbol_, bar.header);
  }

 private:
  std::int64_t price(const CsvRows& rows, std::size_t column) const {
    std::int64_t of_unit = 0;
    if (!__builtin_mul_overflow(rows.positive(column), multiplier_, &of_unit)) return of_unit;
    rows.fail(column, "the price of so many is out of range");
  }

  // The closing time of an archive is the last instant inside the bar, in the file's unit.
  std::int64_t interval(CsvRows& rows, std::int64_t open_ts) const {
    if (!rows.has(6)) {
      if (interval_ns_ != 0) return interval_ns_;
      rows.fail(0, "no close_time tells how long a bar is: give --interval");
    }
    const std::int64_t unit = rows.text(6).size() == 13 ? 1'000'000 : 1'000;
    const std::int64_t length = rows.time(6) + unit - open_ts;
    if (length <= 0) rows.fail(6, "close_time is not after open_time");
    if (interval_ns_ != 0 && length != interval_ns_) {
      rows.fail(6, "the bar is not as long as --interval says");
    }
    return length;
  }

  std::string symbol_;
  std::int64_t interval_ns_;
  std::int64_t multiplier_ = 1;
  std::int64_t next_open_ts_ = kNone;
};

const std::array<CsvColumn, 7> kBookTickerColumns = {
    CsvColumn{"update_id"},         CsvColumn{"best_bid_price"}, CsvColumn{"best_bid_qty"},
    CsvColumn{"best_ask_price"},    CsvColumn{"best_ask_qty"},   CsvColumn{"transaction_time"},
    CsvColumn{"event_time", false},
};

// With nothing but the touch on the tape, the touch is the whole book.
class BookTickers final : public ArchiveRows {
 public:
  BookTickers(std::string symbol, const ImportOptions&) : symbol_(std::move(symbol)) {}

  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    const writ_level bid{rows.positive(1), rows.positive(2)};
    const writ_level ask{rows.positive(3), rows.positive(4)};
    if (bid.price >= ask.price) rows.fail(1, "the bid is not below the ask");
    auto image = model::make_record<writ_book_snapshot>();
    image.last_id = ids_.read(rows, 0);
    set_time(image.header, rows.time(5));
    consumer(symbol_, with_levels(buffer_, image, {&bid, 1}, {&ask, 1}));
  }

 private:
  std::string symbol_;
  RisingIds ids_;
  model::RecordBuffer buffer_;
};

const std::array<CsvColumn, 4> kFundingColumns = {
    CsvColumn{"timestamp|calc_time|fundingTime"},
    CsvColumn{"symbol"},
    CsvColumn{"funding_rate|last_funding_rate|fundingRate"},
    CsvColumn{"mark_price|markPrice", false},
};

// Rates as applied. How long each was for is told by the one before it.
class Fundings final : public ArchiveRows {
 public:
  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    auto funding = model::make_record<writ_funding>();
    set_time(funding.header, rows.time(0));
    const std::string symbol(rows.text(1));
    if (symbol.empty()) rows.fail(1, "the row names no symbol");
    funding.rate = rows.decimal(2);
    funding.mark = rows.text(3).empty() ? kNone : rows.positive(3);
    // The instants are some ms late: of an hour at least, a minute is the finest difference.
    constexpr std::int64_t kMinute = 60'000'000'000;
    auto& last = last_ts_.try_emplace(symbol, kNone).first->second;
    const std::int64_t apart = last == kNone ? 8 * 60 * kMinute : funding.header.ingest_ts - last;
    funding.interval_ns = (apart + kMinute / 2) / kMinute * kMinute;
    last = funding.header.ingest_ts;
    consumer(symbol, funding.header);
  }

  [[nodiscard]] BinanceVenue venue() const noexcept override { return BinanceVenue::kUsdm; }

 private:
  std::map<std::string, std::int64_t> last_ts_;
};

std::unique_ptr<ArchiveRows> make_fundings(std::string, const ImportOptions&) {
  return std::make_unique<Fundings>();
}

template <class Rows>
std::unique_ptr<ArchiveRows> make(std::string symbol, const ImportOptions& options) {
  return std::make_unique<Rows>(std::move(symbol), options);
}

}  // namespace

std::vector<ArchiveFormat> binance_archives() {
  return {
      csv_archive("binance-aggtrades", {kAggTradeColumns, "-aggTrades", make<AggTrades>}),
      csv_archive("binance-trades", {kTradeColumns, "-trades", make<Trades>}),
      csv_archive("binance-klines", {kKlineColumns, "-", make<Klines>}),
      csv_archive("binance-bookticker", {kBookTickerColumns, "-bookTicker", make<BookTickers>}),
      csv_archive("binance-funding", {kFundingColumns, "", make_fundings}),
  };
}

}  // namespace writ::feed
