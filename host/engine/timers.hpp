#pragma once

#include "host/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <vector>

namespace writ::engine {

/// The timers of all plugin instances, by core time. [sequencer-thread]
class Timers {
 public:
  struct Due {
    std::int64_t due_ts;
    std::uint32_t instance;
    std::uint64_t timer;
  };

  /// The same (instance, timer) again moves it.
  void set(std::uint32_t instance, std::uint64_t timer, std::int64_t due_ts);
  /// False if there was none.
  bool cancel(std::uint32_t instance, std::uint64_t timer);
  void cancel_all(std::uint32_t instance);

  [[nodiscard]] std::optional<std::int64_t> next_due() const {
    if (order_.empty()) return std::nullopt;
    return std::get<0>(*order_.begin());
  }
  [[nodiscard]] bool is_due(std::int64_t now) const {
    return !order_.empty() && std::get<0>(*order_.begin()) <= now;
  }
  /// The timers due at or before `now`; equal times by instance, then by id.
  [[nodiscard]] std::vector<Due> due(std::int64_t now) const;
  /// Those of one instance, by id.
  [[nodiscard]] std::vector<Due> of(std::uint32_t instance) const;
  /// Takes one of them; false if it was cancelled or moved meanwhile.
  [[nodiscard]] bool take(const Due& due);

  /// Those that have one, ascending.
  [[nodiscard]] std::vector<std::uint32_t> instances() const;

  [[nodiscard]] std::vector<std::byte> save() const;
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state);

 private:
  using Key = std::pair<std::uint32_t, std::uint64_t>;
  std::map<Key, std::int64_t> due_;
  std::set<std::tuple<std::int64_t, std::uint32_t, std::uint64_t>> order_;
};

}  // namespace writ::engine
