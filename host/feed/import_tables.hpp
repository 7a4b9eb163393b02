#pragma once

#include "host/feed/import.hpp"

#include <writ/abi/instrument.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::feed {

/// The symbols of an import, what they are said to be and what their numbers show; then the tables
/// of its tape.
class ImportTables {
 public:
  struct Symbol {
    std::uint64_t tick = 0;  ///< greatest common divisor of the prices so far
    std::uint64_t lot = 0;
    /// What its format says it is, numbers and asset ids not set, a tick or lot of 0 to be
    /// inferred; nothing: a symbol of Binance.
    std::optional<writ_instrument> definition = {};
    std::uint32_t instrument = 0;            ///< id, set by `write`; its stream has the same number
    std::uint32_t market_group = 0;          ///< set by `write`; 0: its market has no other
    std::int64_t last_event_ts = WRIT_NONE;  ///< for messages without a time

    /// Takes over what another part of the data says of it.
    void add(const Symbol& other);
    /// Takes over what a record says of it.
    void note(const writ_record& record);
  };

  /// The symbol of this name, added if new. Stays where it is.
  Symbol& at(std::string_view name);
  /// The only one; nullptr if there are none or several.
  [[nodiscard]] Symbol* sole() noexcept;

  /// Numbers the symbols, in the order of their names, and hands ASSET, INSTRUMENT and STREAM
  /// records to the consumer. Instruments of one venue and market are one group, the two of a
  /// binary one each other's complement. Throws base::InputError, with `file`, if a symbol's assets
  /// cannot be told.
  void write(const ImportOptions& options, BinanceVenue venue, const std::string& file,
             std::int64_t first_ts, const RecordConsumer& consumer, ImportReport& report);

 private:
  void group_markets(std::vector<writ_instrument>& instruments);

  std::map<std::string, Symbol, std::less<>> symbols_;
};

/// An instrument with nothing said of it: active, by ticks, no bound, fee or date.
[[nodiscard]] writ_instrument blank_instrument();

/// Base and quote of a symbol by the quote assets known: BTCUSDT, ETHBTC, BTCUSDT_240927. Empty
/// base if none fits.
struct SymbolAssets {
  std::string_view base;
  std::string_view quote;
};
[[nodiscard]] SymbolAssets split_symbol(std::string_view symbol) noexcept;

}  // namespace writ::feed
