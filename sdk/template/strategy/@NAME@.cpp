// @NAME@: joins the best bid with one small order while it holds nothing, and sells what it bought.
#include <writ/module.hpp>
#include <writ/order_size.hpp>
#include <writ/strategy.hpp>

#include <cstdint>
#include <optional>

namespace {

class @CLASS@ final : public writ::Strategy {
 public:
  // Checked by the host, shown by `writ plugin list`; `live` ones may change while running.
  static constexpr writ::Parameter<writ::Money> kOrderNotional{.id = 1,
                                                               .name = "order_notional",
                                                               .doc = "Value of an order.",
                                                               .unit = "quote asset",
                                                               .default_value = "50",
                                                               .min = "1",
                                                               .live = true};
  static constexpr auto kParameters = writ::parameters(kOrderNotional);

  static constexpr writ::Description kDescription{.id = "example.@NAME@",
                                                  .name = "@CLASS@",
                                                  .version = "0.1.0",
                                                  .doc = "Joins the best bid, then the best ask.",
                                                  .state_schema = 1,
                                                  .state_schema_min = 1};

  // Called when the best bid or ask changed. What is submitted is on record at once, and judged
  // after this returns.
  void on_snapshot(const writ::Snapshot& snapshot) override {
    const writ_instrument* market = instrument(snapshot.instrument());
    if (market == nullptr || !snapshot.can_trade() || !snapshot.two_sided()) return;
    if (snapshot.open_orders() > 0 || snapshot.time() < next_try_) return;

    const bool holding = snapshot.position().raw >= market->lot;
    const writ::Price price = holding ? snapshot.ask() : snapshot.bid();
    const auto size = holding ? std::optional(snapshot.position())
                              : writ::order_size(*market, value(kOrderNotional), price);
    if (!size) return;
    const auto side = holding ? writ::Side::kSell : writ::Side::kBuy;
    order(snapshot.instrument(), side, *size, price)
        .post_only()
        .because(rationale().add("action", holding ? "leave" : "enter").add("price", price))
        .submit();
    next_try_ = snapshot.time() + writ::seconds(1);
  }

  // Saved at checkpoints, so that a restart or a new build goes on where this one was.
  void save(writ::StateWriter& state) const override { state.put(next_try_); }
  void load(writ::StateReader& state, std::uint32_t) override {
    next_try_ = state.get<writ::ReceiveTime>();
  }

 private:
  writ::ReceiveTime next_try_;
};

}  // namespace

WRIT_MODULE("example", @CLASS@)
