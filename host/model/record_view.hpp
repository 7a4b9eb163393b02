#pragma once

#include "host/base/assert.hpp"

#include <writ/abi/journal.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace writ::model {

/// The type number of each fixed part; a record type is named once, here.
template <class T>
inline constexpr std::uint16_t kRecordType = 0;
#define WRIT_RECORD_TYPE(layout, number) \
  template <>                            \
  inline constexpr std::uint16_t kRecordType<layout> = number;
WRIT_RECORD_TYPE(writ_run_started, WRIT_RECORD_RUN_STARTED)
WRIT_RECORD_TYPE(writ_run_stopped, WRIT_RECORD_RUN_STOPPED)
WRIT_RECORD_TYPE(writ_asset, WRIT_RECORD_ASSET)
WRIT_RECORD_TYPE(writ_account, WRIT_RECORD_ACCOUNT)
WRIT_RECORD_TYPE(writ_instrument, WRIT_RECORD_INSTRUMENT)
WRIT_RECORD_TYPE(writ_stream, WRIT_RECORD_STREAM)
WRIT_RECORD_TYPE(writ_instance, WRIT_RECORD_INSTANCE)
WRIT_RECORD_TYPE(writ_config_change, WRIT_RECORD_CONFIG)
WRIT_RECORD_TYPE(writ_command, WRIT_RECORD_COMMAND)
WRIT_RECORD_TYPE(writ_clock, WRIT_RECORD_CLOCK)
WRIT_RECORD_TYPE(writ_deposit, WRIT_RECORD_DEPOSIT)
WRIT_RECORD_TYPE(writ_adjustment, WRIT_RECORD_ADJUSTMENT)
WRIT_RECORD_TYPE(writ_token_change, WRIT_RECORD_TOKENS)
WRIT_RECORD_TYPE(writ_reload, WRIT_RECORD_RELOAD)
WRIT_RECORD_TYPE(writ_conversion, WRIT_RECORD_CONVERSION)
WRIT_RECORD_TYPE(writ_book_snapshot, WRIT_RECORD_BOOK_SNAPSHOT)
WRIT_RECORD_TYPE(writ_book_delta, WRIT_RECORD_BOOK_DELTA)
WRIT_RECORD_TYPE(writ_book_top, WRIT_RECORD_BOOK_TOP)
WRIT_RECORD_TYPE(writ_trade, WRIT_RECORD_TRADE)
WRIT_RECORD_TYPE(writ_mark_price, WRIT_RECORD_MARK_PRICE)
WRIT_RECORD_TYPE(writ_bar, WRIT_RECORD_BAR)
WRIT_RECORD_TYPE(writ_market_status, WRIT_RECORD_MARKET_STATUS)
WRIT_RECORD_TYPE(writ_funding, WRIT_RECORD_FUNDING)
WRIT_RECORD_TYPE(writ_liquidation, WRIT_RECORD_LIQUIDATION)
WRIT_RECORD_TYPE(writ_settlement, WRIT_RECORD_SETTLEMENT)
WRIT_RECORD_TYPE(writ_tick_change, WRIT_RECORD_TICK_CHANGE)
WRIT_RECORD_TYPE(writ_reduction, WRIT_RECORD_REDUCTION)
WRIT_RECORD_TYPE(writ_plugin_fault, WRIT_RECORD_PLUGIN_FAULT)
WRIT_RECORD_TYPE(writ_plugin_stat, WRIT_RECORD_PLUGIN_STAT)
WRIT_RECORD_TYPE(writ_report, WRIT_RECORD_REPORT)
WRIT_RECORD_TYPE(writ_fill, WRIT_RECORD_FILL)
WRIT_RECORD_TYPE(writ_snapshot, WRIT_RECORD_SNAPSHOT)
WRIT_RECORD_TYPE(writ_signal, WRIT_RECORD_SIGNAL)
WRIT_RECORD_TYPE(writ_intent, WRIT_RECORD_INTENT)
WRIT_RECORD_TYPE(writ_verdict, WRIT_RECORD_VERDICT)
WRIT_RECORD_TYPE(writ_order, WRIT_RECORD_ORDER)
WRIT_RECORD_TYPE(writ_ledger, WRIT_RECORD_LEDGER)
WRIT_RECORD_TYPE(writ_portfolio, WRIT_RECORD_PORTFOLIO)
WRIT_RECORD_TYPE(writ_executed_trade, WRIT_RECORD_EXECUTED_TRADE)
WRIT_RECORD_TYPE(writ_incident, WRIT_RECORD_INCIDENT)
WRIT_RECORD_TYPE(writ_veto_mark, WRIT_RECORD_VETO_MARK)
WRIT_RECORD_TYPE(writ_signal_report, WRIT_RECORD_SIGNAL_REPORT)
WRIT_RECORD_TYPE(writ_timer, WRIT_RECORD_TIMER)
WRIT_RECORD_TYPE(writ_parameter_change, WRIT_RECORD_PARAMETER)
WRIT_RECORD_TYPE(writ_log_line, WRIT_RECORD_LOG)
WRIT_RECORD_TYPE(writ_checkpoint, WRIT_RECORD_CHECKPOINT)
#undef WRIT_RECORD_TYPE

