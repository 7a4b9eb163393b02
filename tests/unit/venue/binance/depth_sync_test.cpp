#include "host/venue/binance/depth_sync.hpp"

#include "host/model/record_view.hpp"

#include <gtest/gtest.h>

namespace writ::venue::binance {
namespace {

using Image = DepthSync::Image;

writ_book_delta spot(std::uint64_t first, std::uint64_t last) {
  auto change = model::make_record<writ_book_delta>();
  change.flags = WRIT_DELTA_CONTIGUOUS;
  change.first_id = first;
  change.last_id = last;
  return change;
}
writ_book_delta futures(std::uint64_t first, std::uint64_t last, std::uint64_t previous) {
  auto change = spot(first, last);
  change.flags = WRIT_DELTA_LINKED;
  change.prev_id = previous;
  return change;
}
writ_book_snapshot image(std::uint64_t id) {
  auto made = model::make_record<writ_book_snapshot>();
  made.last_id = id;
  return made;
}

TEST(DepthSync, OfSpotBeginsWithTheChangeThatHoldsTheImagesIdPlusOne) {
  DepthSync sync;
  EXPECT_FALSE(sync.has_change());
  EXPECT_TRUE(sync.on_change(spot(157, 160)));
  EXPECT_TRUE(sync.on_change(spot(161, 165)));
  EXPECT_TRUE(sync.has_change());
  EXPECT_EQ(sync.on_image(image(155)), Image::kTooOld);  // 156 is missing
  EXPECT_FALSE(sync.in_sync());
  EXPECT_EQ(sync.on_image(image(156)), Image::kUsed);  // U <= lastUpdateId + 1 <= u
  EXPECT_TRUE(sync.in_sync());
  EXPECT_TRUE(sync.on_change(spot(166, 170)));
  EXPECT_TRUE(sync.in_sync());
}

TEST(DepthSync, OfFuturesBeginsWithTheChangeThatHoldsTheImagesId) {
  DepthSync sync;
  EXPECT_TRUE(sync.on_change(futures(157, 160, 149)));
  EXPECT_TRUE(sync.on_change(futures(170, 175, 160)));  // ids need not follow, pu does
  EXPECT_EQ(sync.on_image(image(156)), Image::kTooOld);
  EXPECT_EQ(sync.on_image(image(157)), Image::kUsed);  // U <= lastUpdateId <= u
  EXPECT_TRUE(sync.on_change(futures(180, 181, 175)));
  EXPECT_TRUE(sync.in_sync());
}

TEST(DepthSync, TakesAnImageThatIsNewerThanEveryChange) {
  DepthSync sync;
  EXPECT_TRUE(sync.on_change(spot(1, 5)));
  EXPECT_EQ(sync.on_image(image(9)), Image::kUsed);
  EXPECT_TRUE(sync.on_change(spot(6, 10)));
  EXPECT_TRUE(sync.in_sync());
  EXPECT_EQ(sync.on_image(image(10)), Image::kUnwanted);
}

TEST(DepthSync, ATakenImageWaitsForNoChange) {
  DepthSync sync;
  EXPECT_EQ(sync.on_image(image(9)), Image::kUsed);
  EXPECT_TRUE(sync.on_change(spot(10, 12)));
  EXPECT_TRUE(sync.in_sync());
}

TEST(DepthSync, ABrokenChainNeedsANewImage) {
  for (const auto& broken : {spot(12, 13), futures(10, 13, 8)}) {
    DepthSync sync;
    EXPECT_EQ(sync.on_image(image(9)), Image::kUsed);
    if ((broken.flags & WRIT_DELTA_LINKED) != 0) {
      EXPECT_TRUE(sync.on_change(futures(8, 10, 7)));
    } else {
      EXPECT_TRUE(sync.on_change(spot(10, 10)));
    }
    EXPECT_TRUE(sync.on_change(broken));
    EXPECT_FALSE(sync.in_sync());
    EXPECT_EQ(sync.gaps(), 1u);
    EXPECT_TRUE(sync.has_change());
    EXPECT_EQ(sync.on_image(image(10)),
              (broken.flags & WRIT_DELTA_LINKED) != 0 ? Image::kUsed : Image::kTooOld);
    EXPECT_EQ(sync.on_image(image(12)),
              (broken.flags & WRIT_DELTA_LINKED) != 0 ? Image::kUnwanted : Image::kUsed);
    EXPECT_TRUE(sync.in_sync());
  }
}

TEST(DepthSync, AHoleAmongWhatWaitsNeedsAnImageBehindIt) {
  DepthSync sync;
  EXPECT_TRUE(sync.on_change(spot(100, 105)));
  EXPECT_TRUE(sync.on_change(spot(110, 115)));
  EXPECT_EQ(sync.on_image(image(103)), Image::kTooOld);
  EXPECT_EQ(sync.on_image(image(109)), Image::kUsed);
}

TEST(DepthSync, PassesNothingTwice) {
  DepthSync sync;
  EXPECT_TRUE(sync.on_change(futures(1, 5, 0)));
  EXPECT_FALSE(sync.on_change(futures(1, 5, 0)));
  EXPECT_EQ(sync.on_image(image(3)), Image::kUsed);
  EXPECT_FALSE(sync.on_change(futures(1, 5, 0)));
  EXPECT_TRUE(sync.on_change(futures(6, 7, 5)));
  EXPECT_FALSE(sync.on_change(futures(6, 7, 5)));
  EXPECT_TRUE(sync.in_sync());
}

TEST(DepthSync, ForgetsEverythingWithItsConnection) {
  DepthSync sync;
  EXPECT_EQ(sync.on_image(image(1'000)), Image::kUsed);
  sync.restart();
  EXPECT_FALSE(sync.in_sync());
  EXPECT_TRUE(sync.on_change(spot(5, 6)));  // the venue counts anew
  EXPECT_EQ(sync.on_image(image(4)), Image::kUsed);
}

}  // namespace
}  // namespace writ::venue::binance
