// Dumps of Polymarket's books, trades and resolved markets, as collectors of it write them.
#include "host/base/calendar_time.hpp"
#include "host/base/input_error.hpp"
#include "host/feed/archive_format.hpp"
#include "host/feed/binary_instrument.hpp"
#include "host/feed/book_levels.hpp"
#include "host/feed/json_items.hpp"
#include "host/feed/text_file.hpp"
#include "host/model/record_view.hpp"

#include <writ/decimal.hpp>

#include <simdjson.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <utility>
#include <vector>

namespace writ::feed {
namespace {

namespace dom = simdjson::dom;
namespace fs = std::filesystem;
using base::InputError;

constexpr std::int64_t kOne = 1'000'000'000;

// An object of a file, whose fields are looked up; what it lacks is said with file and line.
class Item {
 public:
  Item(std::string file, std::int64_t line, dom::element element)
      : file_(std::move(file)), line_(line), element_(element) {}

  [[noreturn]] void fail(const std::string& what) const { throw InputError(file_, line_, 0, what); }

  [[nodiscard]] bool has(std::string_view key) const {
    return element_[key].error() == simdjson::SUCCESS;
  }
  [[nodiscard]] dom::array list(std::string_view key) const {
    dom::array value;
    if (element_[key].get(value) != simdjson::SUCCESS) fail(std::string(key) + " is no list");
    return value;
  }
  [[nodiscard]] std::string_view text(std::string_view key) const {
    std::string_view value;
    if (element_[key].get(value) != simdjson::SUCCESS) fail(std::string(key) + " is no text");
    return value;
  }
  [[nodiscard]] Item of(dom::element element) const { return {file_, line_, element}; }
  // ms since 1970, as text.
  [[nodiscard]] std::int64_t time(std::string_view key) const {
    const std::string_view digits = text(key);
    std::int64_t ms = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), ms);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.size() != 13) {
      fail(std::string(key) + " is not in ms: `" + std::string(digits.substr(0, 40)) + "`");
    }
    return ms * 1'000'000;
  }
  [[nodiscard]] std::int64_t positive(std::string_view key) const {
    const auto parsed = parse_nano(text(key));
    if (!parsed || parsed.value <= 0) fail(std::string(key) + " is not a positive exact decimal");
    return parsed.value;
  }
  [[nodiscard]] std::int64_t price() const {
    const std::int64_t value = positive("price");
    if (value >= kOne) fail("a price of a prediction is not below 1");
    return value;
  }

 private:
  std::string file_;
  std::int64_t line_;
  dom::element element_;
};

writ_instrument outcome_of(const Item& item, std::string_view market, std::string_view outcome,
                           std::int64_t ts) {
  const auto instrument = binary_instrument("polymarket", market, outcome, ts);
  if (!instrument) item.fail("the names of market and outcome are empty or too long");
  return *instrument;
}

