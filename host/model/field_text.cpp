#include "host/base/canonical_json.hpp"
#include "host/base/hex.hpp"
#include "host/base/uuid.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/field_value.hpp"

#include <writ/abi/outcome.h>
#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace writ::model {
namespace {

std::string decimal_or_none(std::int64_t raw) {
  return raw == WRIT_NONE ? "none" : DecimalText(raw, 9).str();
}

std::string flags_text(const Field& field, std::uint32_t bits) {
  std::string text;
  for (const Word& word : field.words->words) {
    if ((bits & word.value) == 0) continue;
    bits &= ~word.value;
    text += (text.empty() ? "" : "+") + std::string(word.text);
  }
  if (bits != 0) text += (text.empty() ? "" : "+") + std::to_string(bits);
  return text.empty() ? "0" : text;
}

/// The first place where two runs of fields differ, `what` before it; empty if they do not.
std::string differing_field(std::span<const Field> fields, const std::byte* a, const std::byte* b,
                            const std::string& what) {
  for (const Field& field : fields) {
    if (std::memcmp(a + field.offset, b + field.offset, field.size) == 0) continue;
    return what + std::string(field.name) + ": " + field_text(field, a) +
           " != " + field_text(field, b);
  }
  return {};
}

const std::byte* bytes(const writ_record& record) {
  return reinterpret_cast<const std::byte*>(&record);
}

}  // namespace

std::uint64_t unsigned_value(const Field& field, const std::byte* fixed) noexcept {
  const std::byte* at = fixed + field.offset;
  std::uint64_t value = 0;
  switch (field.size) {
    case 1:
      return static_cast<std::uint64_t>(*at);
    case 2: {
      std::uint16_t narrow = 0;
      std::memcpy(&narrow, at, sizeof narrow);
      return narrow;
    }
    case 4: {
      std::uint32_t narrow = 0;
      std::memcpy(&narrow, at, sizeof narrow);
      return narrow;
    }
    default:
      std::memcpy(&value, at, sizeof value);
      return value;
  }
}

std::int64_t signed_value(const Field& field, const std::byte* fixed) noexcept {
  return static_cast<std::int64_t>(unsigned_value(field, fixed));
}

double double_value(const Field& field, const std::byte* fixed) noexcept {
  double value = 0;
  std::memcpy(&value, fixed + field.offset, sizeof value);
  return value;
}

Money money_value(const Field& field, const std::byte* fixed) noexcept {
  writ_money halves{};
  std::memcpy(&halves, fixed + field.offset, sizeof halves);
  return from_abi(halves);
}

std::string_view text_value(const Field& field, const std::byte* fixed) noexcept {
  const char* text = reinterpret_cast<const char*>(fixed + field.offset);
  return {text, strnlen(text, field.size)};
}

std::string by_unit_text(const Field& field, const std::byte* fixed) {
  std::uint32_t unit = 0;
  std::memcpy(&unit, fixed + field.unit_offset, sizeof unit);
  const Int128 raw = money_value(field, fixed).raw;
  switch (unit) {
    case WRIT_UNIT_MONEY:
      return DecimalText(raw, 18).str();
    case WRIT_UNIT_PRICE:
    case WRIT_UNIT_QUANTITY:
    case WRIT_UNIT_RATE:
      return raw == WRIT_NONE ? "none" : DecimalText(raw, 9).str();
    default:
      return DecimalText(raw, 0).str();
  }
}

std::string field_text(const Field& field, const std::byte* fixed) {
  switch (field.kind) {
    case FieldKind::kU8:
    case FieldKind::kU16:
    case FieldKind::kU32:
    case FieldKind::kU64:
    case FieldKind::kBool:
    case FieldKind::kId:
    case FieldKind::kSeq:
    case FieldKind::kForeignId:
    case FieldKind::kInstrument:
    case FieldKind::kAccount:
    case FieldKind::kAsset:
    case FieldKind::kInstance:
    case FieldKind::kStream:
      return std::to_string(unsigned_value(field, fixed));
    case FieldKind::kI64:
    case FieldKind::kDuration:
      return std::to_string(signed_value(field, fixed));
    case FieldKind::kTime: {
      const std::int64_t ns = signed_value(field, fixed);
      return ns == WRIT_NONE ? "none" : std::to_string(ns);
    }
    case FieldKind::kPrice:
    case FieldKind::kQuantity:
    case FieldKind::kRate:
      return decimal_or_none(signed_value(field, fixed));
    case FieldKind::kMoney:
      return to_string(money_value(field, fixed));
    case FieldKind::kByUnit:
      return by_unit_text(field, fixed);
    case FieldKind::kDouble: {
      const double value = double_value(field, fixed);
      if (std::isnan(value)) return "nan";
      if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
      return *base::float_py_repr(value);
    }
    case FieldKind::kText:
      return std::string(text_value(field, fixed));
    case FieldKind::kUuid: {
      base::Uuid uuid;
      std::memcpy(uuid.bytes.data(), fixed + field.offset, uuid.bytes.size());
      return base::to_string(uuid);
    }
    case FieldKind::kBytes:
    case FieldKind::kReserved:
      return base::to_hex(
          {reinterpret_cast<const std::uint8_t*>(fixed + field.offset), field.size});
    case FieldKind::kEnum: {
      const auto value = static_cast<std::uint32_t>(unsigned_value(field, fixed));
      const std::string_view word = field.words->text(value);
      return word.empty() ? std::to_string(value) : std::string(word);
    }
    case FieldKind::kFlags:
      return flags_text(field, static_cast<std::uint32_t>(unsigned_value(field, fixed)));
  }
  return {};
}

std::string first_difference(const writ_record& a, const writ_record& b) {
  if (a.type != b.type)
    return std::string(type_name(a.type)) + " != " + std::string(type_name(b.type));
  if (a.size == b.size && std::memcmp(&a, &b, a.size) == 0) return {};
  const std::string name = std::string(type_name(a.type)) + " ";
  const RecordLayout* layout = layout_of(a.type);
  // The fields first: a tail of another length shows in its count, which says more than the size.
  if (layout != nullptr) {
    std::string field = differing_field(layout->fields, bytes(a), bytes(b), name);
    if (!field.empty()) return field;
  }
  if (std::string field = differing_field(header_fields(), bytes(a), bytes(b), name);
      !field.empty()) {
    return field;
  }
  if (layout == nullptr) return name + "payload differs";

  std::size_t at = layout->size;  // equal counts, so equal places
  for (const TailPart& part : layout->tail) {
    std::uint32_t count = 0;
    std::memcpy(&count, bytes(a) + part.count_offset, sizeof count);
    const std::string place = name + std::string(part.name);
    for (std::size_t i = 0; i < count; ++i, at += part.element_size) {
      if (std::memcmp(bytes(a) + at, bytes(b) + at, part.element_size) == 0) continue;
      if (part.kind != TailKind::kElements)
        return place + ": byte " + std::to_string(i) + " differs";
      return differing_field(part.fields, bytes(a) + at, bytes(b) + at,
                             place + "[" + std::to_string(i) + "] ");
    }
  }
  return name + "padding differs";
}

}  // namespace writ::model
