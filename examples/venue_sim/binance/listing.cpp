#include "listing.hpp"

#include <writ/decimal.hpp>

#include <string_view>

namespace writ::venue_sim {
namespace {

Price price(std::string_view text) { return parse_price(text).value; }
Quantity quantity(std::string_view text) { return parse_quantity(text).value; }
Money money(std::string_view text) { return parse_money(text).value; }

Listing spot(std::string_view base, std::string_view quote, std::string_view tick,
             std::string_view step, std::string_view notional, std::string_view start) {
  Listing listing;
  listing.symbol = std::string(base) + std::string(quote);
  listing.base = base;
  listing.quote = quote;
  listing.tick = price(tick);
  listing.price_max = price("1000000");
  listing.step = quantity(step);
  listing.quantity_min = listing.step;
  listing.quantity_max = quantity("9000");
  listing.notional_min = money(notional);
  listing.band_up = parse_rate("5").value;
  listing.band_down = parse_rate("0.2").value;
  listing.start = price(start);
  return listing;
}

Listing perpetual(std::string_view base, std::string_view tick, int price_decimals,
                  std::string_view notional, std::string_view start) {
  Listing listing = spot(base, "USDT", tick, "0.001", notional, start);
  listing.quantity_max = quantity("1000");
  listing.band_up = parse_rate("1.05").value;
  listing.band_down = parse_rate("0.95").value;
  listing.price_decimals = price_decimals;
  listing.quantity_decimals = 3;
  return listing;
}

}  // namespace

std::vector<Listing> default_listings(Market market) {
  if (market == Market::kUsdm) {
    return {perpetual("BTC", "0.10", 2, "100", "50000"), perpetual("ETH", "0.01", 2, "20", "3000")};
  }
  return {spot("BTC", "USDT", "0.01", "0.00001", "5", "50000"),
          spot("ETH", "USDT", "0.01", "0.0001", "5", "3000"),
          spot("BNB", "USDT", "0.01", "0.001", "5", "600"),
          spot("LTC", "BTC", "0.000001", "0.001", "0.0001", "0.002")};
}

std::string fixed(Int128 value, int scale, int decimals) {
  if (scale > decimals) {
    value /= static_cast<Int128>(detail::power_of_ten(scale - decimals));
    scale = decimals;
  }
  std::string text = DecimalText(value, scale).str();
  if (decimals == 0) return text;
  const std::size_t dot = text.find('.');
  const std::size_t there = dot == std::string::npos ? 0 : text.size() - dot - 1;
  if (dot == std::string::npos) text += '.';
  text.append(static_cast<std::size_t>(decimals) - there, '0');
  return text;
}

std::string fixed(Price price, int decimals) { return fixed(price.raw, 9, decimals); }
std::string fixed(Quantity quantity, int decimals) { return fixed(quantity.raw, 9, decimals); }
std::string fixed(Money amount, int decimals) { return fixed(amount.raw, 18, decimals); }
std::string fixed(Rate rate, int decimals) { return fixed(rate.raw, 9, decimals); }

}  // namespace writ::venue_sim
