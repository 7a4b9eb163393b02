#include "host/base/input_error.hpp"
#include "host/feed/archive_format.hpp"
#include "host/feed/binance_tables.hpp"
#include "host/feed/import.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace writ::feed {
namespace {

using base::InputError;
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

// The market records of one file, one by one.
class ArchiveFile {
 public:
  struct Item {
    std::string symbol;
    model::RecordWords words;
    [[nodiscard]] writ_record& record() { return model::record_in(words); }
  };

  ArchiveFile(const ArchiveFormat& format, const fs::path& path, const ImportOptions& options)
      : rows_(path, format.columns) {
    std::string symbol;
    if (!format.file_mark.empty()) {
      symbol = options.instruments.size() == 1 ? options.instruments[0].symbol
                                               : symbol_of(path, format.file_mark);
      if (symbol.empty()) {
        throw InputError(rows_.file(), "the file's name does not say the symbol: specify it");
      }
    }
    reader_ = format.make(std::move(symbol), options);
  }

  /// The next record, the caller's to change until the next call; nullptr at the end.
  [[nodiscard]] Item* next() {
    while (taken_ == made_) {
      if (finished_) return nullptr;
      taken_ = made_ = 0;
      const MarketRecordConsumer keep = [this](std::string_view symbol, writ_record& record) {
        if (made_ == items_.size()) items_.emplace_back();
        items_[made_].symbol = symbol;
        model::assign(items_[made_++].words, record);
      };
      if (rows_.next()) {
        reader_->read(rows_, keep);
      } else {
        reader_->finish(keep);
        finished_ = true;
      }
    }
    Item& item = items_[taken_++];
    if (item.record().ingest_ts < last_ts_) {
      throw InputError(
          rows_.file(), rows_.line(), 0,
          "the time goes back by " + std::to_string(last_ts_ - item.record().ingest_ts) + " ns");
    }
    last_ts_ = item.record().ingest_ts;
    return &item;
  }

  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_.count(); }
  [[nodiscard]] BinanceVenue venue() const noexcept { return reader_->venue(); }

 private:
  CsvRows rows_;
  std::unique_ptr<ArchiveRows> reader_;
  std::vector<Item> items_;  // of the row read last; reused
  std::size_t made_ = 0;
  std::size_t taken_ = 0;
  bool finished_ = false;
  std::int64_t last_ts_ = 0;
};

// What a file holds of one symbol.
struct SymbolPart {
  BinanceTables::Symbol steps;
  std::int64_t first_ts = 0;
  std::int64_t last_ts = 0;
  std::uint64_t first_trade_id = 0;
  std::uint64_t last_trade_id = 0;
};

// A file read whole and found good.
struct CheckedFile {
  fs::path path;
  std::uint64_t rows = 0;
  std::int64_t first_ts = 0;
  std::int64_t last_ts = 0;
  BinanceVenue venue = BinanceVenue::kUnknown;
  std::map<std::string, SymbolPart> symbols;
};

CheckedFile check(const ArchiveFormat& format, const fs::path& path, const ImportOptions& options) {
  CheckedFile checked;
  checked.path = path;
  ArchiveFile file(format, path, options);
  while (ArchiveFile::Item* item = file.next()) {
    const writ_record& record = item->record();
    if (checked.symbols.empty()) checked.first_ts = record.ingest_ts;
    checked.last_ts = record.ingest_ts;
    const auto [place, is_new] = checked.symbols.try_emplace(item->symbol);
    SymbolPart& part = place->second;
    if (is_new) part.first_ts = record.ingest_ts;
    part.last_ts = record.ingest_ts;
    if (const auto* trade = model::as<writ_trade>(record)) {
      if (part.first_trade_id == 0) part.first_trade_id = trade->trade_id;
      part.last_trade_id = trade->trade_id;
    }
    BinanceTables::note_steps(record, part.steps);
  }
  checked.rows = file.rows();
  checked.venue = file.venue();
  if (checked.symbols.empty()) throw InputError(path.string(), "the archive holds no market event");
  return checked;
}

// Every file by itself, as many at a time as there are processors.
std::vector<CheckedFile> check_all(const ArchiveFormat& format, const std::vector<fs::path>& files,
                                   const ImportOptions& options) {
  std::vector<CheckedFile> checked(files.size());
  std::vector<std::exception_ptr> errors(files.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) {
      try {
        checked[i] = check(format, files[i], options);
      } catch (...) {
        errors[i] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t i = 1; i < std::min(processors, files.size()); ++i) workers.emplace_back(work);
    work();
  }
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  return checked;
}

