#include "host/model/record_json.hpp"

#include "host/base/hex.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/field_value.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/utf8_text.hpp"

#include <writ/abi/journal.h>
#include <writ/decimal.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cmath>
#include <cstring>
#include <string>
#include <string_view>

namespace writ::model {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

boost::json::string_view view(std::string_view text) { return {text.data(), text.size()}; }

/// The text, with U+FFFD for each byte that is not UTF-8: foreign words may hold anything.
value text_json(std::string_view text) { return value(view(utf8_text(text))); }

/// Parsed, or the text itself if it is not JSON.
value parsed_json(std::string_view text) {
  if (text.empty()) return nullptr;
  boost::json::error_code error;
  value parsed = boost::json::parse(view(text), error);
  if (error) return text_json(text);
  return parsed;
}

value decimal_json(std::int64_t raw) {
  if (raw == WRIT_NONE) return nullptr;
  return value(view(DecimalText(raw, 9).view()));
}

value flags_json(const Field& field, std::uint32_t bits) {
  array words;
  for (const Word& word : field.words->words) {
    if ((bits & word.value) == 0) continue;
    bits &= ~word.value;
    words.emplace_back(view(word.text));
  }
  if (bits != 0) words.emplace_back(bits);
  return words;
}

/// The name that stands for a number, nullptr for 0, the number where no name is known.
value number_json(const Field& field, std::uint32_t number, const InstrumentTable* table) {
  if (table == nullptr) return number;
  if (number == 0) return nullptr;
  std::string_view name;
  switch (field.kind) {
    case FieldKind::kInstrument:
      name = table->instrument_name(number);
      break;
    case FieldKind::kAccount:
      name = table->account_name(number);
      break;
    case FieldKind::kAsset:
      name = table->asset_name(number);
      break;
    case FieldKind::kInstance:
      name = table->instance_name(number);
      break;
    default:
      name = table->stream_source(number);
      break;
  }
  if (name.empty()) return number;
  return text_json(name);
}

value field_json(const Field& field, const std::byte* fixed, const InstrumentTable* table) {
  switch (field.kind) {
    case FieldKind::kU8:
    case FieldKind::kU16:
    case FieldKind::kU32:
    case FieldKind::kU64:
    case FieldKind::kSeq:
      return unsigned_value(field, fixed);
    case FieldKind::kBool:
      return unsigned_value(field, fixed) != 0;
    case FieldKind::kI64:
    case FieldKind::kDuration:
      return signed_value(field, fixed);
    case FieldKind::kTime: {
      const std::int64_t ns = signed_value(field, fixed);
      if (ns == WRIT_NONE) return nullptr;
      return ns;
    }
    case FieldKind::kPrice:
    case FieldKind::kQuantity:
    case FieldKind::kRate:
      return decimal_json(signed_value(field, fixed));
    case FieldKind::kByUnit: {
      const std::string text = by_unit_text(field, fixed);
      if (text == "none") return nullptr;
      return value(view(text));
    }
    case FieldKind::kInstrument:
    case FieldKind::kAccount:
    case FieldKind::kAsset:
    case FieldKind::kInstance:
    case FieldKind::kStream:
      return number_json(field, static_cast<std::uint32_t>(unsigned_value(field, fixed)), table);
    case FieldKind::kDouble: {
      const double number = double_value(field, fixed);
      if (!std::isfinite(number)) return value(view(field_text(field, fixed)));
      return number;
    }
    case FieldKind::kText:
      return text_json(text_value(field, fixed));
    case FieldKind::kEnum: {
      const auto number = static_cast<std::uint32_t>(unsigned_value(field, fixed));
      for (const Word& word : field.words->words) {
        if (word.value == number) return value(view(word.text));
      }
      return number;
    }
    case FieldKind::kFlags:
      return flags_json(field, static_cast<std::uint32_t>(unsigned_value(field, fixed)));
    case FieldKind::kMoney:
    case FieldKind::kId:
    case FieldKind::kForeignId:
    case FieldKind::kBytes:
    case FieldKind::kUuid:
    case FieldKind::kReserved:
      return value(view(field_text(field, fixed)));
  }
  return nullptr;
}

void add_fields(object& out, std::span<const Field> fields, const std::byte* fixed,
                const InstrumentTable* table) {
  for (const Field& field : fields) {
    if (field.kind == FieldKind::kReserved) continue;
    out[view(field.name)] = field_json(field, fixed, table);
  }
}

/// A feature vector reads best as name: value, null while unknown.
value features_json(const std::byte* bytes, std::uint32_t count) {
  object features;
  for (std::uint32_t i = 0; i < count; ++i) {
    writ_feature feature{};
    std::memcpy(&feature, bytes + std::size_t{i} * sizeof feature, sizeof feature);
    const std::string_view word = kFeatureWords.text(feature.feature);
    const std::string name = word.empty() ? std::to_string(feature.feature) : std::string(word);
    value& place = features[name];
    if (feature.known != 0 && std::isfinite(feature.value)) place = feature.value;
  }
  return features;
}

value elements_json(const TailPart& part, const std::byte* bytes, std::uint32_t count,
                    const InstrumentTable* table) {
  if (part.element_size == sizeof(writ_feature) && part.name == "features") {
    return features_json(bytes, count);
  }
  array elements;
  elements.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    object element;
    add_fields(element, part.fields, bytes + std::size_t{i} * part.element_size, table);
    elements.emplace_back(std::move(element));
  }
  return elements;
}

