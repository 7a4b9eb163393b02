#pragma once

#include "host/venue/binance/market.hpp"

#include <writ/abi/instrument.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace writ::venue::binance {

/// What the venue's names stand for in this run, and for which account we trade at one market.
class VenueNames {
 public:
  VenueNames(Market market, std::uint32_t account) noexcept : market_(market), account_(account) {}

  /// As they are learnt; one with the same name takes the place of the other. Instruments of other
  /// venues are passed over.
  void add(const writ_instrument& instrument);
  void add(const writ_asset& asset);

  [[nodiscard]] Market market() const noexcept { return market_; }
  [[nodiscard]] std::uint32_t account() const noexcept { return account_; }
  /// nullptr: this run does not trade it.
  [[nodiscard]] const writ_instrument* instrument(std::string_view symbol) const noexcept;
  [[nodiscard]] const writ_instrument* instrument(std::uint32_t number) const noexcept;
  /// Calls `visit(symbol, writ_instrument)` for each, by symbol.
  template <class Visit>
  void for_each_instrument(Visit&& visit) const {
    for (const auto& [symbol, made] : instruments_) visit(symbol, made);
  }
  /// 0: this run does not know it.
  [[nodiscard]] std::uint32_t asset(std::string_view name) const noexcept;

 private:
  Market market_;
  std::uint32_t account_;
  std::map<std::string, writ_instrument, std::less<>> instruments_;
  std::map<std::uint32_t, std::string> symbols_;
  std::map<std::string, std::uint32_t, std::less<>> assets_;
};

}  // namespace writ::venue::binance
