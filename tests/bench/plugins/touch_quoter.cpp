// The quoter of touch_rules.hpp as an author would write it.
#include "tests/bench/plugins/touch_rules.hpp"

#include <writ/module.hpp>

namespace {

using writ::Parameter;
using writ::Quantity;

class TouchQuoter final : public writ::Strategy {
 public:
  static constexpr Parameter<Quantity> kSize{
      .id = 1, .name = "size", .doc = "Of an order.", .unit = "base", .default_value = "0.01"};
  static constexpr Parameter<Quantity> kPositionMax{
      .id = 2, .name = "position_max", .doc = "Either side.", .unit = "base", .default_value = "1"};
  static constexpr auto kParameters = writ::parameters(kSize, kPositionMax);
  static constexpr writ::Description kDescription{
      .id = "bench.touch_quoter",
      .name = "Touch quoter",
      .version = "1.0.0",
      .doc = "One bid at the best bid, one ask at the best ask."};

  void on_start() override {
    size_ = value(kSize);
    position_max_ = value(kPositionMax);
  }

  void on_snapshot(const writ::Snapshot& snapshot) override {
    if (!snapshot.can_trade() || !snapshot.two_sided()) return;
    Orders orders{*this, snapshot.instrument()};
    const Quantity position = snapshot.position();
    quotes_.bid.quote(WRIT_SIDE_BUY, snapshot.bid().raw, position + size_ <= position_max_, orders);
    quotes_.ask.quote(WRIT_SIDE_SELL, snapshot.ask().raw, size_ - position <= position_max_,
                      orders);
  }

  void on_verdict(const writ_verdict& verdict) override {
    if (verdict.approved == 0) quotes_.on_end(verdict.intent_id);
  }

  void on_order(const writ_order& order) override {
    if (order.state == WRIT_ORDER_FILLED || order.state == WRIT_ORDER_CANCELLED ||
        order.state == WRIT_ORDER_REJECTED) {
      quotes_.on_end(order.intent_id);
    }
  }

 private:
  struct Orders {
    TouchQuoter& self;
    std::uint32_t instrument;

    std::uint64_t place(std::uint16_t side, std::int64_t price) const {
      const auto intent =
          self.order(instrument, static_cast<writ::Side>(side), self.size_, writ::Price{price})
              .submit();
      return intent ? intent->raw() : 0;
    }
    void cancel(std::uint64_t intent) const {
      (void)self.Strategy::cancel(instrument, writ::IntentId{intent}).submit();
    }
  };

  Quantity size_;
  Quantity position_max_;
  writ::bench::TouchQuotes quotes_;
};

}  // namespace

WRIT_MODULE("Writ", TouchQuoter)
