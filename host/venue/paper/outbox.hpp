#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/venue/paper/latency.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace writ::venue::paper {

/// Reports and fills on their way to the host. They come in the order the exchange made them: a
/// faster one waits for the slower one before it.
class Outbox {
 public:
  /// `id_prefix` goes before every id the exchange gives.
  Outbox(Latency latency, std::string id_prefix)
      : latency_(std::move(latency)), id_prefix_(std::move(id_prefix)) {}

  /// The exchange's id of the next order, `P<n>`.
  [[nodiscard]] std::string next_order_id();

  /// What became of the order at exchange time `at`. Times never go back from call to call.
  void report(const writ_order& order, std::uint16_t kind, std::uint16_t reason, std::int64_t at);
  /// The command never got to the exchange, the host learns of it at `at`: refused (OTHER).
  void report_lost(const writ_order& order, std::int64_t at);
  /// One fill; false, and nothing happened, if its value or fee is out of bounds.
  [[nodiscard]] bool fill(const writ_instrument& instrument, const writ_order& order,
                          std::int64_t price, std::int64_t quantity, std::uint16_t liquidity,
                          std::int64_t at);

  [[nodiscard]] std::optional<std::int64_t> next_due() const;
  /// The next record due at or before `until`; nullptr if none. Valid until the next call.
  [[nodiscard]] const writ_record* take(std::int64_t until);

  void save(base::ByteWriter& out) const;
  /// kCorrupt leaves it in an undefined, destructible state.
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  using Answer = std::variant<writ_report, writ_fill>;

  /// Sets the times of what the exchange did at `at`.
  void stamp(writ_record& answer, std::int64_t at, std::int64_t due);
  void put_report(const writ_order& order, std::uint16_t kind, std::uint16_t reason,
                  std::int64_t at, std::int64_t due);

  Latency latency_;
  std::string id_prefix_;
  std::int64_t last_due_ = std::numeric_limits<std::int64_t>::min();
  std::uint64_t orders_ = 0;
  std::uint64_t trades_ = 0;
  std::uint64_t answers_ = 0;
  std::deque<Answer> waiting_;
  Answer taken_{};
};

}  // namespace writ::venue::paper
