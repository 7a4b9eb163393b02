#include "host/base/input_error.hpp"
#include "host/feed/binance_tables.hpp"
#include "host/feed/import.hpp"
#include "host/feed/text_file.hpp"
#include "host/model/record_view.hpp"

#include <writ/decimal.hpp>

#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace writ::feed {
namespace {

using base::InputError;

constexpr std::size_t kColumnsMin = 7;
constexpr std::size_t kColumnsMax = 8;

struct Row {
  std::array<std::string_view, kColumnsMax> column;
  std::size_t count = 0;
};

[[noreturn]] void fail(const TextFile& file, const Row& row, std::size_t column,
                       const std::string& what) {
  const auto at = column < row.count ? row.column[column].data() - row.column[0].data() + 1 : 0;
  throw InputError(file.name(), file.line(), at, what);
}

Row split(std::string_view line, const TextFile& file) {
  Row row;
  for (;;) {
    if (row.count == kColumnsMax) {
      throw InputError(file.name(), file.line(), 0, "more than 8 columns");
    }
    const std::size_t comma = line.find(',');
    row.column[row.count++] = line.substr(0, comma);
    if (comma == std::string_view::npos) break;
    line.remove_prefix(comma + 1);
  }
  if (row.count < kColumnsMin) {
    throw InputError(file.name(), file.line(), 0,
                     "expected 7 or 8 columns: id, price, quantity, first id, last id, time, "
                     "is_buyer_maker[, is_best_match]");
  }
  return row;
}

std::int64_t integer(const TextFile& file, const Row& row, std::size_t column, const char* what) {
  const std::string_view text = row.column[column];
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    fail(file, row, column,
         std::string(what) + " is not a whole number: `" + std::string(text) + "`");
  }
  return value;
}

std::int64_t positive(const TextFile& file, const Row& row, std::size_t column, const char* what) {
  const auto parsed = parse_nano(row.column[column]);
  if (!parsed || parsed.value <= 0) {
    fail(file, row, column,
         std::string(what) + " is not a positive exact decimal: `" +
             std::string(row.column[column]) + "`");
  }
  return parsed.value;
}

bool is_maker(const TextFile& file, const Row& row) {
  const std::string_view text = row.column[6];
  if (text == "true" || text == "True" || text == "TRUE" || text == "1") return true;
  if (text == "false" || text == "False" || text == "FALSE" || text == "0") return false;
  fail(file, row, 6, "is_buyer_maker is neither true nor false: `" + std::string(text) + "`");
}

// SYMBOL of `[anything_]SYMBOL-aggTrades-...`.
std::string symbol_of(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  const std::size_t end = name.find("-aggTrades");
  if (end == std::string::npos) return {};
  const std::size_t underscore = name.rfind('_', end);
  // A dated contract has its underscore inside: BTCUSDT_240927.
  const std::size_t begin =
      underscore == std::string::npos || name.find_first_not_of("0123456789", underscore + 1) >= end
          ? 0
          : underscore + 1;
  return name.substr(begin, end - begin);
}

// The rows of all files as records, checked.
class TradeRows {
 public:
  TradeRows(const std::vector<std::filesystem::path>& files, const ImportOptions& options)
      : files_(files), options_(options) {}

  struct Trade {
    writ_trade record;
    std::string_view symbol;
  };