// MARKET/OUTCOME of [anything_][orderbooks_|trades_]...up|down.json
std::string symbol_of_name(const fs::path& path) {
  std::string name = path.filename().string();
  name = name.substr(0, name.find('.'));
  for (const std::string_view part : {"orderbooks_", "trades_"}) {
    if (const std::size_t at = name.find(part); at != name.npos) name.erase(at, part.size());
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kOutcomes = {
      {{"up", "/UP"}, {"down", "/DOWN"}}};
  for (const auto& [word, outcome] : kOutcomes) {
    if (!name.ends_with(word)) continue;
    return name.substr(0, name.size() - word.size()).append(outcome);
  }
  return {};
}

// A list of books and trades of one outcome.
class PolymarketBook final : public ArchiveReader {
 public:
  PolymarketBook(const fs::path& path, const ImportOptions& options) : items_(path) {
    symbol_ =
        options.instruments.size() == 1 ? options.instruments[0].symbol : symbol_of_name(path);
    if (symbol_.find('/') == symbol_.npos) {
      throw InputError(file(),
                       "the file's name does not say the market: give --symbol "
                       "MARKET/OUTCOME");
    }
  }

  bool read(const MarketRecordConsumer& consumer) override {
    const auto text = items_.next();
    if (!text) return false;
    dom::element element;
    const auto error = parser_.parse(text->data(), text->size()).get(element);
    if (error != simdjson::SUCCESS) items_.fail(std::string("not JSON: ") + error_message(error));
    const Item item(file(), line(), element);
    const std::int64_t received = item.time("local_timestamp");
    const std::int64_t event_ts = item.time("timestamp");
    if (++rows_ == 1) {
      const std::size_t slash = symbol_.rfind('/');
      writ_instrument instrument =
          outcome_of(item, std::string_view(symbol_).substr(0, slash),
                     std::string_view(symbol_).substr(slash + 1), received);
      consumer(symbol_, instrument.header);
    }
    if (item.has("bids")) {
      read_book(item, received, event_ts, consumer);
    } else {
      read_trade(item, received, event_ts, consumer);
    }
    return true;
  }

  [[nodiscard]] const std::string& file() const noexcept override { return items_.file(); }
  [[nodiscard]] std::int64_t line() const noexcept override { return items_.line(); }
  [[nodiscard]] std::uint64_t rows() const noexcept override { return rows_; }

 private:
  static std::vector<writ_level> levels(const Item& item, std::string_view side) {
    std::vector<writ_level> all;
    for (const dom::element element : item.list(side)) {
      const Item level = item.of(element);
      all.push_back({level.price(), level.positive("size")});
    }
    return all;
  }

  void read_book(const Item& item, std::int64_t received, std::int64_t event_ts,
                 const MarketRecordConsumer& consumer) {
    auto bids = levels(item, "bids");
    auto asks = levels(item, "asks");
    auto image = model::make_record<writ_book_snapshot>();
    image.header.ingest_ts = received;
    image.header.event_ts = event_ts;
    image.last_id = rows_;  // the dump has no ids
    consumer(symbol_, with_sorted_levels(buffer_, image, bids, asks));
  }

  void read_trade(const Item& item, std::int64_t received, std::int64_t event_ts,
                  const MarketRecordConsumer& consumer) {
    auto trade = model::make_record<writ_trade>();
    trade.header.ingest_ts = received;
    trade.header.event_ts = event_ts;
    const std::string_view side = item.text("side");
    if (side != "buy" && side != "sell") item.fail("side is not buy or sell");
    trade.side = side == "buy" ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    trade.price = item.price();
    trade.quantity = item.positive("size");
    trade.trade_id = rows_;
    consumer(symbol_, trade.header);
  }

  JsonItems items_;
  dom::parser parser_;
  std::string symbol_;
  std::uint64_t rows_ = 0;
  model::RecordBuffer buffer_;
};

// Lines, each a market that may be resolved.
class PolymarketMarkets final : public ArchiveReader {
 public:
  explicit PolymarketMarkets(const fs::path& path) : text_(path) {}

  bool read(const MarketRecordConsumer& consumer) override {
    const auto text = text_.next();
    if (!text) return false;
    if (text->empty()) return true;
    ++rows_;
    dom::element element;
    const auto error = parser_.parse(text->data(), text->size()).get(element);
    if (error != simdjson::SUCCESS) {
      throw InputError(file(), line(), 0, std::string("not JSON: ") + error_message(error));
    }
    const Item item(file(), line(), element);
    bool resolved = false;
    if (element["resolved"].get(resolved) != simdjson::SUCCESS) item.fail("resolved is missing");
    if (resolved) settle(item, element, consumer);
    return true;
  }

  [[nodiscard]] const std::string& file() const noexcept override { return text_.name(); }
  [[nodiscard]] std::int64_t line() const noexcept override { return text_.line(); }
  [[nodiscard]] std::uint64_t rows() const noexcept override { return rows_; }

 private:
  // Outcomes are up and down, in the order of their tokens. They pay from when the venue closed it.
  void settle(const Item& item, dom::element element, const MarketRecordConsumer& consumer) const {
    const std::string market(item.text("slug"));
    std::string_view closed;
    if (element["raw"]["closedTime"].get(closed) != simdjson::SUCCESS) {
      item.fail("raw.closedTime is missing");
    }
    const auto ts = base::calendar_time(closed.substr(0, closed.find('+')));
    if (!ts) item.fail("raw.closedTime is no time: `" + std::string(closed.substr(0, 40)) + "`");
    const dom::array prices = item.list("outcome_prices");
    constexpr std::array<const char*, 2> kOutcomes = {"UP", "DOWN"};
    if (prices.size() != kOutcomes.size()) item.fail("outcome_prices are not two");
    for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
      std::string_view price;
      const bool is_text = prices.at(i).get(price) == simdjson::SUCCESS;
      const auto payout = parse_nano(is_text ? price : std::string_view());
      if (!payout || payout.value < 0 || payout.value > kOne) {
        item.fail("outcome_prices are not payouts from 0 to 1");
      }
      const std::string symbol = market + "/" + kOutcomes[i];
      writ_instrument instrument = outcome_of(item, market, kOutcomes[i], *ts);
      consumer(symbol, instrument.header);
      auto settlement = model::make_record<writ_settlement>();
      settlement.header.ingest_ts = *ts;
      settlement.header.event_ts = *ts;
      settlement.result = WRIT_SETTLED_PAYOUT;
      settlement.payout_numerator = payout.value;
      settlement.payout_denominator = kOne;
      settlement.starting_price = WRIT_NONE;
      consumer(symbol, settlement.header);
    }
  }

  TextFile text_;
  dom::parser parser_;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::vector<ArchiveFormat> polymarket_archives() {
  return {
      {"polymarket-book",
       [](const fs::path& path, const ImportOptions& options) {
         return std::make_unique<PolymarketBook>(path, options);
       }},
      {"polymarket-markets",
       [](const fs::path& path, const ImportOptions&) {
         return std::make_unique<PolymarketMarkets>(path);
       },
       false},
  };
}

}  // namespace writ::feed
