#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace writ::journal {

/// Writes one Parquet file: flat columns, plain values, one ZSTD page for each column of a row
/// group. Format: https://parquet.apache.org/docs/file-format/. What goes wrong with the stream is
/// the stream's to say.
class ParquetWriter {
 public:
  enum class Type : std::uint8_t {
    kInteger,   ///< INT64
    kUnsigned,  ///< INT64, UINT_64
    kDecimal,   ///< INT64, DECIMAL(18, 9)
    kText,      ///< BYTE_ARRAY, UTF8
  };
  struct Column {
    std::string name;
    Type type = Type::kInteger;
    bool optional = false;  ///< of a number: it may be missing
  };

  /// `out` outlives the writer.
  ParquetWriter(std::ostream& out, std::vector<Column> columns);

  // One value for each column, in their order, for each row.
  void add(std::optional<std::int64_t> number);
  void add(std::string_view text);

  /// Writes what is left and the footer.
  void finish();

 private:
  struct Chunk {
    std::vector<char> values;
    std::vector<bool> present;
  };
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t raw_bytes = 0;  // both with the page's header
    std::uint64_t bytes = 0;
  };
  struct Group {
    std::uint64_t rows = 0;
    std::vector<Place> places;
  };

  void write(std::string_view bytes);
  void end_value();
  void write_group();
  [[nodiscard]] Place write_page(const Column& column, const Chunk& chunk);
  [[nodiscard]] std::string footer() const;

  static constexpr std::uint64_t kGroupRows = 65'536;
  static constexpr std::size_t kGroupBytes = std::size_t{64} << 20U;  // of values held

  std::ostream& out_;
  std::vector<Column> columns_;
  std::vector<Chunk> chunks_;
  std::vector<Group> groups_;
  std::size_t at_ = 0;      // the column whose value comes next
  std::uint64_t rows_ = 0;  // of the group begun
  std::size_t bytes_ = 0;
  std::uint64_t rows_all_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace writ::journal
