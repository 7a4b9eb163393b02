#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"

#include <writ/abi/intent.h>

#include <cstdint>
#include <deque>
#include <map>
#include <tuple>

namespace writ::arbiter {

/// Approved intents of late, by which one that asks for the same again is known: same kind, side,
/// price and quantity of one strategy in one instrument.
class DuplicateMemory {
 public:
  /// Notes one approved at `now` and forgets those `window_ns` or longer ago. Times never go back.
  void note(const writ_intent& intent, std::uint64_t intent_id, std::int64_t now,
            std::int64_t window_ns);

  /// Calls `visit(intent_id, approved_at)` for those alike younger than `window_ns`, youngest
  /// first, until it returns true.
  template <class Visit>
  void find_alike(const writ_intent& intent, std::int64_t now, std::int64_t window_ns,
                  Visit&& visit) const {
    const auto at = approved_.find(owner_of(intent));
    if (at == approved_.end()) return;
    for (auto one = at->second.rbegin(); one != at->second.rend(); ++one) {
      if (now - one->approved_at >= window_ns) return;
      if (one->is_alike(intent) && visit(one->intent_id, one->approved_at)) return;
    }
  }

  void save(base::ByteWriter& out) const;
  /// False if the bytes are not what save wrote.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  struct Approved {
    std::int64_t approved_at;
    std::uint64_t intent_id;
    std::int64_t price;
    std::int64_t quantity;
    std::uint16_t kind;
    std::uint16_t side;

    [[nodiscard]] bool is_alike(const writ_intent& intent) const noexcept;
  };
  /// (account, instance, instrument)
  using Owner = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;

  [[nodiscard]] static Owner owner_of(const writ_intent& intent) noexcept {
    return {intent.account, intent.instance, intent.instrument};
  }

  std::map<Owner, std::deque<Approved>> approved_;
};

}  // namespace writ::arbiter
