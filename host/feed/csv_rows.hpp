#pragma once

#include "host/feed/text_file.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace writ::feed {

/// A column of an archive: the names its header may have, parted by `|`, and whether a file may do
/// without it.
struct CsvColumn {
  std::string names;
  bool required = true;
  bool own_unit = false;  ///< of a time that need not be in the unit of the others
};

/// Rows of one comma-separated file, without quotes, by the columns of its format: at the places
/// its header line says, or in the format's own order where a file has none. A row is valid until
/// the next. Every failure throws base::InputError with file, line and column.
class CsvRows {
 public:
  static constexpr std::size_t kColumnsMax = 256;

  /// Reads the header line, if there is one: a first line that begins with no digit; lines before
  /// it that are empty or begin with # are passed over. `columns` outlive the rows. Throws if the
  /// file cannot be read, is empty, or lacks a required column.
  CsvRows(const std::filesystem::path& path, std::span<const CsvColumn> columns);

  /// Moves to the next row that is not empty; false at the end. Throws for a row of another width
  /// than those before.
  [[nodiscard]] bool next();
  /// How many rows were read.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::int64_t line() const noexcept { return text_.line(); }
  [[nodiscard]] const std::string& file() const noexcept { return text_.name(); }

  /// Whether the file has this column of the format.
  [[nodiscard]] bool has(std::size_t column) const noexcept { return place_[column] != kNowhere; }
  /// The field; empty if the file has no such column.
  [[nodiscard]] std::string_view text(std::size_t column) const noexcept;
  /// A whole number from 0.
  [[nodiscard]] std::int64_t integer(std::size_t column) const;
  /// A decimal of any sign, at 1e-9.
  [[nodiscard]] std::int64_t decimal(std::size_t column) const;
  /// A decimal above 0, at 1e-9.
  [[nodiscard]] std::int64_t positive(std::size_t column) const;
  /// A decimal from 0, counted in `unit`s of it, at 1e-9.
  [[nodiscard]] std::int64_t not_negative(std::size_t column, std::int64_t unit = 1) const;
  /// true or false, in any of their usual spellings.
  [[nodiscard]] bool truth(std::size_t column) const;
  /// A time as ns: ms or µs since 1970, told apart by their digits, of which one column has only
  /// one kind, or `YYYY-MM-DD[ HH:MM:SS]` in UTC.
  [[nodiscard]] std::int64_t time(std::size_t column);
  [[noreturn]] void fail(std::size_t column, const std::string& what) const;

 private:
  static constexpr std::size_t kNowhere = ~std::size_t{0};

  void split(std::string_view line);
  void read_header(std::string_view line);
  [[nodiscard]] std::string_view name(std::size_t column) const noexcept;
  [[nodiscard]] std::string quoted(std::size_t column) const;

  TextFile text_;
  std::span<const CsvColumn> columns_;
  std::array<std::size_t, kColumnsMax> place_{};  // of each column of the format, in the file
  std::array<std::string_view, kColumnsMax> field_{};
  std::size_t width_ = 0;  // fields of the row
  std::size_t width_first_ = 0;
  bool held_ = false;             // the first row was read with the constructor
  std::int64_t unit_ns_ = 0;      // of all times
  std::int64_t own_unit_ns_ = 0;  // of the column that has its own
  std::uint64_t count_ = 0;
};

}  // namespace writ::feed
