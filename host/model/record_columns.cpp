#include "host/model/record_columns.hpp"

#include "host/model/field_value.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace writ::model {
namespace {

bool is_decimal(FieldKind kind) noexcept {
  return kind == FieldKind::kPrice || kind == FieldKind::kQuantity || kind == FieldKind::kRate;
}

// The part of `text` up to the next `mark`, taken off it.
std::string_view take_part(std::string_view& text, char mark) noexcept {
  const std::size_t at = text.find(mark);
  const std::string_view part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return part;
}

template <class Number>
std::optional<Number> whole(std::string_view text) noexcept {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> flags_value(const Words& words, std::string_view text) {
  std::uint64_t bits = 0;
  while (!text.empty()) {
    const std::string_view word = take_part(text, '+');
    if (const auto bit = words.value(word)) {
      bits |= *bit;
    } else if (const auto number = whole<std::uint32_t>(word)) {
      bits |= *number;
    } else {
      return std::nullopt;
    }
  }
  return bits;
}

// The little-endian bytes of the field's value; nothing for a text that is none.
std::optional<std::uint64_t> value_of(const Field& field, std::string_view text) {
  switch (field.kind) {
    case FieldKind::kPrice:
    case FieldKind::kQuantity:
    case FieldKind::kRate: {
      if (text.empty()) return static_cast<std::uint64_t>(WRIT_NONE);
      const auto parsed = parse_nano(text);
      if (!parsed) return std::nullopt;
      return static_cast<std::uint64_t>(parsed.value);
    }
    case FieldKind::kTime:
      if (text.empty()) return static_cast<std::uint64_t>(WRIT_NONE);
      [[fallthrough]];
    case FieldKind::kI64:
    case FieldKind::kDuration: {
      const auto number = whole<std::int64_t>(text);
      if (!number) return std::nullopt;
      return static_cast<std::uint64_t>(*number);
    }
    case FieldKind::kEnum:
      if (const auto value = field.words->value(text)) return *value;
      return whole<std::uint64_t>(text);
    case FieldKind::kFlags:
      return flags_value(*field.words, text);
    case FieldKind::kMoney:
    case FieldKind::kByUnit:
    case FieldKind::kDouble:
    case FieldKind::kText:
    case FieldKind::kBytes:
    case FieldKind::kUuid:
    case FieldKind::kReserved:
      return std::nullopt;
    default:
      return whole<std::uint64_t>(text);
  }
}

bool set_field(const Field& field, std::string_view text, std::byte* fixed) {
  std::byte* at = fixed + field.offset;
  if (field.kind == FieldKind::kText) {
    if (text.size() >= field.size) return false;
    std::memcpy(at, text.data(), text.size());
    return true;
  }
  if (field.kind == FieldKind::kMoney) {
    const auto money = parse_money(text);
    if (!money) return false;
    const writ_money halves = to_abi(money.value);
    std::memcpy(at, &halves, sizeof halves);
    return true;
  }
  const auto value = value_of(field, text);
  const bool fits = value && (field.size == 8 || *value >> (field.size * 8U) == 0);
  if (fits) std::memcpy(at, &*value, field.size);
  return fits;
}

std::string elements_text(const TailPart& part, const std::byte* at, std::uint32_t count) {
  std::string text;
  for (std::uint32_t i = 0; i < count; ++i, at += part.element_size) {
    if (i > 0) text += ' ';
    for (const Field& field : part.fields) {
      if (&field != &part.fields.front()) text += ':';
      text += field_text(field, at);
    }
  }
  return text;
}

std::uint32_t count_of(const TailPart& part, const std::byte* record) noexcept {
  std::uint32_t count = 0;
  std::memcpy(&count, record + part.count_offset, sizeof count);
  return count;
}

}  // namespace

bool RecordColumn::may_be_none() const noexcept {
  return field != nullptr && (is_decimal(field->kind) || field->kind == FieldKind::kTime);
}

std::vector<RecordColumn> columns_of(const RecordLayout& layout) {
  std::vector<RecordColumn> columns;
  for (const std::string_view name : {"seq", "stream", "event_ts", "ingest_ts"}) {
    for (const Field& field : header_fields()) {
      if (field.name == name) columns.push_back({name, &field, nullptr});
    }
  }
  for (const Field& field : layout.fields) {
    const bool counts =
        std::any_of(layout.tail.begin(), layout.tail.end(),
                    [&](const TailPart& part) { return part.count_offset == field.offset; });
    // A table's own stream number is not where its record came from.
    const bool repeats = std::any_of(columns.begin(), columns.end(), [&](const RecordColumn& one) {
      return one.name == field.name;
    });
    if (counts || field.kind == FieldKind::kReserved) continue;
    columns.push_back({repeats ? std::string_view("number") : field.name, &field, nullptr});
  }
  for (const TailPart& part : layout.tail) columns.push_back({part.name, nullptr, &part});
  return columns;
}

std::string column_text(const RecordColumn& column, const RecordLayout& layout,
                        const writ_record& record) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&record);
  if (column.field != nullptr) {
    if (column.may_be_none() && signed_value(*column.field, bytes) == WRIT_NONE) return {};
    return field_text(*column.field, bytes);
  }
  const std::byte* at = bytes + layout.size;
  for (const TailPart& part : layout.tail) {
    const std::uint32_t count = count_of(part, bytes);
    if (&part == column.tail) return elements_text(part, at, count);
    at += std::size_t{count} * part.element_size;
  }
  return {};
}

void RecordOfColumns::begin() {
  words_.assign(layout_.size / 8, 0);
  auto& header = record_in(words_);
  header.type = layout_.type;
}

bool RecordOfColumns::set(const RecordColumn& column, std::string_view text) {
  if (column.field != nullptr) return set_field(*column.field, text, bytes());
  return append(*column.tail, text);
}

bool RecordOfColumns::append(const TailPart& part, std::string_view text) {
  std::uint32_t count = 0;
  while (!text.empty()) {
    std::string_view element = take_part(text, ' ');
    const std::size_t at = words_.size();
    words_.resize(at + part.element_size / 8);
    for (const Field& field : part.fields) {
      const std::string_view value = take_part(element, ':');
      if (value.empty() || !set_field(field, value, bytes() + at * 8)) return false;
    }
    if (!element.empty()) return false;
    ++count;
  }
  std::memcpy(bytes() + part.count_offset, &count, sizeof count);
  return true;
}

writ_record& RecordOfColumns::finish() {
  auto& record = record_in(words_);
  record.size = static_cast<std::uint32_t>(words_.size() * 8);
  return record;
}

}  // namespace writ::model
