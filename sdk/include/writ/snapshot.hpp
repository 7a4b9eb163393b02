#pragma once

#include <writ/abi/snapshot.h>
#include <writ/money.hpp>
#include <writ/money_abi.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace writ {

/// What a strategy is evaluated on, read comfortably. Lives as long as the record, that is for the
/// call.
class Snapshot {
 public:
  explicit Snapshot(const writ_snapshot& record) noexcept : record_(&record) {}

  [[nodiscard]] const writ_snapshot& record() const noexcept { return *record_; }
  [[nodiscard]] std::uint32_t instrument() const noexcept { return record_->instrument; }
  [[nodiscard]] ReceiveTime time() const noexcept { return ReceiveTime{record_->header.ingest_ts}; }

  /// Book in sync and fresh, market open, account not halted.
  [[nodiscard]] bool can_trade() const noexcept { return has(WRIT_SNAPSHOT_CAN_TRADE); }
  [[nodiscard]] bool stale() const noexcept { return has(WRIT_SNAPSHOT_STALE); }
  [[nodiscard]] bool in_sync() const noexcept { return has(WRIT_SNAPSHOT_IN_SYNC); }
  /// History: what is submitted now is recorded and never judged.
  [[nodiscard]] bool warm_up() const noexcept { return has(WRIT_SNAPSHOT_WARMUP); }
  [[nodiscard]] std::uint32_t tier() const noexcept { return record_->tier; }

  /// None where that side of the book is empty.
  [[nodiscard]] Price bid() const noexcept { return Price{record_->bid_price}; }
  [[nodiscard]] Price ask() const noexcept { return Price{record_->ask_price}; }
  [[nodiscard]] Quantity bid_quantity() const noexcept { return Quantity{record_->bid_quantity}; }
  [[nodiscard]] Quantity ask_quantity() const noexcept { return Quantity{record_->ask_quantity}; }
  [[nodiscard]] bool two_sided() const noexcept { return !bid().is_none() && !ask().is_none(); }

  /// Of this strategy in this instrument; negative is short.
  [[nodiscard]] Quantity position() const noexcept { return Quantity{record_->position}; }
  [[nodiscard]] Quantity account_position() const noexcept {
    return Quantity{record_->account_position};
  }
  [[nodiscard]] Money cash_left() const noexcept { return from_abi(record_->cash_left); }
  [[nodiscard]] Money budget_left() const noexcept { return from_abi(record_->budget_left); }
  [[nodiscard]] std::uint32_t open_orders() const noexcept { return record_->open_orders; }

  [[nodiscard]] std::span<const writ_feature> features() const noexcept {
    return tail<writ_feature>(0, record_->feature_count);
  }
  /// The feature WRIT_FEATURE_* if its value is known; of this schema version only.
  [[nodiscard]] std::optional<double> feature(std::uint32_t feature) const noexcept {
    if (record_->feature_schema != WRIT_FEATURE_SCHEMA_VERSION) return std::nullopt;
    for (const writ_feature& entry : features()) {
      if (entry.feature == feature) {
        return entry.known != 0 ? std::optional(entry.value) : std::nullopt;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::span<const writ_signal_value> signals() const noexcept {
    return tail<writ_signal_value>(features().size_bytes(), record_->signal_count);
  }
  /// The latest value wired to this input port about `instrument`, or about none; nullptr until
  /// there is one.
  [[nodiscard]] const writ_signal_value* signal(std::uint32_t port) const noexcept {
    const writ_signal_value* about_none = nullptr;
    for (const writ_signal_value& value : signals()) {
      if (value.port != port) continue;
      if (value.instrument == instrument()) return &value;
      if (value.instrument == 0) about_none = &value;
    }
    return about_none;
  }

 private:
  [[nodiscard]] bool has(std::uint32_t flag) const noexcept { return (record_->flags & flag) != 0; }
  template <class Element>
  [[nodiscard]] std::span<const Element> tail(std::size_t offset,
                                              std::size_t count) const noexcept {
    const std::size_t size = record_->header.size - sizeof(writ_snapshot);
    if (offset > size || (size - offset) / sizeof(Element) < count) return {};
    const auto* bytes = reinterpret_cast<const std::byte*>(record_) + sizeof(writ_snapshot);
    return {reinterpret_cast<const Element*>(bytes + offset), count};
  }

  const writ_snapshot* record_;
};

}  // namespace writ
