#include "host/base/random.hpp"
#include "market_source.hpp"

#include <algorithm>
#include <map>

namespace writ::venue_sim {
namespace {

constexpr int kLevels = 25;
constexpr std::int64_t kStepNs = 40'000'000;

class RandomMarket final : public MarketSource {
 public:
  RandomMarket(std::uint64_t seed, std::int64_t start_ts, const Exchange& exchange)
      : random_(seed, "venue_sim.market"), next_ts_(start_ts) {
    for (const auto& [symbol, listed] : exchange.all_listed()) {
      const std::int64_t tick = listed.listing.tick.raw;
      Symbol& made = symbols_[symbol];
      made.spacing = std::max(tick, listed.listing.start.raw / 20'000 / tick * tick);
      made.fair = listed.listing.start.raw / made.spacing * made.spacing + made.spacing / 2;
    }
  }

  [[nodiscard]] std::int64_t next_ts() const override { return next_ts_; }

  void postpone(std::int64_t ts) override { next_ts_ = std::max(next_ts_, ts); }

  void step(Exchange& exchange) override {
    next_ts_ += kStepNs;
    for (auto& [symbol, market] : symbols_) step(exchange, symbol, market);
  }

 private:
  struct Symbol {
    std::int64_t spacing = 0;
    std::int64_t fair = 0;
    bool begun = false;
  };

  void step(Exchange& exchange, const std::string& symbol, Symbol& market) {
    const Listing& listing = exchange.listed(symbol).listing;
    const auto drift = static_cast<std::int64_t>(random_.below(9)) - 4;
    const std::int64_t least = market.spacing * (kLevels + 2);
    market.fair = std::max(least, market.fair + drift * market.spacing / 16);
    withdraw_the_rest(exchange, symbol, market);
    for (int level = 0; level < kLevels; ++level) {
      for (const Side side : {Side::kBuy, Side::kSell}) {
        const bool again = !market.begun || level == 0
                               ? missing(exchange, symbol, market, side, level)
                               : random_.below(kLevels) == 0;
        if (again) offer(exchange, listing, market, side, level);
      }
    }
    market.begun = true;
    if (random_.below(5) == 0) {
      const Side side = random_.below(2) == 0 ? Side::kBuy : Side::kSell;
      const Price limit{price_of(market, opposite(side), 3).raw};
      exchange.others_take(symbol, side, limit, some(listing, market.fair, 400));
    }
    exchange.set_mark(symbol,
                      {Price{market.fair / listing.tick.raw * listing.tick.raw},
                       Price{market.fair / listing.tick.raw * listing.tick.raw}, Rate{100'000}, 0});
  }

  static Price price_of(const Symbol& market, Side side, int level) {
    const std::int64_t bid = market.fair / market.spacing * market.spacing;
    return Price{side == Side::kBuy ? bid - level * market.spacing
                                    : bid + (level + 1) * market.spacing};
  }

  static bool missing(const Exchange& exchange, const std::string& symbol, const Symbol& market,
                      Side side, int level) {
    return exchange.listed(symbol).book.others_at(side, price_of(market, side, level)).raw == 0;
  }

  void offer(Exchange& exchange, const Listing& listing, const Symbol& market, Side side,
             int level) {
    exchange.others_offer(listing.symbol, side, price_of(market, side, level),
                          some(listing, market.fair, 5'000));
  }

  /// A quantity worth up to `value_max` of the quote asset, at least one step.
  Quantity some(const Listing& listing, std::int64_t price, std::uint64_t value_max) {
    // A market quoted in a dear asset has prices far below one.
    const std::uint64_t scale = price < 1'000'000'000 ? 1'000'000 : 1'000;
    const Int128 value = Int128{static_cast<std::int64_t>(random_.below(value_max * 1'000) + 1)};
    const Int128 raw =
        value * 1'000'000'000 * 1'000'000'000 / price / scale / (price < 1'000'000'000 ? 10 : 1);
    const auto steps = static_cast<std::int64_t>(raw / listing.step.raw);
    const std::int64_t most = listing.quantity_max.raw / listing.step.raw;
    return Quantity{std::clamp<std::int64_t>(steps, 1, most) * listing.step.raw};
  }

  static void withdraw_the_rest(Exchange& exchange, const std::string& symbol,
                                const Symbol& market) {
    for (const Side side : {Side::kBuy, Side::kSell}) {
      const Price nearest = price_of(market, side, 0);
      const Price farthest = price_of(market, side, kLevels);
      std::vector<Price> gone;
      exchange.listed(symbol).book.each_others(side, [&](Price price, Quantity quantity) {
        const bool inside = side == Side::kBuy ? price <= nearest && price > farthest
                                               : price >= nearest && price < farthest;
        if (!inside && quantity.raw > 0) gone.push_back(price);
        return true;
      });
      for (const Price price : gone) exchange.others_offer(symbol, side, price, Quantity{});
    }
  }

  base::RandomStream random_;
  std::int64_t next_ts_;
  std::map<std::string, Symbol> symbols_;
};

}  // namespace

std::unique_ptr<MarketSource> random_market(std::uint64_t seed, std::int64_t start_ts,
                                            const Exchange& exchange) {
  return std::make_unique<RandomMarket>(seed, start_ts, exchange);
}

}  // namespace writ::venue_sim
