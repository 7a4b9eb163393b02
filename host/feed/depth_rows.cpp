// Captures of Binance's depth and trade streams as CSV, one row for each level of a message or each
// trade: the layouts of the "Unfazed Binance Data Processor", apart or merged in one file.
#include "host/feed/book_levels.hpp"
#include "host/feed/csv_archive.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace writ::feed {
namespace {

enum : std::size_t {
  kReceived,
  kEventType,
  kEventTime,
  kTransactionTime,
  kSymbol,
  kFirstId,
  kLastId,
  kPrevId,
  kIsAsk,
  kPrice,
  kQuantity,
  kTradeId,
  kMaker,
  kTradeKind,
  kRequested,
  kImageId,
  kStreamType,
};

const std::array<CsvColumn, 17> kColumns = {
    CsvColumn{"TimestampOfReceiveUS|TimestampOfReceive", true, true},
    CsvColumn{"EventType", false},
    CsvColumn{"EventTime", false},
    CsvColumn{"TransactionTime", false},
    CsvColumn{"Symbol", false},
    CsvColumn{"FirstUpdateId", false},
    CsvColumn{"FinalUpdateId", false},
    CsvColumn{"FinalUpdateIdInLastStream", false},
    CsvColumn{"IsAsk", false},
    CsvColumn{"Price"},
    CsvColumn{"Quantity"},
    CsvColumn{"TradeId", false},
    CsvColumn{"IsBuyerMarketMaker", false},
    CsvColumn{"XUnknownParameter", false},
    CsvColumn{"TimestampOfRequest", false},
    CsvColumn{"LastUpdateId", false},
    CsvColumn{"StreamType", false},
};

enum class Kind : std::uint8_t { kNone, kChange, kImage, kLastImage };

// What the rows of one message say alike.
struct Message {
  Kind kind = Kind::kNone;
  std::string symbol = {};
  std::int64_t received = 0;
  std::int64_t event_ts = 0;
  std::uint64_t first_id = 0;
  std::uint64_t last_id = 0;
  std::uint64_t prev_id = 0;
  bool is_linked = false;

  /// The levels of a day's last image each have the ids of their own last change.
  [[nodiscard]] bool is_of(const Message& other) const {
    return kind == other.kind && symbol == other.symbol && received == other.received &&
           (kind == Kind::kLastImage || last_id == other.last_id);
  }
};

class DepthRows final : public ArchiveRows {
 public:
  explicit DepthRows(const ImportOptions& options) {
    if (options.instruments.size() == 1) stated_symbol_ = options.instruments[0].symbol;
  }

  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    const std::string symbol = symbol_of(rows);
    const std::int64_t received = rows.time(kReceived);
    if (rows.text(kEventType) == "trade") {
      finish(consumer);
      read_trade(rows, symbol, received, consumer);
      return;
    }
    const Message message = message_of(rows, symbol, received);
    if (!message.is_of(message_)) {
      finish(consumer);
      message_ = message;
    }
    message_.last_id = std::max(message_.last_id, message.last_id);
    const writ_level level{rows.positive(kPrice), rows.not_negative(kQuantity)};
    if (message_.kind != Kind::kChange && level.quantity == 0) return;
    (rows.truth(kIsAsk) ? asks_ : bids_).push_back(level);
  }

  void finish(const MarketRecordConsumer& consumer) override {
    if (message_.kind == Kind::kChange) {
      auto delta = model::make_record<writ_book_delta>();
      set_times(delta.header);
      delta.flags = message_.is_linked ? WRIT_DELTA_LINKED : WRIT_DELTA_CONTIGUOUS;
      delta.first_id = message_.first_id;
      delta.last_id = message_.last_id;
      delta.prev_id = message_.prev_id;
      consumer(message_.symbol, with_levels(buffer_, delta, bids_, asks_));
    } else if (message_.kind != Kind::kNone) {
      auto image = model::make_record<writ_book_snapshot>();
      set_times(image.header);
      image.last_id = message_.last_id;
      consumer(message_.symbol, with_sorted_levels(buffer_, image, bids_, asks_));
    }
    message_ = {};
    bids_.clear();
    asks_.clear();
  }

  [[nodiscard]] BinanceVenue venue() const noexcept override { return venue_; }

 private:
  static bool says(const CsvRows& rows, std::size_t column) { return !rows.text(column).empty(); }

