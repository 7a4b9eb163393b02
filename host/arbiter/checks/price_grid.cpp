#include "host/arbiter/checks/price_grid.hpp"

#include <array>
#include <cstdint>

namespace writ::arbiter {
namespace {

struct Rung {
  std::int64_t below;  // prices up to and with this one
  std::int64_t step;
};
// 350 prices from 1.01 to 1000 (domain §1), at 1e-9.
constexpr std::array<Rung, 10> kClassic = {{{2'000'000'000, 10'000'000},
                                            {3'000'000'000, 20'000'000},
                                            {4'000'000'000, 50'000'000},
                                            {6'000'000'000, 100'000'000},
                                            {10'000'000'000, 200'000'000},
                                            {20'000'000'000, 500'000'000},
                                            {30'000'000'000, 1'000'000'000},
                                            {50'000'000'000, 2'000'000'000},
                                            {100'000'000'000, 5'000'000'000},
                                            {1'000'000'000'000, 10'000'000'000}}};
constexpr std::int64_t kLowestOdds = 1'010'000'000;
constexpr std::int64_t kHighestOdds = 1'000'000'000'000;
constexpr std::int64_t kFinestStep = 10'000'000;

}  // namespace

Price price_step(const writ_instrument& instrument, Price price) noexcept {
  switch (instrument.ladder) {
    case WRIT_LADDER_CLASSIC:
      for (const Rung& rung : kClassic) {
        if (price.raw <= rung.below) return Price{rung.step};
      }
      return Price{kClassic.back().step};
    case WRIT_LADDER_FINEST:
      return Price{kFinestStep};
    default:
      return Price{instrument.tick > 0 ? instrument.tick : 0};
  }
}

bool is_on_grid(const writ_instrument& instrument, Price price) noexcept {
  if (price.is_none()) return false;
  const std::int64_t step = price_step(instrument, price).raw;
  if (step == 0) return true;
  if (instrument.ladder == WRIT_LADDER_CLASSIC || instrument.ladder == WRIT_LADDER_FINEST) {
    return price.raw >= kLowestOdds && price.raw <= kHighestOdds && price.raw % step == 0;
  }
  const bool line = instrument.ladder == WRIT_LADDER_LINE && instrument.price_min != WRIT_NONE;
  const std::int64_t origin = line ? instrument.price_min : 0;  // line prices count from the lowest
  return (price.raw - origin) % step == 0;
}

}  // namespace writ::arbiter
