#include "host/base/run_hash.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <optional>

namespace writ::base {
namespace {

constexpr RunHashInputs kRun{"0d9dffa3c1b2a4958677685940312213f0e1d2c3",
                             "da018f32e4a4fac59859f3215fba48ab1a4fddf46c952e45a9ce049aa2440ff3",
                             "23b042232bcf1857cdd45b3339720b1de7cabc0ed3f83a6a5015102b1cd05ec5"};

TEST(RunHash, GivesTheFiguresOfItsDefinition) {
  const auto config = boost::json::parse(
      R"({"seed":null,"strategy":{"name":"dual_sma","params":{"fast":5,"slow":15}},
          "symbol":"BTCUSDT","timeframe":"1h","fees":{"taker":"0.0005"},
          "start":"2025-01-01","end":"2025-06-30"})");
  EXPECT_EQ(canonical_json_hash(config).value(), kRun.config_hash);

  const auto hash = run_hash(kRun).value();
  EXPECT_EQ(hash, "d27e3d6cffac7a3f23b73fa8db308d8375d41ee9085fedcf6f7ef5c5d0c25745");
  EXPECT_EQ(seed_root(hash, std::nullopt), 1639046657U);
  EXPECT_EQ(bootstrap_seed(hash, 1639046657U), 1133133476U);
  EXPECT_EQ(to_string(backtest_run_uuid(hash)), "771b7692-8534-529e-80a2-bad8ee8f0bb2");

  MetaHashInputs meta;
  meta.dataset_hash = kRun.data_hash;
  meta.indicator = "atr";
  meta.version = "1.0.0";
  meta.params = {{"period", 14}, {"bar", "5m"}};
  meta.seed_root = 1639046657U;
  meta.code_version = "0d9dffa";
  EXPECT_EQ(meta_hash(meta).value(),
            "4c9dce5727f1f5843f0e4efb7f80d2f09fe30ce338f512003200e795c35eee54");
}

TEST(SeedRoot, IsTheConfiguredOneWhereThereIsOne) {
  EXPECT_EQ(seed_root("any", 42U), 42U);
  EXPECT_EQ(seed_root("any", 0U), 0U);
  EXPECT_NE(seed_root("any", std::nullopt), seed_root("other", std::nullopt));
}

TEST(SeedAsInt31, DropsTheSignBit) {
  EXPECT_EQ(seed_as_int31(0xffffffffU), 0x7fffffff);
  EXPECT_EQ(seed_as_int31(1639046657U), 1639046657);
}

TEST(RunHash, ChangesWithEveryInput) {
  const auto before = run_hash(kRun).value();
  auto changed = kRun;
  changed.code_version = "f";
  EXPECT_NE(run_hash(changed).value(), before);
  changed = kRun;
  changed.config_hash = "f";
  EXPECT_NE(run_hash(changed).value(), before);
  changed = kRun;
  changed.data_hash = "f";
  EXPECT_NE(run_hash(changed).value(), before);
}

}  // namespace
}  // namespace writ::base
