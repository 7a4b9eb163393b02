// Binance's public archives: https://github.com/binance/binance-public-data, README.
#include "host/feed/archive_format.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <array>
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

class AggTrades final : public ArchiveRows {
 public:
  AggTrades(std::string symbol, const ImportOptions&) : symbol_(std::move(symbol)) {}

  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    auto trade = model::make_record<writ_trade>();
    trade.trade_id = ids_.read(rows, 0);
    trade.price = rows.positive(1);
    trade.quantity = rows.positive(2);
    if (rows.integer(4) < rows.integer(3)) {
      rows.fail(4, "last_trade_id is below first_trade_id");
    }
    set_time(trade.header, rows.time(5));
    trade.side = rows.truth(6) ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
    trade.flags = WRIT_TRADE_AGGREGATE;
    consumer(symbol_, trade.header);
  }

 private:
  std::string symbol_;
  RisingIds ids_;
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

class Trades final : public ArchiveRows {
 public:
  Trades(std::string symbol, const ImportOptions&) : symbol_(std::move(symbol)) {}

  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    auto trade = model::make_record<writ_trade>();
    trade.trade_id = ids_.read(rows, 0);
    trade.price = rows.positive(1);
    trade.quantity = rows.positive(2);
    set_time(trade.header, rows.time(4));
    trade.side = rows.truth(5) ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
    consumer(symbol_, trade.header);
  }

 private:
  std::string symbol_;
  RisingIds ids_;
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
      : symbol_(std::move(symbol)), interval_ns_(options.bar_interval_ns) {}

  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    auto bar = model::make_record<writ_bar>();
    bar.open_ts = rows.time(0);
    bar.interval_ns = interval(rows, bar.open_ts);
    if (next_open_ts_ != kNone && bar.open_ts < next_open_ts_) {
      rows.fail(0, "the bar opens before the one before it closed");
    }
    next_open_ts_ = bar.open_ts + bar.interval_ns;
    bar.open = rows.positive(1);
    bar.high = rows.positive(2);
    bar.low = rows.positive(3);
    bar.close = rows.positive(4);
    if (bar.high < std::max(bar.open, bar.close)) rows.fail(2, "high is below open or close");
    if (bar.low > std::min(bar.open, bar.close)) rows.fail(3, "low is above open or close");
    bar.volume = rows.not_negative(5);
    if (rows.has(8)) bar.trade_count = static_cast<std::uint64_t>(rows.integer(8));
    set_time(bar.header, next_open_ts_);
    consumer(symbol_, bar.header);
  }

 private:
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
    image.bid_count = 1;
    image.ask_count = 1;
    consumer(symbol_,
             buffer_.begin(image).append(&bid, sizeof bid).append(&ask, sizeof ask).finish());
  }

 private:
  std::string symbol_;
  RisingIds ids_;
  model::RecordBuffer buffer_;
};

template <class Rows>
std::unique_ptr<ArchiveRows> make(std::string symbol, const ImportOptions& options) {
  return std::make_unique<Rows>(std::move(symbol), options);
}

}  // namespace

std::span<const ArchiveFormat> binance_archives() {
  static const std::array kFormats = {
      ArchiveFormat{"binance-aggtrades", kAggTradeColumns, "-aggTrades", make<AggTrades>},
      ArchiveFormat{"binance-trades", kTradeColumns, "-trades", make<Trades>},
      ArchiveFormat{"binance-klines", kKlineColumns, "-", make<Klines>},
      ArchiveFormat{"binance-bookticker", kBookTickerColumns, "-bookTicker", make<BookTickers>},
  };
  return kFormats;
}

}  // namespace writ::feed
