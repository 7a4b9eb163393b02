#include "host/feed/csv_rows.hpp"

#include "host/base/calendar_time.hpp"
#include "host/base/input_error.hpp"

#include <writ/decimal.hpp>
#include <writ/int128.hpp>

#include <charconv>
#include <optional>

namespace writ::feed {
namespace {

using base::InputError;

// The part of `names` up to the first `|`, taken off it.
std::string_view take_name(std::string_view& names) noexcept {
  const std::size_t bar = names.find('|');
  const std::string_view name = names.substr(0, bar);
  names = bar == std::string_view::npos ? std::string_view() : names.substr(bar + 1);
  return name;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace

CsvRows::CsvRows(const std::filesystem::path& path, std::span<const CsvColumn> columns)
    : text_(path), columns_(columns) {
  for (std::size_t i = 0; i < columns_.size(); ++i) place_[i] = i;
  auto line = text_.next();
  while (line && (line->empty() || line->front() == '#')) line = text_.next();
  if (!line) throw InputError(file(), "the file holds no line");
  split(*line);
  if (!is_digit((*line)[0])) {
    read_header(*line);
    return;
  }
  held_ = true;
  // Without a header a file has the format's columns in their order, the last ones perhaps not.
  if (width_ > columns_.size()) {
    throw InputError(file(), text_.line(), 0,
                     "more than " + std::to_string(columns_.size()) + " columns");
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i < width_) continue;
    place_[i] = kNowhere;
    if (columns_[i].required) {
      throw InputError(file(), text_.line(), 0,
                       std::to_string(width_) + " columns, none for " + std::string(name(i)));
    }
  }
}

void CsvRows::read_header(std::string_view line) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    place_[i] = kNowhere;
    std::string_view names = columns_[i].names;
    while (!names.empty() && place_[i] == kNowhere) {
      const std::string_view wanted = take_name(names);
      for (std::size_t field = 0; field < width_; ++field) {
        if (field_[field] == wanted) place_[i] = field;
      }
    }
    if (columns_[i].required && place_[i] == kNowhere) {
      throw InputError(file(), text_.line(), 0,
                       "the header has no column " + std::string(name(i)) + ": `" +
                           std::string(line.substr(0, 120)) + "`");
    }
  }
}

bool CsvRows::next() {
  if (!held_) {
    std::optional<std::string_view> line;
    do {
      line = text_.next();
      if (!line) return false;
    } while (line->empty());
    split(*line);
    if (width_ != width_first_) {
      throw InputError(
          file(), text_.line(), 0,
          std::to_string(width_) + " columns, expected " + std::to_string(width_first_));
    }
  }
  held_ = false;
  ++count_;
  return true;
}

void CsvRows::split(std::string_view line) {
  width_ = 0;
  for (;;) {
    if (width_ == kColumnsMax) {
      throw InputError(file(), text_.line(), 0,
                       "more than " + std::to_string(kColumnsMax) + " columns");
    }
    const std::size_t comma = line.find(',');
    field_[width_++] = line.substr(0, comma);
    if (comma == std::string_view::npos) break;
    line.remove_prefix(comma + 1);
  }
  if (width_first_ == 0) width_first_ = width_;
}

std::string_view CsvRows::name(std::size_t column) const noexcept {
  std::string_view names = columns_[column].names;
  return take_name(names);
}

std::string CsvRows::quoted(std::size_t column) const {
  return ": `" + std::string(text(column)) + "`";
}

void CsvRows::fail(std::size_t column, const std::string& what) const {
  const std::size_t place = place_[column];
  const auto at = place < width_ ? field_[place].data() - field_[0].data() + 1 : 0;
  throw InputError(file(), text_.line(), at, what);
}

std::string_view CsvRows::text(std::size_t column) const noexcept {
  const std::size_t place = place_[column];
  return place < width_ ? field_[place] : std::string_view();
}

std::int64_t CsvRows::integer(std::size_t column) const {
  const std::string_view field = text(column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || value < 0) {
    fail(column, std::string(name(column)) + " is not a whole number" + quoted(column));
  }
  return value;
}

std::int64_t CsvRows::decimal(std::size_t column) const {
  const auto parsed = parse_nano(text(column));
  if (!parsed)
    fail(column, std::string(name(column)) + " is not an exact decimal" + quoted(column));
  return parsed.value;
}

std::int64_t CsvRows::not_negative(std::size_t column, std::int64_t unit) const {
  if (const auto parsed = parse_nano(text(column)); unit == 1 && parsed && parsed.value >= 0) {
    return parsed.value;
  }
  const auto wide = parse_money(text(column));
  const Int128 divisor = Int128{1'000'000'000} * unit;
  const bool exact = wide && wide.value.raw >= 0 && wide.value.raw % divisor == 0;
  const auto counted = exact ? narrow_to_int64(wide.value.raw / divisor) : std::nullopt;
  if (counted) return *counted;
  fail(column, std::string(name(column)) + " is not an exact decimal from 0 to 9223372036" +
                   (unit == 1 ? "" : " times " + std::to_string(unit)) + quoted(column));
}

std::int64_t CsvRows::positive(std::size_t column) const {
  const auto parsed = parse_nano(text(column));
  if (!parsed || parsed.value <= 0) {
    fail(column, std::string(name(column)) + " is not a positive exact decimal" + quoted(column));
  }
  return parsed.value;
}

bool CsvRows::truth(std::size_t column) const {
  const std::string_view field = text(column);
  if (field == "true" || field == "True" || field == "TRUE" || field == "1") return true;
  if (field == "false" || field == "False" || field == "FALSE" || field == "0") return false;
  fail(column, std::string(name(column)) + " is neither true nor false" + quoted(column));
}

std::int64_t CsvRows::time(std::size_t column) {
  if (const auto ts = base::calendar_time(text(column))) return *ts;
  const std::int64_t value = integer(column);
  const std::size_t digits = text(column).size();
  const std::int64_t unit = digits == 13 ? 1'000'000 : digits == 16 ? 1'000 : 0;
  if (unit == 0) fail(column, std::string(name(column)) + " is neither in ms nor in us");
  std::int64_t& known = columns_[column].own_unit ? own_unit_ns_ : unit_ns_;
  if (known != 0 && unit != known) {
    fail(column, "the unit of " + std::string(name(column)) + " changes");
  }
  known = unit;
  std::int64_t ts = 0;
  if (__builtin_mul_overflow(value, unit, &ts)) {
    fail(column, std::string(name(column)) + " is out of range");
  }
  return ts;
}

}  // namespace writ::feed
