// A strategy with one fault that `writ plugin check` must find, chosen by FAULT_*.
#include <writ/module.hpp>
#include <writ/strategy.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>

namespace writ::test {
namespace {

#if defined(FAULT_SLOW_LOAD)
struct Slow {
  Slow() { (void)::usleep(80'000); }
};
const Slow kSlow;
#endif

[[maybe_unused]] std::uint64_t shared_count = 0;

class Faulty final : public Strategy {
 public:
  static constexpr Parameter<std::int64_t> kEvery{.id = 1,
                                                  .name = "every",
                                                  .doc = "One order in so many snapshots.",
                                                  .default_value = "3",
                                                  .min = "0",
                                                  .max = "1000"};
  static constexpr auto kParameters = parameters(kEvery);
  static constexpr Description kDescription{.id = "test.faulty",
                                            .name = "Faulty",
                                            .version = "1.0.0",
                                            .doc = "Has one fault.",
                                            .state_schema = 1,
                                            .state_schema_min = 1};

  Faulty() {
#if defined(FAULT_LEAK)
    leaked_ = new char[1'000];
#elif defined(FAULT_DESCRIPTOR)
    (void)::memfd_create("faulty", 0);
#endif
  }

#if defined(FAULT_LAST_WILL)
  ~Faulty() override {
    try {
      no_op(1).submit();
    } catch (const HostError&) {
      ++count_;
    }
  }
#endif

  void on_trade(const writ_trade& trade) override {
    ++count_;
    price_ = trade.price;
#if defined(FAULT_CLOCK)
    price_ += std::chrono::system_clock::now().time_since_epoch().count() % 2;
#elif defined(FAULT_INSTRUCTION)
    price_ += static_cast<std::int64_t>(__builtin_ia32_rdtsc() % 2);
#elif defined(FAULT_SHARED)
    count_ = ++shared_count;
#elif defined(FAULT_FAILS)
    if (count_ % 1'000 == 0) throw std::runtime_error("now and then");
#elif defined(FAULT_EXTREME)
    if (trade.price > std::int64_t{1} << 60U) std::abort();
#elif defined(FAULT_HANG)
    while (count_ >= 100) ::pause();
#elif defined(FAULT_EXIT)
    if (count_ == 100) ::_exit(3);
#elif defined(FAULT_SANDBOX)
    if (::access("/", F_OK) != 0) ++price_;
#elif defined(FAULT_THREAD)
    if (::gettid() != ::getpid()) ++price_;
#endif
  }

  void on_snapshot(const Snapshot& snapshot) override {
    if (!snapshot.can_trade() || snapshot.bid().is_none()) return;
#if defined(FAULT_BOUND)
    if (count_ % static_cast<std::uint64_t>(value(kEvery)) != 0) return;
#else
    if (value(kEvery) == 0 || count_ % static_cast<std::uint64_t>(value(kEvery)) != 0) return;
#endif
#if defined(FAULT_UNDECLARED)
    try {
      set_timer(1, now() + seconds(1));
    } catch (const HostError&) {
      ++count_;
    }
#elif defined(FAULT_INTOLERANT)
    try {
      buy(snapshot.instrument(), Quantity{1'000'000'000}, snapshot.bid()).submit();
    } catch (const HostError&) {
      std::abort();
    }
    return;
#endif
    buy(snapshot.instrument(), Quantity{1'000'000'000}, snapshot.bid())
        .tag(static_cast<std::uint64_t>(price_))
        .submit();
  }

  void save(StateWriter& state) const override {
    state.put(count_);
    state.put(price_);
#if defined(FAULT_STATE)
    state.put(reinterpret_cast<std::uintptr_t>(this));
#endif
  }
  void load(StateReader& state, std::uint32_t) override {
    count_ = state.get<std::uint64_t>();
    price_ = state.get<std::int64_t>();
#if defined(FAULT_STATE)
    (void)state.get<std::uintptr_t>();
#elif defined(FAULT_FORGETS)
    price_ = 0;
#endif
  }

 private:
  std::uint64_t count_ = 0;
  std::int64_t price_ = 0;
  [[maybe_unused]] char* leaked_ = nullptr;
};

}  // namespace
}  // namespace writ::test

#if defined(FAULT_TWICE)
WRIT_MODULE("Writ tests", writ::test::Faulty, writ::test::Faulty)
#else
WRIT_MODULE("Writ tests", writ::test::Faulty)
#endif
