#pragma once

#include "host/engine/pipeline.hpp"
#include "host/execution/venue_account.hpp"

#include <writ/abi/record.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace writ::engine {

struct ReconcileOptions {
  /// So long after it was recorded an order may be unknown at the venue and still get there.
  std::int64_t window_ns = 60'000'000'000;
  std::int64_t retry_ns = 1'000'000'000;  ///< between rounds that waited for something, or failed
  Money balance_dust{10'000'000'000};     ///< 0.00000001 of an asset
  bool adopt = false;  ///< take the venue's word for positions and balances that differ
};

/// Brings the host and a venue together at a start, while market data go on and no intent is
/// approved: asks until two rounds agree, applies what was missed, then compares positions and
/// balances. Everything it does is an input record it hands out. [sequencer-thread]
class RestartReconciliation {
 public:
  using TakeInput = std::function<void(writ_record&)>;
  enum class Stage : std::uint8_t { kUnderWay, kAgreed, kHalt };

  /// `venue` must outlive it. Fills since `last_seen`, an hour earlier, are asked for.
  RestartReconciliation(execution::VenueAccount& venue, std::int64_t last_seen,
                        const ReconcileOptions& options);

  /// One turn at core time `now`. Inputs go through `take`, which lets `core` work on them at once.
  Stage turn(std::int64_t now, const Pipeline& core, const TakeInput& take);

  /// What was done; after kHalt why it cannot go on.
  [[nodiscard]] std::string summary() const;

 private:
  void ask(const Pipeline& core);
  Stage apply(std::int64_t now, const Pipeline& core, const TakeInput& take);
  void apply_orders(std::int64_t now, const Pipeline& core, const TakeInput& take);
  void carry_out(const execution::ReconcileAction& action, const Pipeline& core,
                 const TakeInput& take);
  void end_external(const Pipeline& core, const TakeInput& take);
  void compare_amounts(const Pipeline& core, const TakeInput& take);
  void compare(std::uint32_t account, std::uint32_t asset, std::uint32_t instrument,
               Int128 difference, Int128 dust, const TakeInput& take);
  void name_external(const Pipeline& core);

  execution::VenueAccount& venue_;
  ReconcileOptions options_;
  std::int64_t fills_since_;
  std::int64_t ask_at_ = INT64_MIN;
  bool asked_ = false;
  bool waits_ = false;  ///< something of this round must be seen again
  std::optional<execution::VenueState> last_;
  execution::VenueState state_;
  std::vector<std::string> problems_;
  std::size_t rounds_ = 0;
  std::size_t fills_ = 0;
  std::size_t orders_ = 0;
  std::size_t foreign_ = 0;
  std::size_t adjusted_ = 0;
};

}  // namespace writ::engine
