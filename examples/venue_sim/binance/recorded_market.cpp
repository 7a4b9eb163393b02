#include "host/base/input_error.hpp"
#include "market_source.hpp"

#include <writ/decimal.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace writ::venue_sim {
namespace {

namespace json = boost::json;

struct Line {
  std::int64_t received_ts = 0;
  std::string symbol;
  std::string message;
};

/// A time in ms, us or ns, as ns.
std::int64_t to_ns(std::int64_t time) {
  while (time > 0 && time < 100'000'000'000'000'000) time *= 1'000;
  return time;
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return result;
}

/// The symbol a message is of; empty where it does not say.
std::string symbol_in(std::string_view message) {
  constexpr std::string_view kName = "{\"stream\":\"";
  if (!message.starts_with(kName)) return {};
  const std::size_t end = message.find('@');
  return end == message.npos ? std::string()
                             : upper(message.substr(kName.size(), end - kName.size()));
}

std::vector<Line> read(const std::string& path) {
  const gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) throw base::InputError(path, "cannot be read");
  std::vector<Line> lines;
  std::string text;
  std::vector<char> part(1 << 16);
  std::string symbol;
  while (gzgets(file, part.data(), static_cast<int>(part.size())) != nullptr) {
    text += part.data();
    if (text.empty() || text.back() != '\n') continue;
    Line line;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), line.received_ts);
    if (error == std::errc() && *end == ' ') {
      line.received_ts = to_ns(line.received_ts);
      line.message = text.substr(static_cast<std::size_t>(end - text.data()) + 1);
      line.message.pop_back();
      const std::string named = symbol_in(line.message);
      if (!named.empty()) symbol = named;
      line.symbol = symbol;  // a snapshot is of the symbol that was spoken of
      lines.push_back(std::move(line));
    }
    text.clear();
  }
  gzclose(file);
  return lines;
}

class RecordedMarket final : public MarketSource {
 public:
  RecordedMarket(std::vector<Line> lines, std::int64_t start_ts, std::int64_t speed)
      : lines_(std::move(lines)), begin_ts_(start_ts), speed_(speed) {}

  [[nodiscard]] std::int64_t next_ts() const override {
    return begin_ts_ + (lines_[at_].received_ts - lines_.front().received_ts) / speed_;
  }

  void postpone(std::int64_t ts) override {
    begin_ts_ += std::max<std::int64_t>(0, ts - next_ts());
  }

  void step(Exchange& exchange) override {
    const std::int64_t now = next_ts();
    apply(exchange, lines_[at_]);
    if (++at_ < lines_.size()) return;
    at_ = 0;
    begin_ts_ = now + 100'000'000;
    for (const auto& [symbol, listed] : exchange.all_listed()) exchange.others_withdraw(symbol);
  }

 private:
  static Price price_in(const json::value& value) {
    return parse_price(std::string_view(value.as_string())).value;
  }
  static Quantity quantity_in(const json::value& value) {
    return parse_quantity(std::string_view(value.as_string())).value;
  }

  static void apply(Exchange& exchange, const Line& line) {
    if (exchange.all_listed().count(line.symbol) == 0) return;
    boost::system::error_code error;
    const json::value parsed = json::parse(line.message, error);
    if (error || !parsed.is_object()) return;
    const json::object& message = parsed.get_object();
    if (message.contains("lastUpdateId")) {
      exchange.others_withdraw(line.symbol);
      return apply_levels(exchange, line.symbol, message.at("bids"), message.at("asks"));
    }
    const json::value* data = message.if_contains("data");
    if (data == nullptr || !data->is_object()) return;
    const json::object& event = data->get_object();
    const json::value* kind = event.if_contains("e");
    if (kind == nullptr || *kind == "bookTicker") return apply_top(exchange, line.symbol, event);
    if (*kind == "depthUpdate") {
      return apply_levels(exchange, line.symbol, event.at("b"), event.at("a"));
    }
    if (*kind == "trade") return apply_trade(exchange, line.symbol, event);
    if (*kind == "markPriceUpdate") {
      exchange.set_mark(line.symbol,
                        {price_in(event.at("p")), price_in(event.at("i")),
                         parse_rate(std::string_view(event.at("r").as_string())).value, 0});
    }
  }

  static void apply_levels(Exchange& exchange, const std::string& symbol, const json::value& bids,
                           const json::value& asks) {
    // What goes goes first, so that the two sides never cross on the way.
    for (const bool gone : {true, false}) {
      for (const Side side : {Side::kBuy, Side::kSell}) {
        for (const json::value& level : (side == Side::kBuy ? bids : asks).as_array()) {
          const Quantity quantity = quantity_in(level.as_array().at(1));
          if ((quantity.raw == 0) != gone) continue;
          exchange.others_offer(symbol, side, price_in(level.as_array().at(0)), quantity);
        }
      }
    }
  }

  static void apply_top(Exchange& exchange, const std::string& symbol, const json::object& event) {
    const Price bid = price_in(event.at("b"));
    const Price ask = price_in(event.at("a"));
    for (const Side side : {Side::kBuy, Side::kSell}) {
      std::vector<Price> beyond;
      exchange.listed(symbol).book.each_others(side, [&](Price price, Quantity quantity) {
        const bool is_beyond = side == Side::kBuy ? price > bid : price < ask;
        if (is_beyond && quantity.raw > 0) beyond.push_back(price);
        return is_beyond;
      });
      for (const Price price : beyond) exchange.others_offer(symbol, side, price, Quantity{});
    }
    exchange.others_offer(symbol, Side::kBuy, bid, quantity_in(event.at("B")));
    exchange.others_offer(symbol, Side::kSell, ask, quantity_in(event.at("A")));
  }

  static void apply_trade(Exchange& exchange, const std::string& symbol,
                          const json::object& event) {
    const Side side = event.at("m").as_bool() ? Side::kSell : Side::kBuy;
    const Price price = price_in(event.at("p"));
    const Quantity quantity = quantity_in(event.at("q"));
    if (price.raw <= 0 || quantity.raw <= 0) return;
    const Quantity left = exchange.others_take(symbol, side, price, quantity);
    if (left.raw > 0) exchange.others_print(symbol, side, price, left);
    Mark mark = exchange.listed(symbol).mark;
    mark.mark = mark.index = price;
    exchange.set_mark(symbol, mark);
  }

  std::vector<Line> lines_;
  std::size_t at_ = 0;
  std::int64_t begin_ts_;
  std::int64_t speed_;
};

}  // namespace

std::unique_ptr<MarketSource> recorded_market(const std::vector<std::string>& files,
                                              std::int64_t start_ts, std::int64_t speed,
                                              const Exchange& exchange) {
  std::vector<Line> all;
  for (const std::string& file : files) {
    std::vector<Line> lines = read(file);
    const bool listed = std::any_of(lines.begin(), lines.end(), [&](const Line& line) {
      return exchange.all_listed().count(line.symbol) != 0;
    });
    if (!listed) throw base::InputError(file, "no line of a listed symbol");
    // Files of several symbols begin together, whenever they were recorded.
    const std::int64_t first = lines.front().received_ts;
    for (Line& line : lines) line.received_ts = std::max<std::int64_t>(0, line.received_ts - first);
    all.insert(all.end(), std::make_move_iterator(lines.begin()),
               std::make_move_iterator(lines.end()));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Line& a, const Line& b) { return a.received_ts < b.received_ts; });
  return std::make_unique<RecordedMarket>(std::move(all), start_ts, speed);
}

}  // namespace writ::venue_sim