  [[nodiscard]] std::optional<Trade> next() {
    for (;;) {
      if (!file_ && !open()) return std::nullopt;
      const auto text = file_->next();
      if (!text) {
        if (file_->line() == 0) throw InputError(file_->name(), "the file holds no line");
        file_.reset();
        continue;
      }
      if (text->empty()) continue;
      const Row row = split(*text, *file_);
      const bool header = file_->line() == 1 && text->substr(0, 3) == "agg";
      if (!header) return read(row);
    }
  }

  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] const std::string& last_file() const noexcept { return last_file_; }

 private:
  bool open() {
    if (next_file_ == files_.size()) return false;
    const auto& path = files_[next_file_++];
    file_ = std::make_unique<TextFile>(path);
    last_file_ = file_->name();
    std::string symbol =
        options_.instruments.size() == 1 ? options_.instruments[0].symbol : symbol_of(path);
    if (symbol.empty()) {
      throw InputError(file_->name(), "the file's name does not say the symbol: specify it");
    }
    // Ids count per symbol.
    if (symbol != symbol_) last_id_.reset();
    symbol_ = std::move(symbol);
    unit_ns_ = 0;
    return true;
  }

  Trade read(const Row& row) {
    ++rows_;
    auto trade = model::make_record<writ_trade>();
    const std::int64_t id = integer(*file_, row, 0, "the trade id");
    if (last_id_ && id <= *last_id_) {
      fail(*file_, row, 0,
           "the trade id " + std::to_string(id) + " does not follow " + std::to_string(*last_id_));
    }
    last_id_ = id;
    trade.trade_id = static_cast<std::uint64_t>(id);
    trade.price = positive(*file_, row, 1, "the price");
    trade.quantity = positive(*file_, row, 2, "the quantity");
    const std::int64_t first = integer(*file_, row, 3, "the first id");
    const std::int64_t last = integer(*file_, row, 4, "the last id");
    if (last < first) fail(*file_, row, 4, "the last id is below the first");
    trade.side = is_maker(*file_, row) ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
    trade.flags = WRIT_TRADE_AGGREGATE;

    const std::int64_t time = integer(*file_, row, 5, "the time");
    const std::size_t digits = row.column[5].size();
    const std::int64_t unit = digits == 13 ? 1'000'000 : digits == 16 ? 1'000 : 0;
    if (unit == 0) fail(*file_, row, 5, "the time is neither in ms nor in us");
    if (unit_ns_ != 0 && unit != unit_ns_) fail(*file_, row, 5, "the unit of the time changes");
    unit_ns_ = unit;
    std::int64_t ts = 0;
    if (__builtin_mul_overflow(time, unit, &ts)) fail(*file_, row, 5, "the time is out of range");
    if (last_ts_ && ts < *last_ts_) {
      fail(*file_, row, 5, "the time goes back by " + std::to_string(*last_ts_ - ts) + " ns");
    }
    last_ts_ = ts;
    trade.header.event_ts = ts;
    trade.header.ingest_ts = ts;
    return {trade, symbol_};
  }

  const std::vector<std::filesystem::path>& files_;
  const ImportOptions& options_;
  std::size_t next_file_ = 0;
  std::unique_ptr<TextFile> file_;
  std::string last_file_;
  std::string symbol_;
  std::optional<std::int64_t> last_id_;
  std::optional<std::int64_t> last_ts_;
  std::int64_t unit_ns_ = 0;
  std::uint64_t rows_ = 0;
};

}  // namespace

ImportReport import_binance_aggtrades(const std::vector<std::filesystem::path>& files,
                                      const ImportOptions& options,
                                      const RecordConsumer& consumer) {
  if (files.empty()) throw InputError("", "no archive given");
  BinanceTables tables;
  ImportReport report;
  TradeRows checked(files, options);
  while (const auto trade = checked.next()) {
    if (report.first_ts == WRIT_NONE) report.first_ts = trade->record.header.ingest_ts;
    report.last_ts = trade->record.header.ingest_ts;
    BinanceTables::note_steps(trade->record.header, tables.at(trade->symbol));
  }
  report.lines = checked.rows();
  if (tables.empty()) throw InputError(checked.last_file(), "the archive holds no trade");

  tables.write(options, options.venue, checked.last_file(), report.first_ts, consumer, report);
  TradeRows written(files, options);
  while (auto trade = written.next()) {
    const std::uint32_t instrument = tables.at(trade->symbol).instrument;
    trade->record.instrument = instrument;
    trade->record.header.stream = static_cast<std::uint16_t>(instrument);
    ++report.records[WRIT_RECORD_TRADE];
    consumer(trade->record.header);
  }
  return report;
}

}  // namespace writ::feed
