#include <writ/ids.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <type_traits>

namespace writ {
namespace {

template <class A, class B>
concept Comparable = requires(A a, B b) {
  a == b;
};
template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};

static_assert(!std::is_constructible_v<IntentId, SnapshotId>);
static_assert(!std::is_constructible_v<AccountId, InstrumentId>);
static_assert(!std::is_default_constructible_v<IntentId>);
static_assert(!std::is_convertible_v<std::uint64_t, IntentId>);
static_assert(Comparable<IntentId, IntentId> && !Comparable<IntentId, OrderId>);
static_assert(!Comparable<IntentId, std::uint64_t>);
static_assert(!Addable<IntentId, IntentId> && !Addable<IntentId, int>);
static_assert(std::is_trivially_copyable_v<FillId> && sizeof(FillId) == 8);
static_assert(sizeof(InstrumentId) == 4 && sizeof(AssetId) == 4);

TEST(RecordId, CarriesRunAndSeq) {
  const auto id = record_id<IntentId>(RunNumber{3}, Seq{5});
  EXPECT_EQ(id.raw(), 3 * 1'099'511'627'776U + 5);
  EXPECT_EQ(run_of(id), RunNumber{3});
  EXPECT_EQ(seq_of(id), Seq{5});
  EXPECT_LT(id, record_id<IntentId>(RunNumber{3}, Seq{6}));
  EXPECT_LT(record_id<IntentId>(RunNumber{3}, Seq{kSeqMask}),
            record_id<IntentId>(RunNumber{4}, Seq{0}));
}

TEST(RecordId, HoldsTheLargestRunAndSeq) {
  const auto id = record_id<OrderId>(RunNumber{(1U << 24U) - 1}, Seq{kSeqMask});
  EXPECT_EQ(id.raw(), ~std::uint64_t{0});
  EXPECT_EQ(run_of(id), RunNumber{(1U << 24U) - 1});
}

TEST(RecordIdDeathTest, AbortsPastEitherRange) {
  EXPECT_DEATH(static_cast<void>(record_id<OrderId>(RunNumber{1U << 24U}, Seq{0})), "record_id");
  EXPECT_DEATH(static_cast<void>(record_id<OrderId>(RunNumber{0}, Seq{kSeqMask + 1})), "record_id");
}

}  // namespace
}  // namespace writ
