#include "host/venue/binance/exchange_info.hpp"

#include "host/model/record_view.hpp"
#include "host/venue/binance/json_fields.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace writ::venue::binance {
namespace {

namespace dom = simdjson::dom;
using base::Errc;
using base::Error;
using base::Result;

constexpr std::int64_t kOne = 1'000'000'000;
// The delivery date of what is never delivered: 2100-12-25.
constexpr std::int64_t kNeverDelivered = 4'133'404'800'000'000'000;

// Filters of order types and lists this host does not send.
constexpr std::array<std::string_view, 11> kOfNoConcern = {"ICEBERG_PARTS",
                                                           "MAX_NUM_ALGO_ORDERS",
                                                           "MAX_NUM_ICEBERG_ORDERS",
                                                           "MAX_NUM_ORDER_AMENDS",
                                                           "MAX_NUM_ORDER_LISTS",
                                                           "TRAILING_DELTA",
                                                           "T_PLUS_SELL",
                                                           "POSITION_RISK_CONTROL",
                                                           "EXCHANGE_MAX_NUM_ALGO_ORDERS",
                                                           "EXCHANGE_MAX_NUM_ICEBERG_ORDERS",
                                                           "EXCHANGE_MAX_NUM_ORDER_LISTS"};

std::int64_t none_if_zero(std::int64_t value) noexcept { return value == 0 ? WRIT_NONE : value; }

GridFilter read_grid(const JsonFields& filter, const char* least, const char* most,
                     const char* step) {
  return {none_if_zero(filter.decimal(least)), filter.upper_bound(most), filter.decimal(step)};
}

/// MIN_NOTIONAL of spot and of futures, which differ in their fields, and NOTIONAL.
NotionalFilter read_notional(const JsonFields& filter, bool bounded_above) {
  NotionalFilter read;
  read.name = bounded_above ? "NOTIONAL" : "MIN_NOTIONAL";
  if (bounded_above) {
    read.least = filter.money("minNotional");
    read.most = filter.money("maxNotional");
    read.least_of_market_orders = filter.flag("applyMinToMarket");
    read.most_of_market_orders = filter.flag("applyMaxToMarket");
  } else if (filter.has("notional")) {
    read.least = filter.money("notional");
    read.least_of_market_orders = true;
  } else {
    read.least = filter.money("minNotional");
    read.least_of_market_orders = filter.flag("applyToMarket");
  }
  return read;
}

/// On futures only the side that would pay too much is bounded.
PriceBandFilter read_band(Market market, const JsonFields& filter) {
  PriceBandFilter read;
  read.name = "PERCENT_PRICE";
  read.buy_most = filter.decimal("multiplierUp");
  read.sell_least = filter.decimal("multiplierDown");
  if (market == Market::kSpot) {
    read.sell_most = read.buy_most;
    read.buy_least = read.sell_least;
  }
  return read;
}

PriceBandFilter read_band_by_side(const JsonFields& filter) {
  return {"PERCENT_PRICE_BY_SIDE", filter.decimal("bidMultiplierUp"),
          filter.decimal("bidMultiplierDown"), filter.decimal("askMultiplierUp"),
          filter.decimal("askMultiplierDown")};
}

class InfoReader {
 public:
  explicit InfoReader(Market market) : market_(market) {}

  Result<ExchangeInfo> read(const JsonFields& document) {
    info_.server_time = document.time("serverTime");
    document.for_each("rateLimits", [&](const JsonFields& limit) { add_rate_limit(limit); });
    SymbolRules of_all;
    document.for_each("exchangeFilters",
                      [&](const JsonFields& filter) { read_filter(filter, of_all); });
    document.for_each("symbols", [&](const JsonFields& listing) { read_listing(listing, of_all); });
    if (document.fault().any()) return document.fault().error();
    return std::move(info_);
  }

 private:
  void add_rate_limit(const JsonFields& fields) {
    const auto limit = read_rate_limit(fields);
    if (limit) {
      info_.rate_limits.push_back(*limit);
    } else {
      ++info_.new_rate_limits;
    }
  }

