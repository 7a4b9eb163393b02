#include "host/venue/binance/trade_continuity.hpp"

#include <writ/abi/journal.h>

namespace writ::venue::binance {

TradeContinuity::TradeContinuity(Market market, const std::vector<Subscription>& subscriptions)
    : market_(market) {
  for (const Subscription& one : subscriptions) symbols_[one.instrument].name = one.symbol;
}

const writ_record* TradeContinuity::missing_before(const writ_record& record) {
  const auto* trade = model::as<writ_trade>(record);
  const auto found = trade == nullptr ? symbols_.end() : symbols_.find(trade->instrument);
  if (found == symbols_.end()) return nullptr;
  const Symbol& symbol = found->second;
  if (symbol.last == 0 || trade->trade_id <= symbol.last + 1) return nullptr;
  const std::uint64_t count = trade->trade_id - symbol.last - 1;
  missing_ += count;
  const std::string text = std::string(venue_name(market_)) + '/' + symbol.name + ": " +
                           std::to_string(count) + (count == 1 ? " trade is" : " trades are") +
                           " missing, numbers " + std::to_string(symbol.last + 1) + " to " +
                           std::to_string(trade->trade_id - 1) +
                           (symbol.interrupted ? ", over an interruption of the feed" : "");
  auto told = model::make_record<writ_command>();
  told.header.stream = record.stream;
  told.header.event_ts = record.event_ts;
  told.header.ingest_ts = record.ingest_ts;
  told.command = WRIT_OPERATOR_VENUE_WARNING;
  told.instrument = trade->instrument;
  told.text_size = static_cast<std::uint32_t>(text.size());
  return &buffer_.begin(told).append(text.data(), text.size()).finish();
}

void TradeContinuity::on_told(const writ_record& record) {
  if (const auto* trade = model::as<writ_trade>(record)) {
    const auto found = symbols_.find(trade->instrument);
    if (found == symbols_.end()) return;
    found->second.last = trade->trade_id;
    found->second.interrupted = false;
    return;
  }
  const auto* status = model::as<writ_market_status>(record);
  if (status == nullptr || status->status != WRIT_MARKET_DISCONNECTED) return;
  for (auto& [instrument, symbol] : symbols_) symbol.interrupted = true;
}

}  // namespace writ::venue::binance
