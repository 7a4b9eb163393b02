#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/market/book.hpp"

#include <writ/abi/market.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace writ::market {

/// How often a new best quote is copied: of the last `moves` quotes that improved the best price of
/// their side, the share that someone joined (more quantity at that price) or improved within
/// `window_ns` of core time. A quote that left the top stays in question until the window ends.
class FollowRate {
 public:
  FollowRate(std::int64_t window_ns, std::size_t moves);

  /// The best level of a side is now this; nullptr if it is empty. Times do not go back.
  void on_best(Side side, std::int64_t now, const writ_level* best);
  /// No continuous image any more: quotes in question are forgotten.
  void interrupt();

  /// Nothing before `moves` quotes were judged.
  [[nodiscard]] std::optional<double> share(std::int64_t now) const;

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  struct Quote {
    std::int64_t ts;
    std::int64_t price;
    std::int64_t quantity;
  };
  struct Half {
    bool known = false;  // best is of a continuous image
    bool empty = true;
    writ_level best{0, 0};
    std::vector<Quote> open;  // in question, oldest first
  };

  void judge(bool followed);

  std::int64_t window_ns_;
  std::size_t moves_;
  std::array<Half, 2> halves_;
  std::vector<std::uint8_t> judged_;  // 1 = followed, oldest first
  std::size_t followed_ = 0;          // of judged_
};

}  // namespace writ::market
