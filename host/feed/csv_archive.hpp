#pragma once

#include "host/feed/archive_format.hpp"
#include "host/feed/csv_rows.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace writ::feed {

/// Turns the rows of one CSV file, in order, into market records.
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

struct CsvLayout {
  std::span<const CsvColumn> columns;  ///< of static storage
  /// What follows the symbol in a file's name, such as "-trades"; empty: each row names its symbol.
  std::string_view file_mark;
  std::unique_ptr<ArchiveRows> (*make)(std::string symbol, const ImportOptions& options);
};

/// The format of the files of a layout.
[[nodiscard]] ArchiveFormat csv_archive(std::string_view name, const CsvLayout& layout);

}  // namespace writ::feed
