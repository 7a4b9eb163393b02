#pragma once

#include "host/feed/import.hpp"

#include <writ/abi/instrument.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace writ::feed {

/// The symbols of an import and what their numbers show; then the tables of its tape.
class BinanceTables {
 public:
  struct Symbol {
    std::uint64_t tick = 0;  ///< greatest common divisor of the prices so far
    std::uint64_t lot = 0;
    std::uint32_t instrument = 0;  ///< id, set by `number`; its stream has the same number
    std::int64_t last_event_ts = WRIT_NONE;  ///< for messages without a time

    /// The steps of both.
    void add(const Symbol& other) noexcept;
  };

  /// The symbol of this name, added if new. Stays where it is.
  Symbol& at(std::string_view name);
  [[nodiscard]] bool empty() const noexcept { return symbols_.empty(); }
  /// The only one; nullptr if there are none or several.
  [[nodiscard]] Symbol* sole() noexcept;

  /// Notes the prices and quantities of a market record.
  static void note_steps(const writ_record& record, Symbol& symbol);

  /// Numbers the symbols, in the order of their names, and hands ASSET, INSTRUMENT and STREAM
  /// records to the consumer. Throws base::InputError, with `file`, if a symbol's assets cannot be
  /// told.
  void write(const ImportOptions& options, BinanceVenue venue, const std::string& file,
             std::int64_t first_ts, const RecordConsumer& consumer, ImportReport& report);

 private:
  std::map<std::string, Symbol, std::less<>> symbols_;
};

/// Base and quote of a symbol by the quote assets known: BTCUSDT, ETHBTC, BTCUSDT_240927. Empty
/// base if none fits.
struct SymbolAssets {
  std::string_view base;
  std::string_view quote;
};
[[nodiscard]] SymbolAssets split_symbol(std::string_view symbol) noexcept;

}  // namespace writ::feed
