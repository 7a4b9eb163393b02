#include "host/journal/hashes.hpp"

#include "host/model/catalogue.hpp"
#include "host/model/field_value.hpp"

#include <cstring>
#include <span>
#include <string_view>

namespace writ::journal {
namespace {

using model::Field;
using model::FieldKind;

class Payload {
 public:
  Payload(std::vector<std::byte>& out, const model::InstrumentTable& table)
      : out_(out), table_(table) {}

  [[nodiscard]] std::span<const std::byte> bytes() const { return std::span(out_).first(size_); }

  void put(const void* bytes, std::size_t size) {
    if (size > out_.size() - size_) out_.resize(2 * (out_.size() + size));
    if (size != 0) std::memcpy(out_.data() + size_, bytes, size);
    size_ += size;
  }
  void put_u32(std::uint32_t value) { put(&value, sizeof value); }
  void put_u64(std::uint64_t value) { put(&value, sizeof value); }
  void put_text(std::string_view text) {
    put_u32(static_cast<std::uint32_t>(text.size()));
    put(text.data(), text.size());
  }

  void put_field(const Field& field, const std::byte* fixed) {
    switch (field.kind) {
      case FieldKind::kId:
        return put_u64(model::unsigned_value(field, fixed) & kSeqMask);
      case FieldKind::kInstrument:
        return put_name(field, fixed, &model::InstrumentTable::instrument_name);
      case FieldKind::kAccount:
        return put_name(field, fixed, &model::InstrumentTable::account_name);
      case FieldKind::kAsset:
        return put_name(field, fixed, &model::InstrumentTable::asset_name);
      case FieldKind::kInstance:
        return put_name(field, fixed, &model::InstrumentTable::instance_name);
      case FieldKind::kText:
        return put_text(model::text_value(field, fixed));
      case FieldKind::kReserved:
        return;
      case FieldKind::kByUnit: {
        std::uint32_t unit = 0;
        std::memcpy(&unit, fixed + field.unit_offset, sizeof unit);
        if (unit != WRIT_UNIT_ID) return put(fixed + field.offset, field.size);
        return put_u64(static_cast<std::uint64_t>(model::money_value(field, fixed).raw) & kSeqMask);
      }
      default:
        return put(fixed + field.offset, field.size);
    }
  }

  void put_record(const writ_record& record) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&record);
    const std::uint16_t type = record.type;
    put(&type, sizeof type);
    put_u64(static_cast<std::uint64_t>(record.ingest_ts));
    const model::RecordLayout& layout = *model::layout_of(record.type);
    for (const Field& field : layout.fields) put_field(field, bytes);
    std::size_t at = layout.size;
    for (const model::TailPart& part : layout.tail) {
      std::uint32_t count = 0;
      std::memcpy(&count, bytes + part.count_offset, sizeof count);
      if (part.kind != model::TailKind::kElements) {
        put(bytes + at, count);
        at += count;
        continue;
      }
      for (std::uint32_t i = 0; i < count; ++i, at += part.element_size) {
        for (const Field& field : part.fields) put_field(field, bytes + at);
      }
    }
  }

 private:
  using NameOf = std::string_view (model::InstrumentTable::*)(std::uint32_t) const noexcept;

  /// The name; 0 and numbers without one as themselves, told apart from any name by their length.
  void put_name(const Field& field, const std::byte* fixed, NameOf name_of) {
    const auto number = static_cast<std::uint32_t>(model::unsigned_value(field, fixed));
    const std::string_view name = (table_.*name_of)(number);
    put_text(name);
    if (name.empty()) put_u32(number);
  }

  std::vector<std::byte>& out_;  // grown once, then reused
  std::size_t size_ = 0;
  const model::InstrumentTable& table_;
};

}  // namespace

void RunHashes::add(const writ_record& record, const model::InstrumentTable& table) {
  base::Sha256* hash = nullptr;
  if (record.type == WRIT_RECORD_INTENT) hash = &intents_;
  if (record.type == WRIT_RECORD_VERDICT) hash = &verdicts_;
  if (record.type == WRIT_RECORD_LEDGER) hash = &ledger_;
  if (hash == nullptr) return;
  Payload payload(buffer_, table);
  payload.put_record(record);
  hash->update(payload.bytes());
}

}  // namespace writ::journal
