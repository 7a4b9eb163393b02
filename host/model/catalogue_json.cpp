#include "host/model/catalogue.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace writ::model {
namespace {

constexpr std::array<std::string_view, 26> kKindNames = {
    "u8",       "u16",        "u32",        "u64",     "i64",   "bool",     "time",
    "duration", "price",      "quantity",   "rate",    "money", "by_unit",  "id",
    "seq",      "foreign_id", "instrument", "account", "asset", "instance", "stream",
    "double",   "text",       "bytes",      "uuid",    "enum"};

std::string_view kind_name(FieldKind kind) {
  if (kind == FieldKind::kFlags) return "flags";
  if (kind == FieldKind::kReserved) return "reserved";
  return kKindNames[static_cast<std::size_t>(kind)];
}
static_assert(static_cast<std::size_t>(FieldKind::kEnum) + 1 == kKindNames.size());

// Names and words are plain ASCII without quotes: nothing needs escaping.
std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

void add_fields(std::string& out, std::span<const Field> fields) {
  out += "[";
  const char* comma = "";
  for (const Field& field : fields) {
    out += comma;
    out += "[" + quoted(field.name) + "," + std::to_string(field.offset) + "," +
           std::to_string(field.size) + "," + quoted(kind_name(field.kind));
    if (field.words != nullptr) out += "," + quoted(field.words->name);
    out += "]";
    comma = ",";
  }
  out += "]";
}

void add_tail(std::string& out, std::span<const TailPart> tail) {
  constexpr std::array<std::string_view, 4> kKinds = {"elements", "text", "json", "bytes"};
  out += "[";
  const char* comma = "";
  for (const TailPart& part : tail) {
    out += comma;
    out += "{\"name\":" + quoted(part.name) +
           ",\"kind\":" + quoted(kKinds[static_cast<std::size_t>(part.kind)]) +
           ",\"count_at\":" + std::to_string(part.count_offset) +
           ",\"size\":" + std::to_string(part.element_size) + ",\"fields\":";
    add_fields(out, part.fields);
    out += "}";
    comma = ",";
  }
  out += "]";
}

void add_words_of(std::vector<const Words*>& seen, std::span<const Field> fields) {
  for (const Field& field : fields) {
    if (field.words == nullptr) continue;
    if (std::find(seen.begin(), seen.end(), field.words) == seen.end()) seen.push_back(field.words);
  }
}

std::string build() {
  std::string out = "{\"header\":";
  add_fields(out, header_fields());
  out += ",\"records\":[";
  std::vector<const Words*> words;
  const char* comma = "";
  for (const RecordLayout& record : catalogue()) {
    out += comma;
    out += "{\"type\":" + std::to_string(record.type) + ",\"name\":" + quoted(record.name) +
           ",\"size\":" + std::to_string(record.size) + ",\"fields\":";
    add_fields(out, record.fields);
    add_words_of(words, record.fields);
    out += ",\"tail\":";
    add_tail(out, record.tail);
    for (const TailPart& part : record.tail) add_words_of(words, part.fields);
    out += "}";
    comma = ",";
  }
  out += "],\"words\":{";
  comma = "";
  for (const Words* enumeration : words) {
    out += comma;
    out += quoted(enumeration->name) + ":[";
    const char* inner = "";
    for (const Word& word : enumeration->words) {
      out += inner;
      out += "[" + std::to_string(word.value) + "," + quoted(word.text) + "]";
      inner = ",";
    }
    out += "]";
    comma = ",";
  }
  return out + "}}";
}

}  // namespace

const std::string& catalogue_json() {
  static const std::string text = build();
  return text;
}

}  // namespace writ::model
