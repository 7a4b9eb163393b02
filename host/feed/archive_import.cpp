#include "host/base/input_error.hpp"
#include "host/feed/archive_format.hpp"
#include "host/feed/import.hpp"
#include "host/feed/import_tables.hpp"
#include "host/feed/record_sorter.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <memory>
#include <optional>
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

// The market records of one file, one by one.
class ArchiveFile {
 public:
  struct Item {
    std::string symbol;
    model::RecordWords words;
    [[nodiscard]] writ_record& record() { return model::record_in(words); }
  };

  enum class Order : std::uint8_t { kAsRead, kByTime };

  ArchiveFile(const ArchiveFormat& format, const fs::path& path, const ImportOptions& options,
              Order order)
      : reader_(format.open(path, options)), by_time_(format.by_time) {
    if (by_time_ || order == Order::kAsRead) return;
    sorter_ = std::make_unique<RecordSorter>();
    while (const Item* item = read_next()) {
      sorter_->add(item->symbol, model::record_in(item->words));
    }
  }

  /// The next record, the caller's to change until the next call; nullptr at the end.
  [[nodiscard]] Item* next() {
    if (!sorter_) return read_next();
    const std::string* symbol = sorter_->next(sorted_.words);
    if (symbol == nullptr) return nullptr;
    sorted_.symbol = *symbol;
    return &sorted_;
  }

  /// Throws for a time before `last`, which it becomes.
  void check_time(std::int64_t ts, std::int64_t& last) const {
    if (ts < last) {
      throw InputError(reader_->file(), reader_->line(), 0,
                       "the time goes back by " + std::to_string(last - ts) + " ns");
    }
    last = ts;
  }

  [[nodiscard]] std::uint64_t rows() const noexcept { return reader_->rows(); }
  [[nodiscard]] BinanceVenue venue() const noexcept { return reader_->venue(); }

 private:
  [[nodiscard]] Item* read_next() {
    while (taken_ == made_) {
      taken_ = made_ = 0;
      const bool more = reader_->read([this](std::string_view symbol, writ_record& record) {
        if (made_ == items_.size()) items_.emplace_back();
        items_[made_].symbol = symbol;
        model::assign(items_[made_++].words, record);
      });
      if (!more) return nullptr;
    }
    Item& item = items_[taken_++];
    if (by_time_) check_time(item.record().ingest_ts, last_ts_);
    return &item;
  }

  std::unique_ptr<ArchiveReader> reader_;
  bool by_time_;
  std::unique_ptr<RecordSorter> sorter_;  // of rows that are not by time
  Item sorted_;
  std::vector<Item> items_;  // of the row read last; reused
  std::size_t made_ = 0;
  std::size_t taken_ = 0;
  std::int64_t last_ts_ = 0;
};

// When a file has what of one symbol and kind.
struct Span {
  std::int64_t first_ts = 0;
  std::int64_t last_ts = 0;
};

// What a file holds of one symbol.
struct SymbolPart {
  ImportTables::Symbol facts;
  std::int64_t last_ts = 0;
  std::map<std::uint16_t, Span> spans;  // by type of record
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
  ArchiveFile file(format, path, options, ArchiveFile::Order::kAsRead);
  while (ArchiveFile::Item* item = file.next()) {
    const writ_record& record = item->record();
    const std::int64_t ts = record.ingest_ts;
    if (checked.symbols.empty() || ts < checked.first_ts) checked.first_ts = ts;
    checked.last_ts = std::max(checked.last_ts, ts);
    SymbolPart& part = checked.symbols[item->symbol];
    file.check_time(ts, part.last_ts);
    part.spans.try_emplace(record.type, Span{ts, ts}).first->second.last_ts = ts;
    if (const auto* trade = model::as<writ_trade>(record)) {
      if (part.first_trade_id == 0) part.first_trade_id = trade->trade_id;
      part.last_trade_id = trade->trade_id;
    }
    part.facts.note(record);
  }
  checked.rows = file.rows();
  checked.venue = file.venue();
  if (checked.symbols.empty()) throw InputError(path.string(), "the archive holds no market event");
  return checked;
}

