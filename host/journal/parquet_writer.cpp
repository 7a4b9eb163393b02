#include "host/journal/parquet_writer.hpp"

#include "host/base/assert.hpp"

#include <zstd.h>

#include <cstring>
#include <utility>

namespace writ::journal {
namespace {

// Thrift's compact protocol, as far as a footer needs it.
class Thrift {
 public:
  Thrift& begin() {
    last_.push_back(0);
    return *this;
  }
  Thrift& end() {
    out_ += '\0';
    last_.pop_back();
    return *this;
  }
  Thrift& integer(int id, std::int64_t value, int type = kI64) {
    field(id, type);
    return number(value);
  }
  Thrift& narrow(int id, std::int64_t value) { return integer(id, value, kI32); }
  Thrift& text(int id, std::string_view value) {
    field(id, kBinary);
    return bytes(value);
  }
  Thrift& structure(int id) {
    field(id, kStruct);
    return begin();
  }
  Thrift& list(int id, std::size_t size, int type) {
    field(id, kList);
    if (size < 15) {
      out_ += static_cast<char>(size << 4U | static_cast<unsigned>(type));
    } else {
      out_ += static_cast<char>(0xF0U | static_cast<unsigned>(type));
      varint(size);
    }
    return *this;
  }
  // Elements of a list.
  Thrift& number(std::int64_t value) {
    varint(static_cast<std::uint64_t>(value) << 1U ^ static_cast<std::uint64_t>(value >> 63));
    return *this;
  }
  Thrift& bytes(std::string_view value) {
    varint(value.size());
    out_ += value;
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

  enum : int { kI32 = 5, kI64 = 6, kBinary = 8, kList = 9, kStruct = 12 };

 private:
  void field(int id, int type) {
    out_ += static_cast<char>((id - last_.back()) << 4 | type);
    last_.back() = id;
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out_ += static_cast<char>(value | 0x80U);
    out_ += static_cast<char>(value);
  }

  std::string out_;
  std::vector<int> last_;  // ids, by depth
};

// Of parquet.thrift.
enum : int { kInt64 = 2, kByteArray = 6 };
enum : int { kUtf8 = 0, kDecimalType = 5, kUint64 = 14 };
enum : int { kPlain = 0, kRle = 3 };
constexpr int kZstd = 6;
constexpr int kLevel = 3;

int physical(ParquetWriter::Type type) {
  return type == ParquetWriter::Type::kText ? kByteArray : kInt64;
}

// One bit for each value, as one run of the hybrid encoding, its size before it.
std::string presence(const std::vector<bool>& present) {
  const std::size_t groups = (present.size() + 7) / 8;
  std::string run;
  for (std::uint64_t head = groups << 1U | 1U;; head >>= 7U) {
    if (head < 0x80) {
      run += static_cast<char>(head);
      break;
    }
    run += static_cast<char>(head | 0x80U);
  }
  const std::size_t begin = run.size();
  run.resize(begin + groups, '\0');
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (present[i]) run[begin + i / 8] = static_cast<char>(run[begin + i / 8] | 1 << i % 8);
  }
  const auto size = static_cast<std::uint32_t>(run.size());
  std::string out(sizeof size, '\0');
  std::memcpy(out.data(), &size, sizeof size);
  return out + run;
}

}  // namespace

ParquetWriter::ParquetWriter(std::ostream& out, std::vector<Column> columns)
    : out_(out), columns_(std::move(columns)), chunks_(columns_.size()) {
  write("PAR1");
}

void ParquetWriter::write(std::string_view bytes) {
  out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  offset_ += bytes.size();
}

void ParquetWriter::add(std::optional<std::int64_t> number) {
  WRIT_ASSERT(columns_[at_].type != Type::kText && (number || columns_[at_].optional));
  Chunk& chunk = chunks_[at_];
  if (columns_[at_].optional) chunk.present.push_back(number.has_value());
  if (number) {
    const std::size_t at = chunk.values.size();
    chunk.values.resize(at + sizeof *number);
    std::memcpy(chunk.values.data() + at, &*number, sizeof *number);
    bytes_ += sizeof *number;
  }
  end_value();
}

void ParquetWriter::add(std::string_view text) {
  WRIT_ASSERT(columns_[at_].type == Type::kText);
  std::vector<char>& values = chunks_[at_].values;
  const auto size = static_cast<std::uint32_t>(text.size());
  const std::size_t at = values.size();
  values.resize(at + sizeof size + text.size());
  std::memcpy(values.data() + at, &size, sizeof size);
  if (!text.empty()) std::memcpy(values.data() + at + sizeof size, text.data(), text.size());
  bytes_ += sizeof size + text.size();
  end_value();
}

void ParquetWriter::end_value() {
  if (++at_ < columns_.size()) return;
  at_ = 0;
  if (++rows_ == kGroupRows || bytes_ >= kGroupBytes) write_group();
}

void ParquetWriter::write_group() {
  Group group{rows_, {}};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    group.places.push_back(write_page(columns_[i], chunks_[i]));
    chunks_[i] = {};
  }
  groups_.push_back(std::move(group));
  rows_all_ += rows_;
  rows_ = 0;
  bytes_ = 0;
}

