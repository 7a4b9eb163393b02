#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>

namespace writ::venue::paper {

/// Reports and fills on their way to the host, in the order the exchange made them.
class Outbox {
 public:
  explicit Outbox(std::int64_t report_latency_ns) : latency_ns_(report_latency_ns) {}

  /// The exchange's numbers: of the next order, `P<n>`.
  [[nodiscard]] std::uint64_t next_order_number() noexcept { return ++orders_; }

  /// What became of the order at exchange time `at`. Times never go back from call to call.
  void report(const writ_order& order, std::uint16_t kind, std::uint16_t reason, std::int64_t at);
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

  std::int64_t latency_ns_;
  std::uint64_t orders_ = 0;
  std::uint64_t trades_ = 0;
  std::uint64_t answers_ = 0;
  std::deque<Answer> waiting_;
  Answer taken_{};
};

}  // namespace writ::venue::paper