value part_json(const TailPart& part, const std::byte* bytes, std::uint32_t count,
                const InstrumentTable* table) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), count);
  switch (part.kind) {
    case TailKind::kElements:
      return elements_json(part, bytes, count, table);
    case TailKind::kText:
      return text_json(text);
    case TailKind::kJson:
      return parsed_json(text);
    case TailKind::kBytes:
      return value(view(base::to_hex({reinterpret_cast<const std::uint8_t*>(bytes), count})));
  }
  return nullptr;
}

/// A rationale the author keeps to himself is bytes.
bool is_opaque(const writ_record& record, const TailPart& part) {
  if (record.type != WRIT_RECORD_INTENT && record.type != WRIT_RECORD_INTENT_INPUT) return false;
  const auto& intent = reinterpret_cast<const writ_intent&>(record);
  return part.name == "rationale" && (intent.flags & WRIT_INTENT_OPAQUE_RATIONALE) != 0;
}

bool counts_the_tail(const RecordLayout& layout, const Field& field) {
  for (const TailPart& part : layout.tail) {
    if (part.count_offset == field.offset) return true;
  }
  return false;
}

object to_json(const writ_record& record, const InstrumentTable* table) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&record);
  object out;
  out["type"] = view(type_name(record.type));
  out["seq"] = record.seq;
  out["event_ts"] = record.event_ts == WRIT_NONE ? value(nullptr) : value(record.event_ts);
  out["ingest_ts"] = record.ingest_ts;
  if (table == nullptr || record.stream != 0) {
    out["stream"] = field_json(header_fields()[2], bytes, table);
  }
  const RecordLayout* layout = layout_of(record.type);
  if (layout == nullptr) {
    out["type"] = record.type;
    return out;
  }
  for (const Field& field : layout->fields) {
    if (field.kind == FieldKind::kReserved || counts_the_tail(*layout, field)) continue;
    out[view(field.name)] = field_json(field, bytes, table);
  }
  std::size_t at = layout->size;
  for (const TailPart& part : layout->tail) {
    std::uint32_t count = 0;
    std::memcpy(&count, bytes + part.count_offset, sizeof count);
    TailPart seen = part;
    if (is_opaque(record, part)) seen.kind = TailKind::kBytes;
    out[view(part.name)] = part_json(seen, bytes + at, count, table);
    at += std::size_t{count} * part.element_size;
  }
  return out;
}

}  // namespace

object record_to_json(const writ_record& record) { return to_json(record, nullptr); }

object record_to_json(const writ_record& record, const InstrumentTable& table) {
  return to_json(record, &table);
}

}  // namespace writ::model
