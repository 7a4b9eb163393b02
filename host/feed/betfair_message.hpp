#pragma once

#include <writ/abi/market.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace writ::feed {

/// A runner as its market's definition says it.
struct BetfairRunner {
  std::string selection;    ///< "60424", with a handicap "60424:-1.5"
  std::string status;       ///< ACTIVE, WINNER, LOSER, PLACED, REMOVED, REMOVED_VACANT, HIDDEN
  std::int64_t factor = 0;  ///< by which odds are cut if it is removed: per cent, at 1e-9
  std::int64_t starting_price = WRIT_NONE;
};

/// marketDefinition: a market as it is from here on.
struct BetfairDefinition {
  std::string status;       ///< INACTIVE, OPEN, SUSPENDED, CLOSED
  std::string market_type;  ///< WIN, PLACE, MATCH_ODDS ...
  std::string ladder;       ///< CLASSIC, FINEST, LINE_RANGE; empty = not said
  bool in_play = false;
  std::uint32_t bet_delay_s = 0;
  std::uint32_t winners = 0;
  std::int64_t base_rate = 0;  ///< commission, per cent, at 1e-9
  std::int64_t each_way_divisor = 0;
  std::int64_t start_ts = WRIT_NONE;
  std::int64_t line_min = WRIT_NONE;
  std::int64_t line_max = WRIT_NONE;
  std::int64_t line_interval = WRIT_NONE;
  std::vector<BetfairRunner> runners;
};

/// One rung of a ladder by levels; no size: nothing stands there.
struct BetfairRung {
  std::int64_t level = 0;
  writ_level at{};
};

/// What changed at a runner. A list that is not there did not change.
struct BetfairRunnerChange {
  std::string selection;
  bool has_prices = false;  ///< available by price: to back (ATB), to lay (ATL)
  std::vector<writ_level> to_back;
  std::vector<writ_level> to_lay;
  bool has_levels = false;  ///< the best of these, by level
  std::vector<BetfairRung> best_to_back;
  std::vector<BetfairRung> best_to_lay;
  bool has_traded = false;  ///< traded so far at each price, stakes of both sides
  std::vector<writ_level> traded;
  std::int64_t last_price = WRIT_NONE;
};

struct BetfairMarketChange {
  std::string market;
  bool image = false;  ///< everything known of its runners is replaced
  bool has_definition = false;
  BetfairDefinition definition;
  std::vector<BetfairRunnerChange> runners;
};

/// A line of the stream. `op` other than "mcm": nothing else is set.
struct BetfairMessage {
  std::string op;
  std::int64_t ts = WRIT_NONE;  ///< pt, when it was published, as ns
  std::vector<BetfairMarketChange> markets;
};

/// What is wrong with a line, and at which byte.
struct BetfairFault : std::runtime_error {
  BetfairFault(std::size_t offset_in, const std::string& what)
      : std::runtime_error(what), offset(offset_in) {}
  std::size_t offset;
};

/// Reads lines of the Exchange Stream API (ESASwaggerSchema: MarketChangeMessage). Prices and sizes
/// go from the text to 1e-9 exactly; virtual offers (bdatb, bdatl), starting price bets and volumes
/// (spb, spl, tv) are passed over. Not thread-safe.
class BetfairParser {
 public:
  BetfairParser();
  ~BetfairParser();
  BetfairParser(const BetfairParser&) = delete;
  BetfairParser& operator=(const BetfairParser&) = delete;

  /// Valid until the next call. Throws BetfairFault.
  [[nodiscard]] const BetfairMessage& parse(std::string_view line);

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace writ::feed
