// Compiled once with each CASE_*; all but CASE_good must fail.
#include <writ/module.hpp>

namespace {

class Author final : public writ::Strategy {
 public:
  static constexpr writ::Description kDescription{
      .id = "test.author", .name = "Author", .version = "1.0.0", .doc = "d"};

#if defined(CASE_good)
  void on_snapshot(const writ::Snapshot& snapshot) override {
    buy(snapshot.instrument(), writ::Quantity{1}, snapshot.bid()).post_only().submit();
  }
#elif defined(CASE_misspelt)
  void on_snapshots(const writ::Snapshot&) override {}
#elif defined(CASE_wrong_argument)
  void on_trade(const writ_fill&) override {}
#elif defined(CASE_state_without_schema)
  void save(writ::StateWriter&) const override {}
  void load(writ::StateReader&, std::uint32_t) override {}
#elif defined(CASE_discarded)
  void on_snapshot(const writ::Snapshot& snapshot) override {
    buy(snapshot.instrument(), writ::Quantity{1}, snapshot.bid()).post_only();
  }
#else
#error "no case"
#endif
};

}  // namespace

WRIT_MODULE("Tests", Author)
