#include "host/storage/raw_frame.hpp"

#include "host/model/catalogue.hpp"
#include "host/model/field_value.hpp"
#include "host/model/record_view.hpp"

namespace writ::storage {

bool is_price_data(std::uint16_t type) noexcept {
  switch (type) {
    case WRIT_RECORD_BOOK_SNAPSHOT:
    case WRIT_RECORD_BOOK_DELTA:
    case WRIT_RECORD_BOOK_TOP:
    case WRIT_RECORD_TRADE:
    case WRIT_RECORD_MARK_PRICE:
    case WRIT_RECORD_BAR:
    case WRIT_RECORD_LIQUIDATION:
      return true;
    default:
      return false;
  }
}

bool is_raw_frame(std::uint16_t type, const RowOptions& options) noexcept {
  switch (type) {
    case WRIT_RECORD_CONFIG:
    case WRIT_RECORD_COMMAND:
    case WRIT_RECORD_ADJUSTMENT:
    case WRIT_RECORD_TOKENS:
    case WRIT_RECORD_RELOAD:
    case WRIT_RECORD_MARKET_STATUS:
    case WRIT_RECORD_FUNDING:
    case WRIT_RECORD_SETTLEMENT:
    case WRIT_RECORD_TICK_CHANGE:
    case WRIT_RECORD_REDUCTION:
    case WRIT_RECORD_REPORT:
    case WRIT_RECORD_FILL:
      return true;
    default:
      return options.log_l2_full && is_price_data(type);
  }
}

std::string_view frame_topic(const writ_record& record) noexcept {
  return model::type_name(record.type);
}

std::string_view frame_payload(const writ_record& record) noexcept {
  const auto bytes = model::bytes_of(record).subspan(sizeof(writ_record));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint32_t frame_instrument(const writ_record& record) noexcept {
  const auto* layout = model::layout_of(record.type);
  if (layout == nullptr || record.size < layout->size) return 0;
  for (const model::Field& field : layout->fields) {
    if (field.kind != model::FieldKind::kInstrument) continue;
    return static_cast<std::uint32_t>(
        model::unsigned_value(field, reinterpret_cast<const std::byte*>(&record)));
  }
  return 0;
}

}  // namespace writ::storage
