#pragma once

#include "host/feed/import.hpp"

#include <writ/abi/record.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::feed {

/// Takes one record of a symbol; valid for the call. The instrument is not set. An INSTRUMENT
/// record says what the symbol is, before its first market record; a symbol without one is of
/// Binance.
using MarketRecordConsumer = std::function<void(std::string_view symbol, writ_record&)>;

/// Reads one archive file, in order, as market records.
class ArchiveReader {
 public:
  virtual ~ArchiveReader() = default;
  /// Reads on: none, one or several records; false when there is nothing more. Throws
  /// base::InputError.
  [[nodiscard]] virtual bool read(const MarketRecordConsumer& consumer) = 0;
  [[nodiscard]] virtual const std::string& file() const noexcept = 0;
  /// Of what was read last.
  [[nodiscard]] virtual std::int64_t line() const noexcept = 0;
  /// How many rows or messages were read.
  [[nodiscard]] virtual std::uint64_t rows() const noexcept = 0;
  /// The venue the rows so far named; kUnknown if the format does not.
  [[nodiscard]] virtual BinanceVenue venue() const noexcept { return BinanceVenue::kUnknown; }
};

/// A layout of market archives.
struct ArchiveFormat {
  std::string_view name;  ///< as `writ tape import` is told
  /// Opens a file of it. Throws base::InputError.
  std::function<std::unique_ptr<ArchiveReader>(const std::filesystem::path& path,
                                               const ImportOptions& options)>
      open;
  bool by_time = true;  ///< false: a file's rows are by symbol, and only those of each by time
};

/// Binance's public archives (data.binance.vision): binance-aggtrades, binance-trades,
/// binance-klines, binance-bookticker, and funding rates as CSV: binance-funding.
[[nodiscard]] std::vector<ArchiveFormat> binance_archives();
/// The CSV layouts of tardis.dev: tardis-trades, tardis-quotes, tardis-book-snapshot-5,
/// tardis-book-snapshot-25, tardis-incremental-book, tardis-derivative-ticker, tardis-liquidations.
[[nodiscard]] std::vector<ArchiveFormat> tardis_archives();
/// Files of Betfair's Exchange Stream: betfair-stream.
[[nodiscard]] std::vector<ArchiveFormat> betfair_archives();
/// Captures of Binance's depth and trades as CSV, a row for each level: binance-depth-csv.
[[nodiscard]] std::vector<ArchiveFormat> depth_row_archives();
/// Quotes of prediction markets as CSV: prediction-quotes.
[[nodiscard]] std::vector<ArchiveFormat> prediction_archives();
/// Dumps of Polymarket's books and trades, and of its markets: polymarket-book, polymarket-markets.
[[nodiscard]] std::vector<ArchiveFormat> polymarket_archives();

}  // namespace writ::feed
