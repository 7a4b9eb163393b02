#pragma once

#include "host/base/result.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/market.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace writ::feed {

/// Which of Binance's venues a message can only be from.
enum class BinanceVenue : std::uint8_t { kUnknown, kSpot, kUsdm };

/// One message, decoded. Views and the record are valid until the next decode.
struct BinanceMessage {
  enum class Kind : std::uint8_t {
    kRecord,   ///< `record` is set
    kUnknown,  ///< an event type this codec does not know; `event` names it
    kNothing,  ///< a known message that changes no market (a reply, a trade of nothing)
  };
  Kind kind = Kind::kNothing;
  BinanceVenue venue = BinanceVenue::kUnknown;  ///< as far as this message tells
  std::string_view event;   ///< "depthUpdate", "bookTicker", "depth" (an image) ...
  std::string_view symbol;  ///< upper case; empty: an image that does not say
  /// stream, instrument and ingest_ts are the caller's to set; event_ts is WRIT_NONE where the
  /// message carries no time.
  writ_record* record = nullptr;
};

/// Decodes market messages of Binance spot and USDT-M futures, as received from a combined or raw
/// stream, or the reply to a REST depth request: depthUpdate → BOOK_DELTA, bookTicker → BOOK_TOP,
/// trade and aggTrade → TRADE, markPriceUpdate → MARK_PRICE, forceOrder → LIQUIDATION, an image →
/// BOOK_SNAPSHOT. Prices and quantities go from the text to 1e-9 exactly; times in ms, µs or ns are
/// told apart by their size. Not thread-safe; no allocation once its buffers have grown.
class BinanceCodec {
 public:
  BinanceCodec();
  ~BinanceCodec();
  BinanceCodec(BinanceCodec&&) noexcept;
  BinanceCodec& operator=(BinanceCodec&&) noexcept;

  /// Errors: kCorrupt (not JSON) and kInvalid (a field of the wrong kind, missing or out of range);
  /// step says what, detail is the byte offset in `json`.
  [[nodiscard]] base::Result<BinanceMessage> decode(std::string_view json);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// Sets the instrument of a record a codec made: every market record has it right after its header.
void set_instrument(writ_record& record, std::uint32_t instrument) noexcept;

/// A venue time in ms, µs or ns as ns, by its size; WRIT_NONE if it is none of these.
[[nodiscard]] std::int64_t time_from_venue(std::int64_t value) noexcept;

}  // namespace writ::feed
