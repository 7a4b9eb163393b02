#pragma once

#include "host/model/record_view.hpp"
#include "host/venue/binance/venue_names.hpp"

#include <writ/abi/journal.h>
#include <writ/abi/outcome.h>
#include <writ/money.hpp>
#include <writ/price.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue::binance {

/// What one of `asset` is worth in `into` at this moment; nothing if nobody knows.
using AssetPrice = std::function<std::optional<Price>(std::uint32_t asset, std::uint32_t into)>;

/// An order as a message shows it. Views are of the message.
struct OrderSaid {
  const writ_instrument* instrument = nullptr;  ///< nullptr: the command's, for a report
  const writ_order* command = nullptr;          ///< whose answer this is; nullptr: nobody's
  std::string_view client_order_id;             ///< as the venue has it
  std::int64_t venue_order_id = 0;              ///< 0 = not told
  std::int64_t price = WRIT_NONE;
  std::int64_t quantity = 0;
  std::int64_t filled = 0;        ///< cumulative
  std::int64_t time = WRIT_NONE;  ///< of the transaction
  std::uint16_t side = WRIT_SIDE_NONE;
  [[nodiscard]] bool is_own() const noexcept;
};

/// What is known of an order without the venue; the order outlives it.
[[nodiscard]] OrderSaid said_of(const writ_order& command) noexcept;

/// One trade of an order.
struct TradeSaid {
  std::int64_t trade_id = 0;  ///< 0 = the venue gave none
  std::int64_t price = 0;
  std::int64_t quantity = 0;
  bool maker = false;
  Money fee;                   ///< as charged
  std::string_view fee_asset;  ///< empty: none was charged
};

/// The records one message makes: REPORT, FILL and DEPOSIT, ready but for ingest_ts and seq. An
/// order that is not ours goes under `ext-<venue>-<its number>`, and its report's text is the
/// client order id the venue has.
class AnswerRecords {
 public:
  AnswerRecords(const VenueNames& names, AssetPrice price) noexcept;

  /// Begins the next message.
  void clear() noexcept;

  writ_report& report(const OrderSaid& order, std::uint16_t kind, std::uint16_t reason,
                      std::string_view text = {});
  /// The fee in the quote or settle asset is exact where it was charged in that or in the base
  /// asset, else by the price of the asset, and 0 (and noted) where nobody knows it.
  void fill(const OrderSaid& order, const TradeSaid& trade);
  void deposit(std::uint32_t asset, Money amount, std::int64_t time);

  /// In the order they were made; valid until the next clear.
  [[nodiscard]] std::span<writ_record* const> records() const noexcept { return records_; }
  /// Assets of this message's fees whose worth nobody knew, by name.
  [[nodiscard]] const std::vector<std::string>& unpriced_fees() const noexcept {
    return unpriced_fees_;
  }

 private:
  [[nodiscard]] std::string client_order_id(const OrderSaid& order) const;
  [[nodiscard]] std::optional<Money> worth(const writ_instrument& instrument, Price price,
                                           std::uint32_t asset, Money amount) const;
  template <class Answer>
  [[nodiscard]] Answer answer_to(const OrderSaid& order) const;
  model::RecordBuffer& next_buffer();

  const VenueNames& names_;
  AssetPrice price_;
  std::deque<model::RecordBuffer> buffers_;  // reused
  std::vector<writ_record*> records_;
  std::vector<std::string> unpriced_fees_;
};

}  // namespace writ::venue::binance
