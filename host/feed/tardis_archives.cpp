// The CSV layouts of https://docs.tardis.dev/downloadable-csv-files. Times are in µs; the tape's is
// the one at which the recorder received the message.
#include "host/feed/book_levels.hpp"
#include "host/feed/csv_archive.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

namespace writ::feed {
namespace {

// Columns all layouts begin with.
enum : std::size_t { kExchange, kSymbol, kTimestamp, kLocalTimestamp, kFirstOwn };

std::vector<CsvColumn> with_own(const std::vector<std::string>& own) {
  std::vector<CsvColumn> columns = {{"exchange"}, {"symbol"}, {"timestamp"}, {"local_timestamp"}};
  for (const std::string& name : own) columns.push_back({name});
  return columns;
}

// What a row says beside its own columns.
class TardisRows : public ArchiveRows {
 public:
  [[nodiscard]] BinanceVenue venue() const noexcept final { return venue_; }

 protected:
  void read_header(CsvRows& rows, writ_record& header) {
    const std::string_view exchange = rows.text(kExchange);
    const BinanceVenue venue = exchange == "binance"           ? BinanceVenue::kSpot
                               : exchange == "binance-futures" ? BinanceVenue::kUsdm
                                                               : BinanceVenue::kUnknown;
    if (venue == BinanceVenue::kUnknown) {
      rows.fail(kExchange,
                "exchange is not binance or binance-futures: `" + std::string(exchange) + "`");
    }
    if (venue_ != BinanceVenue::kUnknown && venue != venue_) {
      rows.fail(kExchange, "the exchange changes");
    }
    venue_ = venue;
    if (rows.text(kSymbol).empty()) rows.fail(kSymbol, "symbol is empty");
    header.event_ts = rows.time(kTimestamp);
    header.ingest_ts = rows.time(kLocalTimestamp);
  }

 private:
  BinanceVenue venue_ = BinanceVenue::kUnknown;
};

// buy or sell; `unknown` too where the layout allows it.
std::uint16_t side_of(const CsvRows& rows, std::size_t column) {
  const std::string_view side = rows.text(column);
  if (side == "buy") return WRIT_SIDE_BUY;
  if (side == "sell") return WRIT_SIDE_SELL;
  if (side == "unknown") return WRIT_SIDE_NONE;
  rows.fail(column, "side is not buy, sell or unknown: `" + std::string(side) + "`");
}

std::int64_t value_or_none(const CsvRows& rows, std::size_t column) {
  if (rows.text(column).empty()) return WRIT_NONE;
  return rows.decimal(column);
}

const std::vector<CsvColumn> kTradeColumns = with_own({"id", "side", "price", "amount"});

template <class Trade>
void read_trade(const CsvRows& rows, Trade& trade) {
  trade.side = side_of(rows, kFirstOwn + 1);
  trade.price = rows.positive(kFirstOwn + 2);
  trade.quantity = rows.positive(kFirstOwn + 3);
}

class Trades final : public TardisRows {
 public:
  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    auto trade = model::make_record<writ_trade>();
    read_header(rows, trade.header);
    // Some exchanges name their trades by no number, or not at all.
    const std::string_view id = rows.text(kFirstOwn);
    if (!id.empty()) trade.trade_id = static_cast<std::uint64_t>(rows.integer(kFirstOwn));
    read_trade(rows, trade);
    consumer(rows.text(kSymbol), trade.header);
  }
};

// Each row is a book as it is at one instant, at most so many levels of each side.
class Images : public TardisRows {
 public:
  void read(CsvRows& rows, const MarketRecordConsumer& consumer) final {
    auto image = model::make_record<writ_book_snapshot>();
    read_header(rows, image.header);
    bids_.clear();
    asks_.clear();
    read_levels(rows);
    if (!bids_.empty() && !asks_.empty() && bids_[0].price >= asks_[0].price) {
      rows.fail(kFirstOwn + 2, "the bid is not below the ask");
    }
    image.last_id = ++count_;
    consumer(rows.text(kSymbol), with_levels(buffer_, image, bids_, asks_));
  }

 protected:
  virtual void read_levels(const CsvRows& rows) = 0;
  void add_bid(const CsvRows& rows, std::size_t price, std::size_t amount) {
    add(bids_, rows, price, amount, -1);
  }
  void add_ask(const CsvRows& rows, std::size_t price, std::size_t amount) {
    add(asks_, rows, price, amount, 1);
  }

 private:
  // A level that is not there has empty fields.
  static void add(std::vector<writ_level>& side, const CsvRows& rows, std::size_t price,
                  std::size_t amount, int direction) {
    if (rows.text(price).empty() && rows.text(amount).empty()) return;
    const writ_level level{rows.positive(price), rows.positive(amount)};
    if (!side.empty() && (level.price - side.back().price) * direction <= 0) {
      rows.fail(price, "the levels do not run away from the touch");
    }
    side.push_back(level);
  }

