// The same as calls.c with the author's wrapper: virtual hooks, an intent builder, an exception.
#include <writ/module.hpp>

#include <stdexcept>

namespace {

class Count final : public writ::Strategy {
 public:
  static constexpr writ::Description kDescription{.id = "bench.hook_count",
                                                  .name = "Count",
                                                  .version = "1.0.0",
                                                  .doc = "Adds up the prices of trades."};
  void on_trade(const writ_trade& trade) override { sum_ += trade.price; }

 private:
  std::int64_t sum_ = 0;
};

class Submit final : public writ::Strategy {
 public:
  static constexpr writ::Description kDescription{.id = "bench.hook_submit",
                                                  .name = "Submit",
                                                  .version = "1.0.0",
                                                  .doc = "Submits an intent for every trade."};
  void on_trade(const writ_trade& trade) override {
    (void)buy(trade.instrument, writ::Quantity{trade.quantity}, writ::Price{trade.price}).submit();
  }
};

class Throw final : public writ::Strategy {
 public:
  static constexpr writ::Description kDescription{.id = "bench.hook_throw",
                                                  .name = "Throw",
                                                  .version = "1.0.0",
                                                  .doc = "Throws for every trade."};
  void on_trade(const writ_trade&) override { throw std::runtime_error("as an author would"); }
};

}  // namespace

WRIT_MODULE("Writ", Count, Submit, Throw)
