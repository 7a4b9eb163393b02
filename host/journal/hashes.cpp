#include "host/journal/hashes.hpp"

#include "host/base/hex.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/field_value.hpp"

#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace writ::journal {
namespace {

using model::Field;
using model::FieldKind;
using NameOf = std::string_view (model::InstrumentTable::*)(std::uint32_t) const noexcept;

/// What is taken of one field, or of several that follow each other and are taken as they are.
struct Step {
  enum class Kind : std::uint8_t { kBytes, kId, kName, kText, kByUnit };
  Kind kind;
  std::uint32_t offset;
  std::uint32_t size;
  std::uint32_t unit_offset;
  NameOf name_of;
  const Field* field;
};

std::optional<Step> step_of(const Field& field) {
  const auto step = [&field](Step::Kind kind, NameOf name_of = nullptr) {
    return Step{kind, field.offset, field.size, field.unit_offset, name_of, &field};
  };
  switch (field.kind) {
    case FieldKind::kReserved:
      return std::nullopt;
    case FieldKind::kId:
      return step(Step::Kind::kId);
    case FieldKind::kInstrument:
      return step(Step::Kind::kName, &model::InstrumentTable::instrument_name);
    case FieldKind::kAccount:
      return step(Step::Kind::kName, &model::InstrumentTable::account_name);
    case FieldKind::kAsset:
      return step(Step::Kind::kName, &model::InstrumentTable::asset_name);
    case FieldKind::kInstance:
      return step(Step::Kind::kName, &model::InstrumentTable::instance_name);
    case FieldKind::kText:
      return step(Step::Kind::kText);
    case FieldKind::kByUnit:
      return step(Step::Kind::kByUnit);
    default:
      return step(Step::Kind::kBytes);
  }
}

/// In order; `unit_offset` is set where they come to all of an element as it stands, unless its
/// unit is that of ids.
struct Steps {
  std::vector<Step> each;
  std::optional<std::uint32_t> unit_offset;
};

bool is_unit_of_ids(const std::byte* element, std::uint32_t unit_offset) {
  std::uint32_t unit = 0;
  std::memcpy(&unit, element + unit_offset, sizeof unit);
  return unit == WRIT_UNIT_ID;
}

std::vector<Step> steps_of(std::span<const Field> fields) {
  std::vector<Step> steps;
  for (const Field& field : fields) {
    const auto step = step_of(field);
    if (!step) continue;
    const bool follows = !steps.empty() && steps.back().kind == Step::Kind::kBytes &&
                         step->kind == Step::Kind::kBytes &&
                         steps.back().offset + steps.back().size == step->offset;
    if (follows) {
      steps.back().size += step->size;
    } else {
      steps.push_back(*step);
    }
  }
  return steps;
}

/// The same of an element of a tail.
Steps steps_of(const model::TailPart& part) {
  Steps steps{steps_of(part.fields), {}};
  std::optional<std::uint32_t> unit_offset;
  std::uint32_t end = 0;
  for (const Step& step : steps.each) {
    const bool by_unit = step.kind == Step::Kind::kByUnit &&
                         unit_offset.value_or(step.unit_offset) == step.unit_offset;
    if (step.offset != end || (!by_unit && step.kind != Step::Kind::kBytes)) return steps;
    if (by_unit) unit_offset = step.unit_offset;
    end += step.size;
  }
  if (end == part.element_size) steps.unit_offset = unit_offset;
  return steps;
}

}  // namespace

/// How a type of record is taken, from its layout.
struct RunHashes::Plan {
  explicit Plan(std::uint16_t type) : layout(*model::layout_of(type)) {
    fixed = steps_of(layout.fields);
    for (const model::TailPart& part : layout.tail) tail.push_back(steps_of(part));
  }

  const model::RecordLayout& layout;
  std::vector<Step> fixed;
  std::vector<Steps> tail;  ///< of an element of each part
};

namespace {

class Payload {
 public:
  Payload(std::vector<std::byte>& out, const model::InstrumentTable& table)
      : out_(out), table_(table) {}

  [[nodiscard]] std::span<const std::byte> bytes() const { return std::span(out_).first(size_); }

  void put(const void* bytes, std::size_t size) {
    std::byte* to = grow(size);
    if (size != 0) std::memcpy(to, bytes, size);
  }
  template <class T>
  void put_value(T value) {
    std::memcpy(grow(sizeof value), &value, sizeof value);
  }
  void put_text(std::string_view text) {
    put_value(static_cast<std::uint32_t>(text.size()));
    put(text.data(), text.size());
  }

