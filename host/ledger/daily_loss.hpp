#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"

#include <writ/money.hpp>

#include <cstdint>

namespace writ::ledger {

/// What an account lost since the first portfolio of the UTC day. Belongs to the account and
/// survives restarts and new runs.
class DailyLoss {
 public:
  /// Equity of a portfolio at `now`; the first of a day is what the day is measured from.
  void update(Money equity, std::int64_t now);
  /// Money moved in or out: no gain and no loss.
  void shift(Money amount);

  /// As of the day's last portfolio, >= 0; zero on a day that has none yet.
  [[nodiscard]] Money at(std::int64_t now) const;

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  std::int64_t day_ = INT64_MIN;  // counted from 1970; the lowest of all: none yet
  Money first_;
  Money last_;
};

}  // namespace writ::ledger