  std::string symbol_of(const CsvRows& rows) {
    std::string symbol(rows.text(kSymbol));
    if (symbol.empty()) symbol = last_symbol_.empty() ? stated_symbol_ : last_symbol_;
    if (symbol.empty()) rows.fail(kReceived, "the row names no symbol: give --symbol");
    if (symbol.ends_with("_PERP")) {
      rows.fail(kSymbol, "COIN-M contracts are settled in their coin: there is no such instrument");
    }
    last_symbol_ = symbol;
    return symbol;
  }

  Message message_of(CsvRows& rows, const std::string& symbol, std::int64_t received) {
    Message message{Kind::kImage, symbol, received};
    if (rows.text(kEventType).empty() && says(rows, kImageId)) {
      message.last_id = static_cast<std::uint64_t>(rows.integer(kImageId));
      message.event_ts =
          says(rows, kTransactionTime) ? rows.time(kTransactionTime) : rows.time(kRequested);
      return message;
    }
    if (rows.text(kEventType) != "depthUpdate") {
      rows.fail(kEventType, "EventType is not depthUpdate or trade: `" +
                                std::string(rows.text(kEventType).substr(0, 40)) + "`");
    }
    const bool last_image = rows.text(kStreamType) == "FINAL_DEPTH_SNAPSHOT";
    message.kind = last_image ? Kind::kLastImage : Kind::kChange;
    message.first_id = static_cast<std::uint64_t>(rows.integer(kFirstId));
    message.last_id = static_cast<std::uint64_t>(rows.integer(kLastId));
    if (message.last_id < message.first_id) {
      rows.fail(kLastId, "FinalUpdateId is below FirstUpdateId");
    }
    message.event_ts = event_time(rows);
    message.is_linked = says(rows, kPrevId);
    if (message.is_linked) {
      venue_ = BinanceVenue::kUsdm;  // only futures say which message went before
      message.prev_id = static_cast<std::uint64_t>(rows.integer(kPrevId));
    }
    // Levels of the message begun have its ids; a new one follows it.
    if (last_image) {
      message.event_ts = received;
    } else if (message.last_id < last_change_id_) {
      rows.fail(kLastId, "the id " + std::to_string(message.last_id) + " does not follow " +
                             std::to_string(last_change_id_));
    } else {
      last_change_id_ = message.last_id;
    }
    return message;
  }

  static std::int64_t event_time(CsvRows& rows) {
    return says(rows, kTransactionTime) ? rows.time(kTransactionTime) : rows.time(kEventTime);
  }

  void read_trade(CsvRows& rows, const std::string& symbol, std::int64_t received,
                  const MarketRecordConsumer& consumer) {
    auto trade = model::make_record<writ_trade>();
    trade.header.ingest_ts = received;
    trade.header.event_ts = event_time(rows);
    trade.trade_id = static_cast<std::uint64_t>(rows.integer(kTradeId));
    if (trade.trade_id <= last_trade_id_) {
      rows.fail(kTradeId, "the id " + std::to_string(trade.trade_id) + " does not follow " +
                              std::to_string(last_trade_id_));
    }
    last_trade_id_ = trade.trade_id;
    // Futures announce some trades whose price and quantity they keep back.
    if (rows.not_negative(kPrice) == 0 && rows.not_negative(kQuantity) == 0) return;
    const bool of_market = !says(rows, kTradeKind) || rows.text(kTradeKind) == "MARKET";
    trade.flags = of_market ? 0 : WRIT_TRADE_OUTSIDE_BOOK;
    trade.price = rows.positive(kPrice);
    trade.quantity = rows.positive(kQuantity);
    trade.side = rows.truth(kMaker) ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
    consumer(symbol, trade.header);
  }

  void set_times(writ_record& header) const {
    header.ingest_ts = message_.received;
    header.event_ts = message_.event_ts;
  }

  std::string stated_symbol_;
  std::string last_symbol_;
  BinanceVenue venue_ = BinanceVenue::kUnknown;
  Message message_;  // whose rows come
  std::vector<writ_level> bids_;
  std::vector<writ_level> asks_;
  std::uint64_t last_change_id_ = 0;
  std::uint64_t last_trade_id_ = 0;
  model::RecordBuffer buffer_;
};

std::unique_ptr<ArchiveRows> make(std::string, const ImportOptions& options) {
  return std::make_unique<DepthRows>(options);
}

}  // namespace

std::vector<ArchiveFormat> depth_row_archives() {
  return {csv_archive("binance-depth-csv", {kColumns, "", make})};
}

}  // namespace writ::feed
