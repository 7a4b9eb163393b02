#pragma once

#include "host/ledger/marks.hpp"
#include "host/market/markets.hpp"

#include <cstdint>

namespace writ::engine {

/// The ledger's view of the markets at one core time.
class MarketQuotes final : public ledger::QuoteSource {
 public:
  MarketQuotes(const market::Markets& markets, std::int64_t now) : markets_(markets), now_(now) {}

  [[nodiscard]] ledger::Quote quote(std::uint32_t instrument) const override {
    const InstrumentId id{instrument};
    if (!markets_.knows(id)) return {};
    const auto view = markets_.view(id, now_);
    return {Price{view.bid_price}, Price{view.ask_price},
            view.in_sync && !view.crossed && !view.stale};
  }

 private:
  const market::Markets& markets_;
  std::int64_t now_;
};

}  // namespace writ::engine
