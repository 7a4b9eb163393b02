#pragma once

#include "host/model/record_view.hpp"

#include <writ/abi/market.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace writ::feed {

/// A book image or change with these levels. Lives in the buffer until it begins another.
template <model::Record Record>
[[nodiscard]] writ_record& with_levels(model::RecordBuffer& buffer, Record record,
                                       std::span<const writ_level> bids,
                                       std::span<const writ_level> asks) {
  record.bid_count = static_cast<std::uint32_t>(bids.size());
  record.ask_count = static_cast<std::uint32_t>(asks.size());
  return buffer.begin(record)
      .append(bids.data(), bids.size_bytes())
      .append(asks.data(), asks.size_bytes())
      .finish();
}

/// The same of an image whose levels came in any order: sorts them.
[[nodiscard]] inline writ_record& with_sorted_levels(model::RecordBuffer& buffer,
                                                     const writ_book_snapshot& image,
                                                     std::vector<writ_level>& bids,
                                                     std::vector<writ_level>& asks) {
  std::sort(bids.begin(), bids.end(),
            [](const auto& a, const auto& b) { return a.price > b.price; });
  std::sort(asks.begin(), asks.end(),
            [](const auto& a, const auto& b) { return a.price < b.price; });
  return with_levels(buffer, image, bids, asks);
}

}  // namespace writ::feed
