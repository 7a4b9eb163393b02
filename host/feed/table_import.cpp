// The tables `writ tape export` wrote as CSV, one file for each type of record, as a tape again.
#include "host/base/input_error.hpp"
#include "host/feed/csv_rows.hpp"
#include "host/feed/import.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_columns.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace writ::feed {
namespace {

using base::InputError;
namespace fs = std::filesystem;

bool is_market(std::uint16_t type) { return type >= WRIT_RECORD_BOOK_SNAPSHOT && type < 200; }

bool is_table(std::uint16_t type) {
  return type == WRIT_RECORD_ASSET || type == WRIT_RECORD_INSTRUMENT ||
         type == WRIT_RECORD_STREAM || type == WRIT_RECORD_CONVERSION;
}

const model::RecordLayout& layout_of(const fs::path& path) {
  const std::string name = path.filename().string();
  const model::RecordLayout* layout = model::layout_of(name.substr(0, name.find('.')));
  if (layout == nullptr || !(is_market(layout->type) || is_table(layout->type))) {
    throw InputError(path.string(), "the file's name is no type of record of a tape, as trade.csv");
  }
  return *layout;
}

std::vector<CsvColumn> csv_columns(const std::vector<model::RecordColumn>& columns) {
  std::vector<CsvColumn> all;
  for (const model::RecordColumn& column : columns) all.push_back({std::string(column.name)});
  return all;
}

// The records of one type, by rising seq.
class TableFile {
 public:
  explicit TableFile(const fs::path& path)
      : layout_(layout_of(path)),
        columns_(model::columns_of(layout_)),
        csv_columns_(csv_columns(columns_)),
        rows_(path, csv_columns_),
        made_(layout_) {
    next();
  }

  /// The record it stands at; nullptr at the end.
  [[nodiscard]] writ_record* record() noexcept { return record_; }
  [[nodiscard]] std::uint64_t count() const noexcept { return rows_.count(); }
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(rows_.file(), rows_.line(), 0, what);
  }

  void next() {
    record_ = nullptr;
    if (!rows_.next()) return;
    made_.begin();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (made_.set(columns_[i], rows_.text(i))) continue;
      rows_.fail(i, std::string(columns_[i].name) + " is no value of its kind: `" +
                        std::string(rows_.text(i).substr(0, 40)) + "`");
    }
    record_ = &made_.finish();
    if (const char* wrong = model::validate(*record_)) fail(wrong);
    if (record_->seq <= last_seq_) {
      fail("the seq " + std::to_string(record_->seq) + " does not follow " +
           std::to_string(last_seq_));
    }
    last_seq_ = record_->seq;
  }

 private:
  const model::RecordLayout& layout_;
  std::vector<model::RecordColumn> columns_;
  std::vector<CsvColumn> csv_columns_;
  CsvRows rows_;
  model::RecordOfColumns made_;
  writ_record* record_ = nullptr;
  std::uint64_t last_seq_ = 0;
};

}  // namespace

ImportReport import_tables(const std::vector<fs::path>& paths, const RecordConsumer& consumer) {
  std::vector<std::unique_ptr<TableFile>> files;
  for (const fs::path& path : paths) files.push_back(std::make_unique<TableFile>(path));
  ImportReport report;
  model::InstrumentTable tables;
  std::uint64_t last_seq = 0;
  for (;;) {
    // Few files: one for each type of record.
    TableFile* first = nullptr;
    for (const auto& file : files) {
      if (file->record() == nullptr) continue;
      if (first == nullptr || file->record()->seq < first->record()->seq) first = file.get();
    }
    if (first == nullptr) break;
    const writ_record& record = *first->record();
    if (record.seq == last_seq) first->fail("another file has the same seq");
    last_seq = record.seq;
    if (is_market(record.type)) {
      if (report.last_ts != WRIT_NONE && record.ingest_ts < report.last_ts) {
        first->fail("the time goes back by " + std::to_string(report.last_ts - record.ingest_ts) +
                    " ns");
      }
      if (report.first_ts == WRIT_NONE) report.first_ts = record.ingest_ts;
      report.last_ts = record.ingest_ts;
    } else if (!tables.apply(record)) {
      first->fail("the tables hold such a number or name already");
    }
    ++report.records[record.type];
    consumer(record);
    first->next();
  }
  for (const auto& file : files) report.lines += file->count();
  for (const writ_instrument* instrument : tables.instruments()) {
    report.instruments.push_back(model::canonical_name(*instrument));
  }
  return report;
}

}  // namespace writ::feed
