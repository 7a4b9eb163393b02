#include "host/feed/csv_archive.hpp"

#include "host/base/input_error.hpp"

#include <cstddef>
#include <utility>

namespace writ::feed {
namespace {

namespace fs = std::filesystem;

// SYMBOL of `[anything_]SYMBOL-trades-...`.
std::string symbol_of(const fs::path& path, std::string_view mark) {
  const std::string name = path.filename().string();
  const std::size_t end = name.find(mark);
  if (end == std::string::npos) return {};
  const std::size_t underscore = name.rfind('_', end);
  // A dated contract has its underscore inside: BTCUSDT_240927.
  const std::size_t begin =
      underscore == std::string::npos || name.find_first_not_of("0123456789", underscore + 1) >= end
          ? 0
          : underscore + 1;
  return name.substr(begin, end - begin);
}

class CsvArchive final : public ArchiveReader {
 public:
  CsvArchive(const CsvLayout& layout, const fs::path& path, const ImportOptions& options)
      : rows_(path, layout.columns) {
    std::string symbol;
    if (!layout.file_mark.empty()) {
      symbol = options.instruments.size() == 1 ? options.instruments[0].symbol
                                               : symbol_of(path, layout.file_mark);
      if (symbol.empty()) {
        throw base::InputError(rows_.file(), "the file's name does not say the symbol: specify it");
      }
    }
    reader_ = layout.make(std::move(symbol), options);
  }

  bool read(const MarketRecordConsumer& consumer) override {
    if (finished_) return false;
    finished_ = !rows_.next();
    if (finished_) {
      reader_->finish(consumer);
    } else {
      reader_->read(rows_, consumer);
    }
    return true;
  }

  [[nodiscard]] const std::string& file() const noexcept override { return rows_.file(); }
  [[nodiscard]] std::int64_t line() const noexcept override { return rows_.line(); }
  [[nodiscard]] std::uint64_t rows() const noexcept override { return rows_.count(); }
  [[nodiscard]] BinanceVenue venue() const noexcept override { return reader_->venue(); }

 private:
  CsvRows rows_;
  std::unique_ptr<ArchiveRows> reader_;
  bool finished_ = false;
};

}  // namespace

ArchiveFormat csv_archive(std::string_view name, const CsvLayout& layout) {
  return {name, [layout](const fs::path& path, const ImportOptions& options) {
            return std::make_unique<CsvArchive>(layout, path, options);
          }};
}

}  // namespace writ::feed