// The files in the order of time. Those of one symbol must follow each other.
void put_in_order(std::vector<CheckedFile>& files) {
  std::stable_sort(files.begin(), files.end(), [](const CheckedFile& a, const CheckedFile& b) {
    return a.first_ts < b.first_ts;
  });
  std::map<std::string_view, std::pair<const CheckedFile*, const SymbolPart*>> last;
  for (const CheckedFile& file : files) {
    for (const auto& [symbol, part] : file.symbols) {
      const auto [place, is_first] = last.try_emplace(symbol, &file, &part);
      if (is_first) continue;
      const auto& [before, before_part] = place->second;
      const bool trades_follow =
          part.first_trade_id == 0 || part.first_trade_id > before_part->last_trade_id;
      if (part.first_ts < before_part->last_ts || !trades_follow) {
        throw InputError(file.path.string(), "its " + symbol + " does not follow that of " +
                                                 before->path.string() + " but overlaps it");
      }
      place->second = {&file, &part};
    }
  }
}

BinanceVenue venue_of(const std::vector<CheckedFile>& files, BinanceVenue stated) {
  BinanceVenue venue = stated;
  for (const CheckedFile& file : files) {
    if (file.venue == BinanceVenue::kUnknown || file.venue == venue) continue;
    if (venue != BinanceVenue::kUnknown) {
      throw InputError(file.path.string(), "is of another venue than stated or in the others");
    }
    venue = file.venue;
  }
  return venue == BinanceVenue::kUnknown ? BinanceVenue::kSpot : venue;
}

// All records of all files by time; at equal times in the order of the files. A file is opened when
// its time has come.
class MergedFiles {
 public:
  MergedFiles(const ArchiveFormat& format, const std::vector<CheckedFile>& files,
              const ImportOptions& options)
      : format_(format), files_(files), options_(options) {}

  [[nodiscard]] ArchiveFile::Item* next() {
    if (given_ != kNobody) put_back(std::exchange(given_, kNobody));
    while (next_file_ < files_.size() &&
           (heads_.empty() || files_[next_file_].first_ts <= heads_.top().ts)) {
      open_.push_back(std::make_unique<ArchiveFile>(format_, files_[next_file_].path, options_));
      put_back(next_file_++);
    }
    if (heads_.empty()) return nullptr;
    const Head head = heads_.top();
    heads_.pop();
    given_ = head.file;
    return head.item;
  }

 private:
  struct Head {
    std::int64_t ts;
    std::size_t file;
    ArchiveFile::Item* item;
    bool operator<(const Head& other) const noexcept {  // the queue gives the greatest first
      return ts != other.ts ? ts > other.ts : file > other.file;
    }
  };

  // The file's next record takes its place among the heads.
  void put_back(std::size_t file) {
    if (ArchiveFile::Item* item = open_[file]->next()) {
      heads_.push({item->record().ingest_ts, file, item});
    } else {
      open_[file].reset();
    }
  }

  static constexpr std::size_t kNobody = ~std::size_t{0};

  const ArchiveFormat& format_;
  const std::vector<CheckedFile>& files_;
  const ImportOptions& options_;
  std::vector<std::unique_ptr<ArchiveFile>> open_;  // by file; nothing once it is read
  std::priority_queue<Head> heads_;
  std::size_t next_file_ = 0;
  std::size_t given_ = kNobody;  // whose record was given last
};

}  // namespace

std::vector<std::string_view> archive_formats() {
  std::vector<std::string_view> names;
  for (const auto formats : {binance_archives(), tardis_archives()}) {
    for (const ArchiveFormat& format : formats) names.push_back(format.name);
  }
  return names;
}

ImportReport import_archive(std::string_view format_name, const std::vector<fs::path>& paths,
                            const ImportOptions& options, const RecordConsumer& consumer) {
  const ArchiveFormat* format = nullptr;
  for (const auto formats : {binance_archives(), tardis_archives()}) {
    for (const ArchiveFormat& one : formats) {
      if (one.name == format_name) format = &one;
    }
  }
  if (format == nullptr) {
    throw InputError("", "\"" + std::string(format_name) + "\" is no format of archives");
  }
  if (paths.empty()) throw InputError("", "no archive given");

  std::vector<CheckedFile> files = check_all(*format, paths, options);
  put_in_order(files);

  BinanceTables tables;
  ImportReport report;
  report.first_ts = files.front().first_ts;
  for (const CheckedFile& file : files) {
    report.lines += file.rows;
    report.last_ts = std::max(report.last_ts, file.last_ts);
    for (const auto& [symbol, part] : file.symbols) tables.at(symbol).add(part.steps);
  }
  tables.write(options, venue_of(files, options.venue), files.front().path.string(),
               report.first_ts, consumer, report);

  MergedFiles merged(*format, files, options);
  while (ArchiveFile::Item* item = merged.next()) {
    writ_record& record = item->record();
    const std::uint32_t instrument = tables.at(item->symbol).instrument;
    set_instrument(record, instrument);
    record.stream = static_cast<std::uint16_t>(instrument);
    ++report.records[record.type];
    consumer(record);
  }
  return report;
}

}  // namespace writ::feed
