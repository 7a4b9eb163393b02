#pragma once

#include "host/base/result.hpp"
#include "host/execution/reconciliation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace writ::execution {

/// One round of questions.
struct VenueQuestion {
  struct Order {
    std::string client_order_id;
    std::uint32_t instrument = 0;
  };
  std::int64_t fills_since = 0;    ///< core time
  std::int64_t funding_since = 0;  ///< core time
  std::vector<Order> orders;       ///< those whose end is asked for
};

/// What a venue says of the accounts it holds for us: asked at a start, answered when the answers
/// come. The answers do not enter the core: what follows from them does, as REPORT, FILL,
/// ADJUSTMENT and COMMAND records, so that a replay needs no venue. [sequencer-thread]
class VenueAccount {
 public:
  virtual ~VenueAccount() = default;

  /// Begins a round: open orders, then fills and ended orders, then positions and balances. Every
  /// position and balance that is not zero is told. A round under way is given up.
  virtual void ask(const VenueQuestion& question) = 0;

  /// The answer, once the round is whole; nothing while it is under way. An error ends the round.
  [[nodiscard]] virtual std::optional<base::Result<VenueState>> take_answer() = 0;
};

}  // namespace writ::execution
