#include "host/feed/merged_source.hpp"

#include "host/model/record_view.hpp"
#include "tests/unit/market/market_records.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace writ::feed {
namespace {

// Records at given times, told apart by their stream.
class ListSource final : public FeedSource {
 public:
  ListSource(std::uint16_t stream, std::vector<std::int64_t> times)
      : stream_(stream), times_(std::move(times)) {}
  std::optional<std::int64_t> next_ts() override {
    return exhausted() ? std::nullopt : std::optional(times_[next_]);
  }
  const writ_record& take() override {
    clock_ = model::make_record<writ_clock>();
    clock_.header.stream = stream_;
    clock_.header.ingest_ts = times_[next_++];
    return clock_.header;
  }
  bool exhausted() const override { return next_ == times_.size(); }

 private:
  std::uint16_t stream_;
  std::vector<std::int64_t> times_;
  std::size_t next_ = 0;
  writ_clock clock_{};
};

TEST(MergedSource, OrdersByTimeThenByIndex) {
  std::vector<std::unique_ptr<FeedSource>> sources;
  sources.push_back(std::make_unique<ListSource>(1, std::vector<std::int64_t>{3, 5, 5, 9}));
  sources.push_back(std::make_unique<ListSource>(2, std::vector<std::int64_t>{1, 5, 9}));
  sources.push_back(std::make_unique<ListSource>(3, std::vector<std::int64_t>{}));
  MergedSource merged(std::move(sources));
  std::vector<std::pair<std::int64_t, int>> order;
  while (const auto ts = merged.next_ts()) {
    const writ_record& record = merged.take();
    EXPECT_EQ(record.ingest_ts, *ts);
    order.emplace_back(*ts, record.stream);
  }
  EXPECT_TRUE(merged.exhausted());
  EXPECT_EQ(order, (std::vector<std::pair<std::int64_t, int>>{
                       {1, 2}, {3, 1}, {5, 1}, {5, 1}, {5, 2}, {9, 1}, {9, 2}}));
}

}  // namespace
}  // namespace writ::feed
