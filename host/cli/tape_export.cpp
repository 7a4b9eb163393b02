#include "host/cli/tape_export.hpp"

#include "host/base/input_error.hpp"
#include "host/journal/parquet_writer.hpp"
#include "host/model/field_value.hpp"
#include "host/model/record_columns.hpp"

#include <writ/abi/scalar.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace writ::cli {
namespace {

using base::InputError;
using journal::ParquetWriter;
namespace fs = std::filesystem;

// The records of one type.
class TypeFile {
 public:
  TypeFile(const model::RecordLayout& layout, fs::path path)
      : layout_(layout),
        columns_(model::columns_of(layout)),
        path_(std::move(path)),
        out_(path_, std::ios::binary) {}
  virtual ~TypeFile() = default;
  TypeFile(const TypeFile&) = delete;
  TypeFile& operator=(const TypeFile&) = delete;

  virtual void write(const writ_record& record) = 0;
  virtual void finish() {}
  void close() {
    finish();
    out_.close();
    if (!out_)
      throw InputError(path_.string(), std::string("cannot be written: ") + std::strerror(errno));
  }
  [[nodiscard]] const model::RecordLayout& layout() const noexcept { return layout_; }

 protected:
  [[nodiscard]] const std::vector<model::RecordColumn>& columns() const noexcept {
    return columns_;
  }
  [[nodiscard]] std::ofstream& out() noexcept { return out_; }
  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

 private:
  const model::RecordLayout& layout_;
  std::vector<model::RecordColumn> columns_;
  fs::path path_;
  std::ofstream out_;
};

class CsvFile final : public TypeFile {
 public:
  CsvFile(const model::RecordLayout& layout, const fs::path& folder)
      : TypeFile(layout, folder / (std::string(layout.name) + ".csv")) {
    write_row([](const model::RecordColumn& column) { return std::string(column.name); });
  }

  void write(const writ_record& record) override {
    write_row([&](const model::RecordColumn& column) {
      return model::column_text(column, layout(), record);
    });
  }

 private:
  template <class Text>
  void write_row(Text&& text) {
    row_.clear();
    for (const model::RecordColumn& column : columns()) {
      if (!row_.empty() || &column != &columns().front()) row_ += ',';
      const std::string field = text(column);
      if (field.find_first_of(",\"\r\n") != std::string::npos) {
        throw InputError(path().string(),
                         "no CSV without quotes can hold the text `" + field + "`");
      }
      row_ += field;
    }
    row_ += '\n';
    out().write(row_.data(), static_cast<std::streamsize>(row_.size()));
  }

  std::string row_;
};

ParquetWriter::Type parquet_type(const model::RecordColumn& column) {
  if (column.field == nullptr) return ParquetWriter::Type::kText;
  switch (column.field->kind) {
    case model::FieldKind::kPrice:
    case model::FieldKind::kQuantity:
    case model::FieldKind::kRate:
      return ParquetWriter::Type::kDecimal;
    case model::FieldKind::kTime:
    case model::FieldKind::kDuration:
    case model::FieldKind::kI64:
      return ParquetWriter::Type::kInteger;
    case model::FieldKind::kMoney:
    case model::FieldKind::kText:
    case model::FieldKind::kEnum:
    case model::FieldKind::kFlags:
      return ParquetWriter::Type::kText;
    default:
      return ParquetWriter::Type::kUnsigned;
  }
}

std::vector<ParquetWriter::Column> parquet_columns(const model::RecordLayout& layout) {
  std::vector<ParquetWriter::Column> all;
  for (const model::RecordColumn& column : model::columns_of(layout)) {
    all.push_back({std::string(column.name), parquet_type(column), column.may_be_none()});
  }
  return all;
}

class ParquetFile final : public TypeFile {
 public:
  ParquetFile(const model::RecordLayout& layout, const fs::path& folder)
      : TypeFile(layout, folder / (std::string(layout.name) + ".parquet")),
        writer_(out(), parquet_columns(layout)) {}

  void write(const writ_record& record) override {
    const auto* bytes = reinterpret_cast<const std::byte*>(&record);
    for (const model::RecordColumn& column : columns()) {
      if (parquet_type(column) == ParquetWriter::Type::kText) {
        writer_.add(model::column_text(column, layout(), record));
        continue;
      }
      const auto value = static_cast<std::int64_t>(model::unsigned_value(*column.field, bytes));
      const bool none = column.may_be_none() && value == WRIT_NONE;
      writer_.add(none ? std::nullopt : std::optional(value));
    }
  }

 private:
  void finish() override { writer_.finish(); }

  ParquetWriter writer_;
};

// A folder under another name until it is complete.
class UnfinishedFolder {
 public:
  explicit UnfinishedFolder(fs::path target)
      : target_(std::move(target)), path_(target_.string() + ".unfinished") {
    if (fs::exists(target_)) throw InputError(target_.string(), "is there already");
    std::error_code error;
    fs::remove_all(path_, error);
    if (!fs::create_directories(path_, error)) {
      throw InputError(path_.string(), "cannot be made: " + error.message());
    }
  }
  ~UnfinishedFolder() {
    std::error_code ignored;  // nobody is left to be told
    fs::remove_all(path_, ignored);
  }
  UnfinishedFolder(const UnfinishedFolder&) = delete;
  UnfinishedFolder& operator=(const UnfinishedFolder&) = delete;

  [[nodiscard]] const fs::path& path() const noexcept { return path_; }
  void complete() {
    std::error_code error;
    fs::rename(path_, target_, error);
    if (error) throw InputError(target_.string(), "cannot be made: " + error.message());
  }

 private:
  fs::path target_;
  fs::path path_;
};

}  // namespace

std::map<std::uint16_t, std::uint64_t> export_tape(journal::TapeReader& reader,
                                                   const fs::path& folder, ExportFormat format) {
  UnfinishedFolder unfinished(folder);
  std::map<std::uint16_t, std::unique_ptr<TypeFile>> files;
  std::map<std::uint16_t, std::uint64_t> counts;
  for (;;) {
    const auto next = reader.next();
    if (!next) throw InputError("", reader.describe(next.error()));
    if (*next == nullptr) break;
    const writ_record& record = **next;
    const model::RecordLayout* layout = model::layout_of(record.type);
    if (layout == nullptr) continue;  // of a later build: nobody knows what it says
    auto& file = files[record.type];
    if (!file && format == ExportFormat::kCsv) {
      file = std::make_unique<CsvFile>(*layout, unfinished.path());
    } else if (!file) {
      file = std::make_unique<ParquetFile>(*layout, unfinished.path());
    }
    file->write(record);
    ++counts[record.type];
  }
  for (auto& [type, file] : files) file->close();
  unfinished.complete();
  return counts;
}

}  // namespace writ::cli
