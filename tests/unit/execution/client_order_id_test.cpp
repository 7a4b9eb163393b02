#include "host/execution/client_order_id.hpp"

#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace writ::execution {
namespace {

constexpr std::string_view kRun = "771b7692-8534-529e-80a2-bad8ee8f0bb2";

TEST(ClientOrderId, IsTheOneTheDomainStates) {  // V 15
  EXPECT_EQ(client_order_id(kRun, "mm", IntentId{1}, 0, 0), "wr1-ufpi367fz4yrerhbje3kv5gp");
  EXPECT_EQ(client_order_id(kRun, "mm", IntentId{1}, 0, 1), "wr1-axujrvkgjnunmsz3eqfcnyrp");
  EXPECT_EQ(client_order_id(kRun, "boxarb", IntentId{184467}, 0, 0),
            "wr1-l3gkqpc45hibclzwrrh6resn");
}

TEST(ClientOrderId, EqualsTheVectors) {
  test::run_vectors(
      "15_reconciliation",
      {{"client_order_id",
        [](const test::VectorCase& vector) {
          const auto& in = vector.inputs;
          EXPECT_EQ(client_order_id(
                        test::text_of(in, "run_id"), test::text_of(in, "strategy"),
                        IntentId{static_cast<std::uint64_t>(test::integer_of(in, "intent_id"))}, 0,
                        static_cast<std::uint32_t>(test::integer_of(in, "attempt"))),
                    test::text_of(vector.expected, "client_order_id"));
        }}},
      test::VectorCoverage::kNamed);
}

TEST(ClientOrderId, DiffersByEachOfItsParts) {
  const std::set<std::string> ids = {
      client_order_id(kRun, "mm", IntentId{1}, 0, 0),
      client_order_id("771b7692-8534-529e-80a2-bad8ee8f0bb3", "mm", IntentId{1}, 0, 0),
      client_order_id(kRun, "mn", IntentId{1}, 0, 0),
      client_order_id(kRun, "mm", IntentId{2}, 0, 0),
      client_order_id(kRun, "mm", IntentId{1}, 1, 0),
      client_order_id(kRun, "mm", IntentId{1}, 2, 0),
      client_order_id(kRun, "mm", IntentId{1}, 0, 1),
  };
  EXPECT_EQ(ids.size(), 7U);
}

TEST(ClientOrderId, ALegIsPartOfTheStrategyName) {
  EXPECT_EQ(client_order_id(kRun, "mm", IntentId{7}, 3, 0),
            client_order_id(kRun, "mm#3", IntentId{7}, 0, 0));
}

TEST(ClientOrderId, IsLegalAtEveryVenue) {
  const std::string id = client_order_id(kRun, "mm", IntentId{~std::uint64_t{0}}, 9, 9);
  EXPECT_EQ(id.size(), 28U);
  EXPECT_TRUE(std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '1' && c <= '7') || c == '-';
  })) << id;
  EXPECT_TRUE(is_own_client_order_id(id));
  EXPECT_FALSE(is_own_client_order_id("ext-binance-17"));
  EXPECT_FALSE(is_own_client_order_id("wr"));
}

}  // namespace
}  // namespace writ::execution
