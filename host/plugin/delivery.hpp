#pragma once

#include "host/base/byte_stream.hpp"
#include "host/plugin/descriptor.hpp"

#include <writ/abi/record.h>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace writ::plugin {

/// Which market records an instance gets through on_event: its subscriptions, their triggers, the
/// instruments it names. By core time only. [sequencer-thread]
class Delivery {
 public:
  /// `instruments` ascending.
  Delivery(const Descriptor& descriptor, std::vector<std::uint32_t> instruments);

  /// What the record changed decides for the triggers `top` and `trade`.
  struct Change {
    bool top = false;
    bool trade = false;
    bool concerned = false;  ///< the instance, though it may not name the record's own instrument
  };

  /// Whether a market record goes to the instance now. CONFLATED lets one of a type and instrument
  /// through in an interval; the ones between are dropped.
  [[nodiscard]] bool wants(const writ_record& record, Change change);

  /// Whether it asked for records of this type at all.
  [[nodiscard]] bool subscribed(std::uint16_t type) const { return find(type) != nullptr; }

  /// Records that a CONFLATED subscription dropped since the last time.
  [[nodiscard]] std::uint64_t take_conflated() noexcept { return std::exchange(conflated_, 0); }

  void save(base::ByteWriter& out) const;
  /// False if the bytes are not of this kind.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  /// The first of this type; nullptr: there is none.
  [[nodiscard]] const Subscription* find(std::uint16_t type) const noexcept {
    for (const auto& subscription : subscriptions_) {
      if (subscription.record_type == type) return &subscription;
    }
    return nullptr;
  }

  using Key = std::pair<std::uint16_t, std::uint32_t>;  // type, instrument

  std::vector<Subscription> subscriptions_;
  std::vector<std::uint32_t> instruments_;
  std::map<Key, std::int64_t> earliest_;
  std::uint64_t conflated_ = 0;  // a count for people: no part of what is saved
};

/// The instrument a market record is about; 0 for other records.
[[nodiscard]] std::uint32_t instrument_of(const writ_record& record) noexcept;

}  // namespace writ::plugin