// Throws what is wrong with the first bad file, and where the others are bad.
void refuse_bad(const std::vector<std::exception_ptr>& errors) {
  std::optional<InputError> first;
  std::string others;
  for (const std::exception_ptr& error : errors) {
    if (!error) continue;
    try {
      std::rethrow_exception(error);
    } catch (const InputError& bad) {
      if (!first) {
        first = bad;
        continue;
      }
      others += (others.empty() ? "; bad too: " : ", ") + bad.file();
      if (bad.line() != 0) others += ":" + std::to_string(bad.line());
    }
  }
  if (!first) return;
  throw InputError(first->file(), first->line(), first->column(), first->message() + others);
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
  refuse_bad(errors);
  return checked;
}

// The files in the order of time. Those of one symbol and kind must follow each other.
void put_in_order(std::vector<CheckedFile>& files) {
  std::stable_sort(files.begin(), files.end(), [](const CheckedFile& a, const CheckedFile& b) {
    return a.first_ts < b.first_ts;
  });
  struct Last {
    const CheckedFile* file;
    std::int64_t ts;
    std::uint64_t trade_id;
  };
  std::map<std::pair<std::string_view, std::uint16_t>, Last> last;
  for (const CheckedFile& file : files) {
    for (const auto& [symbol, part] : file.symbols) {
      for (const auto& [type, span] : part.spans) {
        if (type == WRIT_RECORD_INSTRUMENT) continue;  // says what it is, however often
        const Last now{&file, span.last_ts, part.last_trade_id};
        const auto [place, is_first] = last.try_emplace({symbol, type}, now);
        const Last before = std::exchange(place->second, now);
        // Ids that an import counted itself begin anew with each file.
        const bool has_ids = type == WRIT_RECORD_TRADE && part.first_trade_id != 0 &&
                             !part.facts.definition.has_value();
        const bool trades_follow = !has_ids || part.first_trade_id > before.trade_id;
        if (is_first || (span.first_ts >= before.ts && trades_follow)) continue;
        throw InputError(file.path.string(), "its " + symbol + " does not follow that of " +
                                                 before.file->path.string() + " but overlaps it");
      }
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
      open_.push_back(std::make_unique<ArchiveFile>(format_, files_[next_file_].path, options_,
                                                    ArchiveFile::Order::kByTime));
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

namespace {

const std::vector<ArchiveFormat>& all_formats() {
  static const std::vector<ArchiveFormat> kFormats = [] {
    std::vector<ArchiveFormat> all;
    for (auto& formats : {binance_archives(), tardis_archives(), betfair_archives(),
                          prediction_archives(), depth_row_archives(), polymarket_archives()}) {
      all.insert(all.end(), formats.begin(), formats.end());
    }
    return all;
  }();
  return kFormats;
}

}  // namespace

std::vector<std::string_view> archive_formats() {
  std::vector<std::string_view> names;
  for (const ArchiveFormat& format : all_formats()) names.push_back(format.name);
  return names;
}

ImportReport import_archive(std::string_view format_name, const std::vector<fs::path>& paths,
                            const ImportOptions& options, const RecordConsumer& consumer) {
  const auto& formats = all_formats();
  const auto format = std::find_if(formats.begin(), formats.end(), [&](const ArchiveFormat& one) {
    return one.name == format_name;
  });
  if (format == formats.end()) {
    throw InputError("", "\"" + std::string(format_name) + "\" is no format of archives");
  }
  if (paths.empty()) throw InputError("", "no archive given");

  std::vector<CheckedFile> files = check_all(*format, paths, options);
  put_in_order(files);

  ImportTables tables;
  ImportReport report;
  report.first_ts = files.front().first_ts;
  for (const CheckedFile& file : files) {
    report.lines += file.rows;
    report.last_ts = std::max(report.last_ts, file.last_ts);
    for (const auto& [symbol, part] : file.symbols) tables.at(symbol).add(part.facts);
  }
  tables.write(options, venue_of(files, options.venue), files.front().path.string(),
               report.first_ts, consumer, report);

  MergedFiles merged(*format, files, options);
  while (ArchiveFile::Item* item = merged.next()) {
    writ_record& record = item->record();
    if (record.type == WRIT_RECORD_INSTRUMENT) continue;  // in the tables
    const ImportTables::Symbol& symbol = tables.at(item->symbol);
    set_instrument(record, symbol.instrument);
    record.stream = static_cast<std::uint16_t>(symbol.instrument);
    if (record.type == WRIT_RECORD_REDUCTION) {
      reinterpret_cast<writ_reduction&>(record).market_group = symbol.market_group;
    }
    ++report.records[record.type];
    consumer(record);
  }
  return report;
}

}  // namespace writ::feed
