#include "host/base/replay_hash.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>

namespace writ::base {
namespace {

constexpr std::array<ReplayFrame, 4> kFrames = {{
    {"polymarket_market_ws", 2, 1760000000000000000, "book", R"({"a":1})"},
    {"betfair", 10, 1760000000100000000, "mcm", R"({"op":"mcm","pt":1})"},
    {"betfair", 9, 1760000000200000000, "mcm", R"({"op":"mcm", "pt":0})"},
    {"Betfair", 1, 1760000000000000001, "mcm", ""},
}};

TEST(ReplayHash, GivesTheFiguresOfItsDefinition) {
  EXPECT_EQ(ReplayHash().hex(), "b2591ef8fb66314658ab56a6885698fe553f54b31e2115ef07953994e8ea7292");
  EXPECT_EQ(replay_hash(kFrames).value().substr(0, 8), "1a38115e");
}

TEST(ReplayHash, StreamsSortedFramesToTheSameHash) {
  ReplayHash hash;
  for (const auto i : {3, 2, 1, 0}) {
    ASSERT_TRUE(hash.add(kFrames[static_cast<std::size_t>(i)]));
  }
  EXPECT_EQ(hash.hex(), replay_hash(kFrames).value());
}

TEST(ReplayHash, RefusesAFrameOutOfOrderAndGoesOn) {
  ReplayHash hash;
  ASSERT_TRUE(hash.add({"b", 5, 0, "t", "p"}));
  const auto before = hash.hex();
  EXPECT_EQ(hash.add({"b", 5, 0, "t", "p"}).error().code(), Errc::kInvalid);
  EXPECT_EQ(hash.add({"b", 4, 0, "t", "p"}).error().detail(), 4);
  EXPECT_FALSE(hash.add({"a", 9, 0, "t", "p"}));
  EXPECT_EQ(hash.hex(), before);
  EXPECT_TRUE(hash.add({"b", 6, 0, "t", "p"}));
  EXPECT_TRUE(hash.add({"c", -1, 0, "t", "p"}));
}

TEST(ReplayHash, RefusesTwoFramesOfOneSeq) {
  const std::array<ReplayFrame, 2> frames = {{{"b", 5, 0, "t", "p"}, {"b", 5, 1, "t", "q"}}};
  EXPECT_FALSE(replay_hash(frames));
}

TEST(ReplayHash, ChangesWithEveryField) {
  const ReplayFrame frame{"b", 5, 7, "t", "p"};
  const auto hash_of = [](const ReplayFrame& f) { return replay_hash(std::array{f}).value(); };
  const auto before = hash_of(frame);
  auto changed = frame;
  changed.source = "c";
  EXPECT_NE(hash_of(changed), before);
  changed = frame;
  changed.seq = 6;
  EXPECT_NE(hash_of(changed), before);
  changed = frame;
  changed.event_ts_ns = 8;
  EXPECT_NE(hash_of(changed), before);
  changed = frame;
  changed.stream_type = "tp";
  changed.payload = "";
  EXPECT_NE(hash_of(changed), before) << "lengths keep neighbouring texts apart";
}

}  // namespace
}  // namespace writ::base
