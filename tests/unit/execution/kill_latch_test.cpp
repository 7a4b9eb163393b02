#include "host/execution/kill_latch.hpp"

#include "host/model/record_view.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace writ::execution {
namespace {

writ_order order_of(std::uint32_t account, std::uint16_t command, std::uint32_t flags = 0) {
  auto order = model::make_record<writ_order>();
  order.account = account;
  order.command = command;
  order.flags = flags;
  return order;
}

TEST(KillLatch, IsOfItsAccountAlone) {
  KillLatch latch;
  EXPECT_FALSE(latch.is_set(7));
  latch.set(7);
  EXPECT_TRUE(latch.is_set(7));
  EXPECT_FALSE(latch.is_set(6));
  EXPECT_FALSE(latch.is_set(71));
}

TEST(KillLatch, OfAccountZeroIsOfAll) {
  KillLatch latch;
  latch.set(0);
  EXPECT_TRUE(latch.is_set(1));
  EXPECT_TRUE(latch.is_set(1'000'000));
}

TEST(KillLatch, OfAnAccountBeyondItsBoundsIsOfAll) {
  KillLatch latch;
  latch.set(5'000);
  EXPECT_TRUE(latch.is_set(5'000));
  EXPECT_TRUE(latch.is_set(1));
}

TEST(KillLatch, AdmitsOnlyWhatCannotAddRisk) {
  KillLatch latch;
  EXPECT_TRUE(latch.admits(order_of(3, WRIT_COMMAND_SEND)));
  latch.set(3);
  EXPECT_FALSE(latch.admits(order_of(3, WRIT_COMMAND_SEND)));
  EXPECT_FALSE(latch.admits(order_of(3, WRIT_COMMAND_REPLACE)));
  EXPECT_FALSE(latch.admits(order_of(3, WRIT_COMMAND_SEND, WRIT_INTENT_POST_ONLY)));
  EXPECT_TRUE(latch.admits(order_of(3, WRIT_COMMAND_CANCEL)));
  EXPECT_TRUE(latch.admits(order_of(3, WRIT_COMMAND_SEND, WRIT_INTENT_REDUCE_ONLY)));
  EXPECT_TRUE(latch.admits(order_of(3, WRIT_COMMAND_SEND, WRIT_INTENT_CLOSE_POSITION)));
  EXPECT_TRUE(latch.admits(order_of(4, WRIT_COMMAND_SEND)));
}

}  // namespace
}  // namespace writ::execution
