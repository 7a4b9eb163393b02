#pragma once

#include "host/feed/binance_codec.hpp"
#include "host/feed/csv_rows.hpp"
#include "host/feed/import.hpp"

#include <writ/abi/record.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace writ::feed {

/// Takes one market record of a symbol; valid for the call. The instrument is not set.
using MarketRecordConsumer = std::function<void(std::string_view symbol, writ_record&)>;

/// Turns the rows of one archive file, in order, into market records.
class ArchiveRows {
 public:
  virtual ~ArchiveRows() = default;
  /// Reads the row `rows` stands at: none, one or several records. Throws base::InputError.
  virtual void read(CsvRows& rows, const MarketRecordConsumer& consumer) = 0;
  /// After the last row: what only the next row would have completed.
  virtual void finish(const MarketRecordConsumer& consumer) { (void)consumer; }
  /// The venue the rows so far named; kUnknown if the format does not.
  [[nodiscard]] virtual BinanceVenue venue() const noexcept { return BinanceVenue::kUnknown; }
};

/// A layout of market archives.
struct ArchiveFormat {
  std::string_view name;  ///< as `writ tape import` is told
  std::span<const CsvColumn> columns;
  /// What follows the symbol in a file's name, such as "-trades"; empty: each row names its symbol.
  std::string_view file_mark;
  std::unique_ptr<ArchiveRows> (*make)(std::string symbol, const ImportOptions& options);
};

/// Binance's public archives (data.binance.vision): binance-aggtrades, binance-trades,
/// binance-klines, binance-bookticker.
[[nodiscard]] std::span<const ArchiveFormat> binance_archives();
/// The CSV layouts of tardis.dev: tardis-trades, tardis-quotes, tardis-book-snapshot-5,
/// tardis-book-snapshot-25, tardis-incremental-book, tardis-derivative-ticker, tardis-liquidations.
[[nodiscard]] std::span<const ArchiveFormat> tardis_archives();

}  // namespace writ::feed