  void put_steps(const std::vector<Step>& steps, const std::byte* from) {
    for (const Step& step : steps) put_step(step, from);
  }
  void put_elements(const Steps& steps, const std::byte* from, std::uint32_t count,
                    std::uint32_t element_size) {
    const std::byte* end = from + std::size_t{count} * element_size;
    const std::byte* put_up_to = from;
    for (const std::byte* each = from; each != end; each += element_size) {
      if (steps.unit_offset && !is_unit_of_ids(each, *steps.unit_offset)) continue;
      put(put_up_to, static_cast<std::size_t>(each - put_up_to));
      put_steps(steps.each, each);
      put_up_to = each + element_size;
    }
    put(put_up_to, static_cast<std::size_t>(end - put_up_to));
  }

 private:
  std::byte* grow(std::size_t size) {
    if (size > out_.size() - size_) out_.resize(2 * (out_.size() + size));
    std::byte* to = out_.data() + size_;
    size_ += size;
    return to;
  }

  void put_step(const Step& step, const std::byte* from) {
    switch (step.kind) {
      case Step::Kind::kBytes:
        return put(from + step.offset, step.size);
      case Step::Kind::kId:
        return put_value(model::unsigned_value(*step.field, from) & kSeqMask);
      case Step::Kind::kName:
        return put_name(step, from);
      case Step::Kind::kText:
        return put_text(model::text_value(*step.field, from));
      case Step::Kind::kByUnit: {
        if (!is_unit_of_ids(from, step.unit_offset)) {
          constexpr std::size_t kSize = sizeof(writ_money);
          std::memcpy(grow(kSize), from + step.offset, kSize);
          return;
        }
        const auto id = static_cast<std::uint64_t>(model::money_value(*step.field, from).raw);
        return put_value(id & kSeqMask);
      }
    }
  }

  /// The name; 0 and numbers without one as themselves, told apart from any name by their length.
  void put_name(const Step& step, const std::byte* from) {
    const auto number = static_cast<std::uint32_t>(model::unsigned_value(*step.field, from));
    const std::string_view name = (table_.*step.name_of)(number);
    put_text(name);
    if (name.empty()) put_value(number);
  }

  std::vector<std::byte>& out_;  // grown once, then reused
  std::size_t size_ = 0;
  const model::InstrumentTable& table_;
};

void put_record(const writ_record& record, const model::RecordLayout& layout,
                const std::vector<Step>& fixed, std::span<const Steps> tail, Payload& payload) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&record);
  payload.put_value(record.type);
  payload.put_value(static_cast<std::uint64_t>(record.ingest_ts));
  payload.put_steps(fixed, bytes);
  std::size_t at = layout.size;
  for (std::size_t i = 0; i < layout.tail.size(); ++i) {
    const model::TailPart& part = layout.tail[i];
    std::uint32_t count = 0;
    std::memcpy(&count, bytes + part.count_offset, sizeof count);
    if (part.kind != model::TailKind::kElements) {
      payload.put(bytes + at, count);
      at += count;
      continue;
    }
    payload.put_elements(tail[i], bytes + at, count, part.element_size);
    at += std::size_t{count} * part.element_size;
  }
}

}  // namespace

void RunHashes::take(const writ_record& record, const model::InstrumentTable& table) {
  static const Plan kIntentPlan(WRIT_RECORD_INTENT);
  static const Plan kVerdictPlan(WRIT_RECORD_VERDICT);
  static const Plan kLedgerPlan(WRIT_RECORD_LEDGER);
  switch (record.type) {
    case WRIT_RECORD_INTENT:
      return take(record, kIntentPlan, table, kIntents);
    case WRIT_RECORD_VERDICT:
      return take(record, kVerdictPlan, table, kVerdicts);
    case WRIT_RECORD_LEDGER:
      return take(record, kLedgerPlan, table, kLedger);
    default:
      return;
  }
}

void RunHashes::take(const writ_record& record, const Plan& plan,
                     const model::InstrumentTable& table, Stream stream) {
  Payload payload(buffer_, table);
  put_record(record, plan.layout, plan.fixed, plan.tail, payload);
  thread_->update(stream, payload.bytes());
}

std::string RunHashes::hex(Stream stream) const { return base::to_hex(thread_->digest(stream)); }

}  // namespace writ::journal