template <class T>
concept Record = kRecordType<T>
!= 0 && std::is_trivially_copyable_v<T>;

/// Whether the record is input (what happened) rather than derived.
[[nodiscard]] inline bool is_input(const writ_record& record) noexcept {
  return record.type < WRIT_RECORD_DERIVED;
}

/// The record as its own type; nullptr if it is another or too short.
template <Record T>
[[nodiscard]] const T* as(const writ_record& record) noexcept {
  if (record.type != kRecordType<T> || record.size < sizeof(T)) return nullptr;
  return reinterpret_cast<const T*>(&record);
}

/// What follows the fixed part. Lives as long as the record.
template <Record T>
[[nodiscard]] std::span<const std::byte> tail(const T& record) noexcept {
  const auto* bytes = reinterpret_cast<const std::byte*>(&record);
  return {bytes + sizeof(T), record.header.size - sizeof(T)};
}

/// `count` elements of the tail from byte `offset` on; empty if they do not fit.
template <class Element, Record T>
[[nodiscard]] std::span<const Element> tail_array(const T& record, std::size_t count,
                                                  std::size_t offset = 0) noexcept {
  const auto bytes = tail(record);
  if (offset > bytes.size() || (bytes.size() - offset) / sizeof(Element) < count) return {};
  return {reinterpret_cast<const Element*>(bytes.data() + offset), count};
}

/// `size` bytes of text at the tail's start; empty if they do not fit.
template <Record T>
[[nodiscard]] std::string_view tail_text(const T& record, std::size_t size,
                                         std::size_t offset = 0) noexcept {
  const auto bytes = tail_array<char>(record, size, offset);
  return {bytes.data(), bytes.size()};
}

/// The bytes of a whole record.
[[nodiscard]] inline std::span<const std::byte> bytes_of(const writ_record& record) noexcept {
  return {reinterpret_cast<const std::byte*>(&record), record.size};
}

/// A fixed part with its header begun: size and type set, everything else zero.
template <Record T>
[[nodiscard]] T make_record() noexcept {
  T record;
  std::memset(&record, 0, sizeof record);
  record.header.size = sizeof(T);
  record.header.type = kRecordType<T>;
  return record;
}

/// Copies `text` into a fixed field, NUL-terminated; false (and nothing copied) if it does not fit.
template <std::size_t N>
[[nodiscard]] bool set_text(char (&field)[N], std::string_view text) noexcept {
  if (text.size() >= N) return false;
  std::memset(field, 0, N);
  if (!text.empty()) std::memcpy(field, text.data(), text.size());
  return true;
}

/// The text of a fixed field.
template <std::size_t N>
[[nodiscard]] std::string_view text_of(const char (&field)[N]) noexcept {
  return {field, strnlen(field, N)};
}

/// A record with a tail under construction. Reuse it: no allocation once it has grown.
class RecordBuffer {
 public:
  /// Begins anew with this fixed part.
  template <Record T>
  RecordBuffer& begin(const T& fixed) {
    size_ = 0;
    return append(&fixed, sizeof(T));
  }
  /// Adds tail bytes.
  RecordBuffer& append(const void* bytes, std::size_t size) {
    WRIT_ASSERT(size <= UINT32_MAX);  // what a record's size can say
    std::byte* to = grow(size);
    if (size != 0) std::memcpy(to, bytes, size);
    return *this;
  }
  /// Adds an element to the tail, to be filled in place: its fields are not set. Only behind what
  /// ends where it may begin. Valid until the next call.
  template <class Element>
  [[nodiscard]] Element& extend() {
    static_assert(std::is_trivially_copyable_v<Element>);
    WRIT_ASSERT(size_ % alignof(Element) == 0);
    return *reinterpret_cast<Element*>(grow(sizeof(Element)));
  }
  /// Sets the header's size; the tail is zero-filled to a multiple of 8. Valid until the next call.
  [[nodiscard]] writ_record& finish() {
    WRIT_ASSERT(size_ >= sizeof(writ_record));
    auto* bytes = reinterpret_cast<std::byte*>(words_.data());
    const std::size_t whole = (size_ + 7) / 8 * 8;
    std::memset(bytes + size_, 0, whole - size_);
    auto& record = *reinterpret_cast<writ_record*>(bytes);
    record.size = static_cast<std::uint32_t>(whole);
    return record;
  }
  /// The fixed part, to be completed in place before finish().
  template <Record T>
  [[nodiscard]] T& fixed() {
    WRIT_ASSERT(size_ >= sizeof(T));
    return *reinterpret_cast<T*>(words_.data());
  }

 private:
  /// The place of so many bytes more.
  std::byte* grow(std::size_t size) {
    const std::size_t begin = size_;
    size_ += size;
    if (size_ > words_.size() * 8) words_.resize((size_ + 7) / 8);
    return reinterpret_cast<std::byte*>(words_.data()) + begin;
  }

  std::vector<std::uint64_t> words_;  // never shrinks: what is past size_ is of records before
  std::size_t size_ = 0;
};

}  // namespace writ::model