  void read_filter(const JsonFields& filter, SymbolRules& rules) {
    const std::string_view kind = filter.text("filterType");
    if (kind == "PRICE_FILTER") {
      rules.price = read_grid(filter, "minPrice", "maxPrice", "tickSize");
    } else if (kind == "LOT_SIZE") {
      rules.lot = read_grid(filter, "minQty", "maxQty", "stepSize");
    } else if (kind == "MARKET_LOT_SIZE") {
      rules.market_lot = read_grid(filter, "minQty", "maxQty", "stepSize");
    } else if (kind == "MIN_NOTIONAL" || kind == "NOTIONAL") {
      rules.notionals.push_back(read_notional(filter, kind == "NOTIONAL"));
    } else if (kind == "PERCENT_PRICE") {
      rules.bands.push_back(read_band(market_, filter));
    } else if (kind == "PERCENT_PRICE_BY_SIDE") {
      rules.bands.push_back(read_band_by_side(filter));
    } else if (kind == "MAX_NUM_ORDERS") {
      rules.orders_max = filter.integer(filter.has("limit") ? "limit" : "maxNumOrders");
    } else if (kind == "EXCHANGE_MAX_NUM_ORDERS") {
      rules.exchange_orders_max = filter.integer(filter.has("limit") ? "limit" : "maxNumOrders");
    } else if (kind == "MAX_POSITION") {
      rules.position_max = filter.upper_bound("maxPosition");
    } else if (std::find(kOfNoConcern.begin(), kOfNoConcern.end(), kind) == kOfNoConcern.end() &&
               std::find(info_.new_filters.begin(), info_.new_filters.end(), kind) ==
                   info_.new_filters.end()) {
      info_.new_filters.emplace_back(kind);
    }
  }

  // One symbol that cannot be used must not keep the others from trading.
  void read_listing(const JsonFields& listing, const SymbolRules& of_all) {
    JsonFault fault;
    const JsonFields fields = listing.with(fault);
    ListedSymbol symbol{model::make_record<writ_instrument>(), of_all};
    read_rules(fields, symbol.rules);
    read_instrument(fields, symbol);
    if (fault.any()) {
      JsonFault unnamed;
      info_.unusable.push_back(std::string(listing.with(unnamed).text_or_empty("symbol")) + ": " +
                               fault.error().step());
    } else {
      info_.symbols.push_back(std::move(symbol));
    }
  }

  void read_rules(const JsonFields& listing, SymbolRules& rules) {
    const bool spot = market_ == Market::kSpot;
    const auto decimals = [&](const char* name) {
      return static_cast<std::uint32_t>(
          std::clamp<std::int64_t>(listing.integer(name), 0, 9));  // a record holds nine
    };
    rules.price_decimals = decimals(spot ? "quoteAssetPrecision" : "pricePrecision");
    rules.quantity_decimals = decimals(spot ? "baseAssetPrecision" : "quantityPrecision");
    rules.reducing_may_be_small = !spot;
    listing.for_each("filters", [&](const JsonFields& filter) { read_filter(filter, rules); });
  }

  void read_instrument(const JsonFields& listing, ListedSymbol& symbol) {
    const bool spot = market_ == Market::kSpot;
    writ_instrument& instrument = symbol.instrument;
    instrument.kind = spot ? WRIT_KIND_SPOT : WRIT_KIND_PERP;
    instrument.flags = spot ? WRIT_INSTRUMENT_FEE_IN_RECEIVED : 0;
    // Delivered and closed contracts leave the list; anything but trading is for now.
    instrument.status =
        listing.text("status") == "TRADING" ? WRIT_INSTRUMENT_ACTIVE : WRIT_INSTRUMENT_SUSPENDED;
    instrument.ladder = WRIT_LADDER_TICK;
    const SymbolRules& rules = symbol.rules;
    instrument.tick = step_of(rules.price, rules.price_decimals);
    instrument.lot = step_of(rules.lot, rules.quantity_decimals);
    instrument.price_min = rules.price.least;
    instrument.price_max = rules.price.most;
    instrument.quantity_min = rules.lot.least;
    instrument.quantity_max = rules.lot.most;
    set_notional(rules, instrument);
    instrument.quantity_unit = kOne;
    instrument.fee_decimals = 8;
    instrument.fee_rounding = WRIT_ROUND_CEIL;
    instrument.start_ts = spot ? WRIT_NONE : listing.time_or_none("onboardDate");
    instrument.expiry_ts = WRIT_NONE;
    if (!spot) {
      const std::int64_t delivery = listing.time_or_none("deliveryDate");
      if (delivery < kNeverDelivered) instrument.expiry_ts = delivery;
    }
    const auto name = [&](auto& field, const char* key) {
      const std::string_view text = listing.text(key);
      if (text.empty() || !model::set_text(field, text)) listing.fault().note(key);
    };
    if (!model::set_text(instrument.venue, venue_name(market_))) listing.fault().note("venue");
    name(instrument.market, "symbol");
    name(instrument.symbol, "symbol");
    name(instrument.base, "baseAsset");
    name(instrument.quote, "quoteAsset");
    name(instrument.settle, spot ? "quoteAsset" : "marginAsset");
  }

