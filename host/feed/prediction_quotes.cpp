// Quotes of prediction markets: the best prices of one outcome at one instant, one row each, the
// rows of a market together.
#include "host/feed/binary_instrument.hpp"
#include "host/feed/book_levels.hpp"
#include "host/feed/csv_archive.hpp"

#include <array>
#include <cstddef>
#include <set>
#include <string>

namespace writ::feed {
namespace {

constexpr std::int64_t kOne = 1'000'000'000;

enum : std::size_t { kTime, kMarket, kOutcome, kBid, kAsk, kBidSize, kAskSize };

const std::array<CsvColumn, 7> kColumns = {
    CsvColumn{"ts|timestamp|time"},
    CsvColumn{"slug|market"},
    CsvColumn{"outcome", false},
    CsvColumn{"bid|best_bid"},
    CsvColumn{"ask|best_ask"},
    CsvColumn{"bid_size|bid_qty", false},
    CsvColumn{"ask_size|ask_qty", false},
};

class PredictionQuotes final : public ArchiveRows {
 public:
  explicit PredictionQuotes(const ImportOptions& options)
      : venue_(options.venue_name), size_(options.quote_size) {}

  void read(CsvRows& rows, const MarketRecordConsumer& consumer) override {
    auto image = model::make_record<writ_book_snapshot>();
    image.header.ingest_ts = rows.time(kTime);
    image.header.event_ts = image.header.ingest_ts;
    read_symbol(rows);
    const auto place = seen_.insert(symbol_);
    if (place.second) define(rows, image.header.ingest_ts, consumer);

    // A side without a price is empty: nobody offers.
    writ_level bid{};
    writ_level ask{};
    const std::size_t bids = read_side(rows, kBid, kBidSize, bid);
    const std::size_t asks = read_side(rows, kAsk, kAskSize, ask);
    image.last_id = ++count_;  // the quotes have no ids
    consumer(symbol_, with_levels(buffer_, image, {&bid, bids}, {&ask, asks}));
  }

 private:
  void read_symbol(const CsvRows& rows) {
    const std::string_view market = rows.text(kMarket);
    if (market.empty()) rows.fail(kMarket, "the row names no market");
    outcome_ = rows.has(kOutcome) ? rows.text(kOutcome) : "YES";
    if (outcome_.empty()) rows.fail(kOutcome, "the row names no outcome");
    symbol_.assign(market).append("/").append(outcome_);
  }

  std::size_t read_side(const CsvRows& rows, std::size_t price, std::size_t size,
                        writ_level& level) const {
    if (rows.text(price).empty()) return 0;
    level.price = rows.positive(price);
    if (level.price >= kOne) rows.fail(price, "a price of a prediction is not below 1");
    if (rows.has(size) && !rows.text(size).empty()) {
      level.quantity = rows.positive(size);
    } else if (size_ > 0) {
      level.quantity = size_;
    } else {
      rows.fail(price, "no size tells how much stands at this price: give --quote-size");
    }
    return 1;
  }

  void define(CsvRows& rows, std::int64_t ts, const MarketRecordConsumer& consumer) const {
    auto instrument = binary_instrument(venue_, rows.text(kMarket), outcome_, ts);
    if (!instrument) rows.fail(kMarket, "the names of venue, market or outcome are too long");
    consumer(symbol_, instrument->header);
  }

  std::string venue_;
  std::int64_t size_;
  std::string symbol_;
  std::string outcome_;
  std::set<std::string> seen_;
  std::uint64_t count_ = 0;
  model::RecordBuffer buffer_;
};

std::unique_ptr<ArchiveRows> make(std::string, const ImportOptions& options) {
  return std::make_unique<PredictionQuotes>(options);
}

}  // namespace

std::vector<ArchiveFormat> prediction_archives() {
  ArchiveFormat quotes = csv_archive("prediction-quotes", {kColumns, "", make});
  quotes.by_time = false;
  return {quotes};
}

}  // namespace writ::feed