ParquetWriter::Place ParquetWriter::write_page(const Column& column, const Chunk& chunk) {
  std::string raw = column.optional ? presence(chunk.present) : std::string();
  raw.append(chunk.values.data(), chunk.values.size());
  std::string packed(ZSTD_compressBound(raw.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), raw.data(), raw.size(), kLevel));

  Thrift header;
  header.begin()
      .narrow(1, 0)  // a data page
      .narrow(2, static_cast<std::int64_t>(raw.size()))
      .narrow(3, static_cast<std::int64_t>(packed.size()))
      .structure(5)
      .narrow(1, static_cast<std::int64_t>(rows_))
      .narrow(2, kPlain)
      .narrow(3, kRle)
      .narrow(4, kRle)
      .end()
      .end();
  const std::string head = header.take();
  const Place place{offset_, head.size() + raw.size(), head.size() + packed.size()};
  write(head);
  write(packed);
  return place;
}

std::string ParquetWriter::footer() const {
  Thrift out;
  out.begin().narrow(1, 1);
  out.list(2, columns_.size() + 1, Thrift::kStruct);
  out.begin().text(4, "record").narrow(5, static_cast<std::int64_t>(columns_.size())).end();
  for (const Column& column : columns_) {
    out.begin().narrow(1, physical(column.type)).narrow(3, column.optional ? 1 : 0);
    out.text(4, column.name);
    if (column.type == Type::kText) out.narrow(6, kUtf8);
    if (column.type == Type::kUnsigned) out.narrow(6, kUint64);
    if (column.type == Type::kDecimal) out.narrow(6, kDecimalType).narrow(7, 9).narrow(8, 18);
    out.end();
  }
  out.integer(3, static_cast<std::int64_t>(rows_all_));
  out.list(4, groups_.size(), Thrift::kStruct);
  for (const Group& group : groups_) {
    std::uint64_t raw_bytes = 0;
    out.begin().list(1, columns_.size(), Thrift::kStruct);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Place& place = group.places[i];
      raw_bytes += place.raw_bytes;
      out.begin().integer(2, static_cast<std::int64_t>(place.offset)).structure(3);
      out.narrow(1, physical(columns_[i].type));
      out.list(2, 2, Thrift::kI32).number(kPlain).number(kRle);
      out.list(3, 1, Thrift::kBinary).bytes(columns_[i].name);
      out.narrow(4, kZstd).integer(5, static_cast<std::int64_t>(group.rows));
      out.integer(6, static_cast<std::int64_t>(place.raw_bytes));
      out.integer(7, static_cast<std::int64_t>(place.bytes));
      out.integer(9, static_cast<std::int64_t>(place.offset)).end().end();
    }
    out.integer(2, static_cast<std::int64_t>(raw_bytes));
    out.integer(3, static_cast<std::int64_t>(group.rows)).end();
  }
  out.text(6, "writ").end();
  return out.take();
}

void ParquetWriter::finish() {
  WRIT_ASSERT(at_ == 0);
  if (rows_ > 0) write_group();
  const std::string footer_bytes = footer();
  const auto size = static_cast<std::uint32_t>(footer_bytes.size());
  write(footer_bytes);
  write({reinterpret_cast<const char*>(&size), sizeof size});
  write("PAR1");
  out_.flush();
}

}  // namespace writ::journal
