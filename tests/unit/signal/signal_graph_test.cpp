#include "host/signal/signal_graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace writ::signal {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Wire feeds(std::uint32_t publisher, std::uint32_t subscriber) {
  return {subscriber, 1, publisher, 1};
}

TEST(TopologicalOrder, IsEmptyWithoutInstances) {
  const auto order = topological_order({}, {feeds(1, 2)});
  ASSERT_TRUE(order);
  EXPECT_THAT(*order, IsEmpty());
}

TEST(TopologicalOrder, KeepsTheGivenOrderWithoutWires) {
  const auto order = topological_order({7, 3, 5}, {});
  ASSERT_TRUE(order);
  EXPECT_THAT(*order, ElementsAre(7, 3, 5));
}

TEST(TopologicalOrder, PutsPublishersFirstAlongAChain) {
  const auto order = topological_order({3, 2, 1}, {feeds(1, 2), feeds(2, 3)});
  ASSERT_TRUE(order);
  EXPECT_THAT(*order, ElementsAre(1, 2, 3));
}

TEST(TopologicalOrder, PutsASubscriberAfterAllOfItsPublishers) {
  const auto order =
      topological_order({4, 3, 2, 1}, {feeds(1, 2), feeds(1, 3), feeds(2, 4), feeds(3, 4)});
  ASSERT_TRUE(order);
  EXPECT_THAT(*order, ElementsAre(1, 3, 2, 4));
}

TEST(TopologicalOrder, KeepsTheGivenOrderOfWhatDoesNotWait) {
  const auto order = topological_order({9, 4, 6, 2}, {feeds(2, 4)});
  ASSERT_TRUE(order);
  EXPECT_THAT(*order, ElementsAre(9, 6, 2, 4));
}

TEST(TopologicalOrder, DoesNotDependOnTheOrderOfWires) {
  const std::vector<std::uint32_t> instances{4, 3, 2, 1};
  const auto forwards = topological_order(instances, {feeds(1, 3), feeds(2, 4), feeds(3, 4)});
  const auto backwards = topological_order(instances, {feeds(3, 4), feeds(2, 4), feeds(1, 3)});
  ASSERT_TRUE(forwards);
  ASSERT_TRUE(backwards);
  EXPECT_EQ(*forwards, *backwards);
}

TEST(TopologicalOrder, DoesNotWaitForPublishersThatAreNotSignals) {
  const auto order = topological_order({2, 1}, {feeds(99, 2), feeds(1, 98)});
  ASSERT_TRUE(order);
  EXPECT_THAT(*order, ElementsAre(2, 1));
}

TEST(TopologicalOrder, AcceptsSeveralWiresBetweenTwoInstances) {
  const auto order = topological_order({2, 1}, {{2, 1, 1, 1}, {2, 2, 1, 5}, {2, 3, 1, 1}});
  ASSERT_TRUE(order);
  EXPECT_THAT(*order, ElementsAre(1, 2));
}

TEST(TopologicalOrder, RefusesAnInstanceThatFeedsItself) {
  const auto order = topological_order({1, 2}, {feeds(2, 2)});
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().code(), base::Errc::kInvalid);
  EXPECT_EQ(order.error().detail(), 2);
}

TEST(TopologicalOrder, RefusesALongCycleBesideSoundInstances) {
  const auto order =
      topological_order({1, 2, 3, 4}, {feeds(1, 2), feeds(2, 3), feeds(3, 4), feeds(4, 2)});
  ASSERT_FALSE(order);
  EXPECT_THAT(order.error().detail(), AnyOf(2, 3, 4));
}

TEST(TopologicalOrder, NamesAnInstanceOnTheCycleRatherThanOneFedByIt) {
  const auto order = topological_order({5, 1, 2}, {feeds(1, 5), feeds(1, 2), feeds(2, 1)});
  ASSERT_FALSE(order);
  EXPECT_THAT(order.error().detail(), AnyOf(1, 2));
}

}  // namespace
}  // namespace writ::signal