  std::vector<writ_level> bids_;
  std::vector<writ_level> asks_;
  model::RecordBuffer buffer_;
  std::uint64_t count_ = 0;  // the layout gives a book no ids
};

const std::vector<CsvColumn> kQuoteColumns =
    with_own({"ask_amount", "ask_price", "bid_price", "bid_amount"});

// With nothing but the touch on the tape, the touch is the whole book.
class Quotes final : public Images {
  void read_levels(const CsvRows& rows) override {
    add_ask(rows, kFirstOwn + 1, kFirstOwn);
    add_bid(rows, kFirstOwn + 2, kFirstOwn + 3);
  }
};

// asks[0].price, asks[0].amount, bids[0].price, bids[0].amount, asks[1].price ...
std::vector<CsvColumn> image_columns(std::size_t depth) {
  std::vector<std::string> own;
  for (std::size_t level = 0; level < depth; ++level) {
    for (const char* side : {"asks[", "bids["}) {
      own.push_back(side + std::to_string(level) + "].price");
      own.push_back(side + std::to_string(level) + "].amount");
    }
  }
  return with_own(own);
}

const std::vector<CsvColumn> kImage5Columns = image_columns(5);
const std::vector<CsvColumn> kImage25Columns = image_columns(25);

template <std::size_t Depth>
class DeepImages final : public Images {
  void read_levels(const CsvRows& rows) override {
    for (std::size_t level = 0; level < Depth; ++level) {
      const std::size_t column = kFirstOwn + 4 * level;
      add_ask(rows, column, column + 1);
      add_bid(rows, column + 2, column + 3);
    }
  }
};

const std::vector<CsvColumn> kChangeColumns = with_own({"is_snapshot", "side", "price", "amount"});

// The rows of one message have one local time; those of an image say so. The layout has no ids:
// each message of a symbol follows the one before it.
class Changes final : public TardisRows {
 public:
  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    writ_record header{};
    read_header(rows, header);
    const bool is_image = rows.truth(kFirstOwn);
    const std::string_view symbol = rows.text(kSymbol);
    if (header.ingest_ts != header_.ingest_ts || is_image != is_image_ || symbol != symbol_) {
      finish(consumer);
      header_ = header;
      is_image_ = is_image;
      symbol_ = symbol;
    }
    const std::string_view side = rows.text(kFirstOwn + 1);
    if (side != "bid" && side != "ask") rows.fail(kFirstOwn + 1, "side is neither bid nor ask");
    const writ_level level{rows.positive(kFirstOwn + 2), rows.not_negative(kFirstOwn + 3)};
    if (is_image && level.quantity == 0) rows.fail(kFirstOwn + 3, "a level of an image is empty");
    (side == "bid" ? bids_ : asks_).push_back(level);
  }

  void finish(const MarketRecordConsumer& consumer) override {
    if (bids_.empty() && asks_.empty()) return;
    std::uint64_t& last_id = last_ids_[symbol_];
    if (is_image_) {
      auto image = model::make_record<writ_book_snapshot>();
      set_times(image.header);
      image.last_id = ++last_id;
      consumer(symbol_, with_sorted_levels(buffer_, image, bids_, asks_));
    } else {
      auto delta = model::make_record<writ_book_delta>();
      set_times(delta.header);
      delta.flags = WRIT_DELTA_CONTIGUOUS;
      delta.first_id = ++last_id;
      delta.last_id = last_id;
      consumer(symbol_, with_levels(buffer_, delta, bids_, asks_));
    }
    bids_.clear();
    asks_.clear();
  }

 private:
  void set_times(writ_record& header) const {
    header.event_ts = header_.event_ts;
    header.ingest_ts = header_.ingest_ts;
  }

  writ_record header_{};
  bool is_image_ = false;
  std::string symbol_;
  std::vector<writ_level> bids_;
  std::vector<writ_level> asks_;
  std::map<std::string, std::uint64_t> last_ids_;
  model::RecordBuffer buffer_;
};

const std::vector<CsvColumn> kDerivativeColumns =
    with_own({"funding_timestamp", "funding_rate", "predicted_funding_rate", "open_interest",
              "last_price", "index_price", "mark_price"});

class DerivativeTickers final : public TardisRows {
 public:
  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    auto mark = model::make_record<writ_mark_price>();
    read_header(rows, mark.header);
    if (rows.text(kFirstOwn + 6).empty()) return;  // a change of something else
    mark.mark = rows.positive(kFirstOwn + 6);
    mark.index = value_or_none(rows, kFirstOwn + 5);
    mark.funding_rate = value_or_none(rows, kFirstOwn + 1);
    mark.next_funding_ts = rows.text(kFirstOwn).empty() ? WRIT_NONE : rows.time(kFirstOwn);
    consumer(rows.text(kSymbol), mark.header);
  }
};

class Liquidations final : public TardisRows {
 public:
  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    auto forced = model::make_record<writ_liquidation>();
    read_header(rows, forced.header);
    read_trade(rows, forced);
    consumer(rows.text(kSymbol), forced.header);
  }
};

template <class Rows>
std::unique_ptr<ArchiveRows> make(std::string, const ImportOptions&) {
  return std::make_unique<Rows>();
}

}  // namespace

std::vector<ArchiveFormat> tardis_archives() {
  return {
      csv_archive("tardis-trades", {kTradeColumns, "", make<Trades>}),
      csv_archive("tardis-quotes", {kQuoteColumns, "", make<Quotes>}),
      csv_archive("tardis-book-snapshot-5", {kImage5Columns, "", make<DeepImages<5>>}),
      csv_archive("tardis-book-snapshot-25", {kImage25Columns, "", make<DeepImages<25>>}),
      csv_archive("tardis-incremental-book", {kChangeColumns, "", make<Changes>}),
      csv_archive("tardis-derivative-ticker", {kDerivativeColumns, "", make<DerivativeTickers>}),
      csv_archive("tardis-liquidations", {kTradeColumns, "", make<Liquidations>}),
  };
}

}  // namespace writ::feed
