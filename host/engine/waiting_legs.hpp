#pragma once

#include "host/base/byte_stream.hpp"
#include "host/engine/plugin_services.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace writ::engine {

/// Legs of groups that a plugin beside the core submits, an input each: they are judged once their
/// group is whole, or its first leg has waited for a second. Deterministic: core time only.
/// [sequencer-thread]
class WaitingLegs {
 public:
  /// Keeps a leg. False: it is none of several, and waits for nobody.
  [[nodiscard]] bool add(const PendingIntent& intent, std::int64_t now);

  [[nodiscard]] bool empty() const noexcept { return legs_.empty(); }
  /// The legs that wait no longer, in the order of submission: their group is whole or late, or
  /// nothing more comes from their instance.
  [[nodiscard]] std::vector<PendingIntent> take_ready(
      std::int64_t now, const std::function<bool(std::uint32_t instance)>& is_over);

  /// When the first group is late.
  [[nodiscard]] std::optional<std::int64_t> next_due() const;

  void save(base::ByteWriter& out) const;
  /// False if the bytes are not of this kind.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  struct Leg {
    std::int64_t due_ts;
    PendingIntent intent;
  };

  [[nodiscard]] std::size_t legs_of_group(const writ_intent& leg) const;
  [[nodiscard]] std::int64_t due_of_group(const writ_intent& leg) const;

  std::vector<Leg> legs_;
};

}  // namespace writ::engine