  /// The grid, or the finest one the decimals allow.
  static std::int64_t step_of(const GridFilter& grid, std::uint32_t decimals) {
    return grid.step > 0 ? grid.step : step_of_decimals(decimals);
  }

  /// The tightest of them.
  static void set_notional(const SymbolRules& rules, writ_instrument& instrument) {
    Money least;
    Money most;
    for (const NotionalFilter& filter : rules.notionals) {
      least = std::max(least, filter.least);
      if (filter.most != Money{} && (most == Money{} || filter.most < most)) most = filter.most;
    }
    instrument.notional_min = to_abi(least);
    instrument.notional_max = to_abi(most);
  }

  Market market_;
  ExchangeInfo info_;
};

/// The dearer of buyer and seller comes to either rate: an order's side is not known here.
void add_rates(const JsonFields& part, std::int64_t& maker, std::int64_t& taker) {
  const std::int64_t side = std::max(part.decimal("buyer"), part.decimal("seller"));
  for (const auto& [sum, name] : {std::pair(&maker, "maker"), std::pair(&taker, "taker")}) {
    if (__builtin_add_overflow(*sum, part.decimal(name), sum) ||
        __builtin_add_overflow(*sum, side, sum)) {
      part.fault().note(name);
    }
  }
}

}  // namespace

std::optional<RateLimit> read_rate_limit(const JsonFields& fields) {
  const std::string_view kind = fields.text("rateLimitType");
  const std::string_view unit = fields.text("interval");
  const std::int64_t seconds = unit == "SECOND"   ? 1
                               : unit == "MINUTE" ? 60
                               : unit == "HOUR"   ? 3'600
                               : unit == "DAY"    ? 86'400
                                                  : 0;
  RateLimit limit{};
  if (kind == "REQUEST_WEIGHT") {
    limit.kind = RateLimitKind::kRequestWeight;
  } else if (kind == "RAW_REQUESTS") {
    limit.kind = RateLimitKind::kRawRequests;
  } else if (kind == "ORDERS") {
    limit.kind = RateLimitKind::kOrders;
  } else {
    return std::nullopt;
  }
  limit.limit = fields.integer("limit");
  if (__builtin_mul_overflow(seconds * kOne, fields.integer("intervalNum"), &limit.interval_ns) ||
      limit.interval_ns <= 0) {
    fields.fault().note("interval");
  }
  constexpr std::int64_t kLimitMax = 1'000'000'000'000;  // sums of it stay in range
  if (limit.limit <= 0 || limit.limit > kLimitMax) fields.fault().note("limit");
  return limit;
}

const ListedSymbol* ExchangeInfo::find(std::string_view symbol) const noexcept {
  for (const ListedSymbol& listed : symbols) {
    if (model::text_of(listed.instrument.symbol) == symbol) return &listed;
  }
  return nullptr;
}

Result<ExchangeInfo> read_exchange_info(Market market, std::string_view json) {
  dom::parser parser;
  const auto document = parse_json(parser, json);
  if (!document) return document.error();
  JsonFault fault;
  return InfoReader(market).read(JsonFields(*document, fault));
}

Result<void> read_commission(Market market, std::string_view json, writ_instrument& instrument) {
  dom::parser parser;
  const auto document = parse_json(parser, json);
  if (!document) return document.error();
  JsonFault fault;
  const JsonFields reply(*document, fault);
  std::int64_t maker = 0;
  std::int64_t taker = 0;
  if (market == Market::kUsdm) {
    maker = reply.decimal("makerCommissionRate");
    taker = reply.decimal("takerCommissionRate");
  } else {
    add_rates(reply.object("standardCommission"), maker, taker);
    add_rates(reply.object("taxCommission"), maker, taker);
    if (reply.has("specialCommission")) add_rates(reply.object("specialCommission"), maker, taker);
  }
  if (fault.any()) return fault.error();
  instrument.maker_fee = maker;
  instrument.taker_fee = taker;
  return {};
}

Result<std::string> read_discount_asset(std::string_view json) {
  dom::parser parser;
  const auto document = parse_json(parser, json);
  if (!document) return document.error();
  JsonFault fault;
  const JsonFields reply(*document, fault);
  std::string asset;
  if (reply.has("discount")) {
    const JsonFields discount = reply.object("discount");
    const bool is_on =
        discount.flag_or("enabledForAccount", false) && discount.flag_or("enabledForSymbol", false);
    if (is_on) asset = discount.text("discountAsset");
  }
  if (fault.any()) return fault.error();
  return asset;
}

}  // namespace writ::venue::binance
