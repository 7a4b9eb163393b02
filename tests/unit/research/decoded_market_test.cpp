#include "host/research/decoded_market.hpp"

#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <writ/abi/market.h>

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace writ::research {
namespace {

/// Trades and books of several sizes, one after the other.
class Feed final : public feed::FeedSource {
 public:
  explicit Feed(std::size_t records) {
    for (std::size_t i = 0; i < records; ++i) {
      auto trade = model::make_record<writ_trade>();
      trade.header.ingest_ts = static_cast<std::int64_t>(i);
      trade.price = static_cast<std::int64_t>(i * 7);
      if (i % 3 != 0) {
        records_.push_back(model::words_of(trade.header));
        continue;
      }
      model::RecordBuffer buffer;
      const std::vector<std::byte> tail(1024 * (i % 5), std::byte{0x5a});
      records_.push_back(
          model::words_of(buffer.begin(trade).append(tail.data(), tail.size()).finish()));
    }
  }
  [[nodiscard]] std::optional<std::int64_t> next_ts() override {
    if (exhausted()) return std::nullopt;
    return model::record_in(records_[next_]).ingest_ts;
  }
  [[nodiscard]] const writ_record& take() override { return model::record_in(records_[next_++]); }
  [[nodiscard]] bool exhausted() const override { return next_ == records_.size(); }

 private:
  std::vector<std::vector<std::uint64_t>> records_;
  std::size_t next_ = 0;
};

constexpr std::size_t kRecords = 20'000;  // several blocks

TEST(DecodedMarket, GivesTheSameRecordsToEverybody) {
  Feed taken(kRecords);
  const auto market = DecodedMarket::take_from(taken, SIZE_MAX);
  ASSERT_TRUE(market);
  EXPECT_EQ(market->records(), kRecords);
  EXPECT_TRUE(taken.exhausted());
  DecodedSource first(*market);
  DecodedSource second(*market);
  Feed again(kRecords);
  std::size_t bytes = 0;
  while (const auto ts = again.next_ts()) {
    ASSERT_EQ(first.next_ts(), ts);
    const auto& wanted = again.take();
    const auto& got = first.take();
    ASSERT_EQ(got.size, wanted.size);
    ASSERT_EQ(std::memcmp(&got, &wanted, wanted.size), 0);
    ASSERT_EQ(&got, &second.take());  // one copy in memory
    bytes += wanted.size;
  }
  EXPECT_TRUE(first.exhausted());
  EXPECT_FALSE(first.next_ts());
  EXPECT_EQ(market->bytes(), bytes);
}

TEST(DecodedMarket, IsNotMadeAboveItsLimit) {
  Feed measured(kRecords);
  const auto bytes = DecodedMarket::take_from(measured, SIZE_MAX)->bytes();
  Feed fits(kRecords);
  EXPECT_TRUE(DecodedMarket::take_from(fits, bytes));
  Feed too_large(kRecords);
  EXPECT_FALSE(DecodedMarket::take_from(too_large, bytes - 1));
}

TEST(DecodedMarket, OfNothingIsEmpty) {
  Feed nothing(0);
  const auto market = DecodedMarket::take_from(nothing, SIZE_MAX);
  ASSERT_TRUE(market);
  DecodedSource source(*market);
  EXPECT_TRUE(source.exhausted());
  EXPECT_FALSE(source.next_ts());
}

}  // namespace
}  // namespace writ::research
