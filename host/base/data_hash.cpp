#include "host/base/data_hash.hpp"

#include "host/base/little_endian.hpp"
#include "host/base/sha256.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace writ::base {
namespace {

std::size_t rows_of(const ColumnView& column) {
  return std::visit([](const auto& values) { return values.size(); }, column.values);
}

bool is_valid(const ColumnView& column, std::size_t row) {
  return column.valid.empty() || column.valid[row];
}

void append_value(std::string& out, std::int64_t value) { append_little_endian(out, value); }
void append_value(std::string& out, bool value) { out += value ? '\x01' : '\x00'; }
void append_value(std::string& out, float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value + 0.0F);  // -0.0 + 0.0 is +0.0
  append_little_endian(out, std::isnan(value) ? 0x7fc00000U : bits);
}
void append_value(std::string& out, double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  append_little_endian(out, std::isnan(value) ? std::uint64_t{0x7ff8000000000000U} : bits);
}
void append_value(std::string& out, Int128 value) {
  append_little_endian(out, static_cast<std::uint64_t>(static_cast<UInt128>(value)));
  append_little_endian(out, static_cast<std::uint64_t>(static_cast<UInt128>(value) >> 64U));
}
void append_value(std::string& out, std::string_view value) {
  append_little_endian(out, static_cast<std::uint32_t>(value.size()));
  out += value;
}

// Collects small pieces, so that the receiver is called once per block.
class Blocks {
 public:
  explicit Blocks(const std::function<void(std::string_view)>& write) : write_(write) {}
  std::string& buffer() { return buffer_; }
  void flush_if_full() {
    if (buffer_.size() >= kBlock) flush();
  }
  void flush() {
    write_(buffer_);
    buffer_.clear();
  }

 private:
  static constexpr std::size_t kBlock = 64 * 1024;
  const std::function<void(std::string_view)>& write_;
  std::string buffer_;
};

void append_bitmap(Blocks& out, const ColumnView& column, std::size_t rows) {
  for (std::size_t row = 0; row < rows; row += 8) {
    unsigned bits = 0;
    for (std::size_t bit = 0; bit < 8 && row + bit < rows; ++bit) {
      if (column.valid[row + bit]) bits |= 1U << bit;
    }
    out.buffer() += static_cast<char>(static_cast<unsigned char>(bits));
    out.flush_if_full();
  }
}

void append_column(Blocks& out, const ColumnView& column, std::size_t rows) {
  append_little_endian(out.buffer(), static_cast<std::uint16_t>(column.name.size()));
  out.buffer() += column.name;
  out.buffer() += static_cast<char>(column.values.index() + 1);  // the variant is in type order
  const bool has_nulls =
      std::find(column.valid.begin(), column.valid.end(), false) != column.valid.end();
  append_value(out.buffer(), has_nulls);
  if (has_nulls) append_bitmap(out, column, rows);
  std::visit(
      [&](const auto& values) {
        using Value = typename std::decay_t<decltype(values)>::value_type;
        for (std::size_t row = 0; row < rows; ++row) {
          append_value(out.buffer(), is_valid(column, row) ? values[row] : Value{});
          out.flush_if_full();
        }
      },
      column.values);
}

Result<void> check(std::span<const ColumnView> columns) {
  constexpr std::size_t kTextMax = std::numeric_limits<std::uint32_t>::max();
  if (columns.size() > kTextMax) return Error(Errc::kInvalid, "data hash: too many columns");
  std::int64_t at = 0;
  for (const ColumnView& column : columns) {
    const std::size_t rows = rows_of(columns.front());
    if (rows_of(column) != rows || (!column.valid.empty() && column.valid.size() != rows)) {
      return Error(Errc::kInvalid, "data hash: columns differ in length", at);
    }
    if (column.name.size() > std::numeric_limits<std::uint16_t>::max()) {
      return Error(Errc::kInvalid, "data hash: column name too long", at);
    }
    if (const auto* texts = std::get_if<std::span<const std::string_view>>(&column.values)) {
      for (const std::string_view text : *texts) {
        if (text.size() > kTextMax) return Error(Errc::kInvalid, "data hash: text too long", at);
      }
    }
    ++at;
  }
  return {};
}

}  // namespace

Result<void> encode_data(std::span<const ColumnView> columns,
                         const std::function<void(std::string_view)>& write) {
  if (const auto checked = check(columns); !checked) return checked;
  Blocks out(write);
  const std::size_t rows = columns.empty() ? 0 : rows_of(columns.front());
  out.buffer() += std::string_view("SHDATA1\0", 8);
  append_little_endian(out.buffer(), static_cast<std::uint32_t>(columns.size()));
  append_little_endian(out.buffer(), static_cast<std::uint64_t>(rows));
  for (const ColumnView& column : columns) append_column(out, column, rows);
  out.flush();
  return {};
}

Result<std::string> data_hash(std::span<const ColumnView> columns) {
  Sha256 hash;
  const auto encoded = encode_data(columns, [&](std::string_view bytes) { hash.update(bytes); });
  if (!encoded) return encoded.error();
  return hash.hex();
}

}  // namespace writ::base
