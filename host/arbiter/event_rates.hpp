#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace writ::arbiter {

/// When something happened of late, by account and strategy: orders approved, or fills.
class EventRates {
 public:
  /// What happened later than `now - window_ns`, at this instant included.
  [[nodiscard]] std::uint64_t count(std::uint32_t account, std::uint32_t instance, std::int64_t now,
                                    std::int64_t window_ns) const;
  /// Notes one at `now` and forgets those `window_ns` or longer ago. Times never go back.
  void note(std::uint32_t account, std::uint32_t instance, std::int64_t now,
            std::int64_t window_ns);

  /// Notes one, forgetting nothing, until release_held: while the legs of a group are judged.
  void hold(std::uint32_t account, std::uint32_t instance, std::int64_t now);
  void release_held();

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  using Whose = std::pair<std::uint32_t, std::uint32_t>;  ///< (account, instance)

  std::map<Whose, std::deque<std::int64_t>> events_;
  std::vector<Whose> held_;  // never outlives one input
};

}  // namespace writ::arbiter
